//! The table and the charts of `docs/privacy.md`.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::Mode;
use super::sweep::{Point, Sweep};
use crate::evaluate::plot::{self, Dot, Line};

/// What is written stands between these lines.
const BEGIN: &str = "<!-- population: written by `homebody-lab population sweep` -->";
const END: &str = "<!-- /population -->";

/// A chart: the name of its file, and the SVG.
pub type Chart = (String, String);

/// The document with the table in place of the one between its markers.
///
/// # Errors
/// When the markers are not there.
pub fn write(document: &str, sweep: &Sweep, set: &str) -> Result<String> {
    let (before, rest) = document.split_once(BEGIN).with_context(|| format!("no line `{BEGIN}`"))?;
    let Some((_, after)) = rest.split_once(END) else { bail!("no line `{END}`") };
    Ok(format!("{before}{BEGIN}\n{}{END}{after}", markdown(sweep, set)))
}

/// Quality against visitors, a line for each ε, a chart for each mode that can ask about pairs.
pub fn charts(sweep: &Sweep) -> Vec<Chart> {
    let of_mode = |mode: Mode| {
        let mut epsilons: Vec<f64> = of(sweep, mode).map(|point| point.epsilon).collect();
        epsilons.sort_by(f64::total_cmp);
        epsilons.dedup();
        let mut lines: Vec<Line> = epsilons.iter().map(|epsilon| line(sweep, mode, *epsilon)).collect();
        lines.push(popularity(sweep, mode));
        let title = format!("{}: NDCG@10 in percent of what raw rows give", mode.name());
        let chart = plot::lines(&title, "contributing visitors, powers of ten", &lines);
        (format!("private-{}.svg", mode.name()), chart)
    };
    let modes = [Mode::Trusted, Mode::Split].into_iter();
    modes.filter(|mode| of(sweep, *mode).next().is_some()).map(of_mode).collect()
}

/// The text between the markers.
pub fn markdown(sweep: &Sweep, set: &str) -> String {
    let percent = |ndcg: f64| 100.0 * ndcg / sweep.raw();
    let mut out = format!(
        "\nMeasured on {} visitors of `{set}` and its {} most wanted items, with the devices' own measurements, the caps and \
         noise of real tasks, and the server's way from sums to lists; more visitors than that are taken to be like them. {} \
         lists are judged on the device. 100 % is NDCG@10 {:.4}, the best that the raw rows give (the full training {:.4}, \
         exact sums of all pairs {:.4}); popularity from raw rows gives {:.4}, {:.0} %. ε is what one device spends in a \
         month (δ = 10⁻⁶, the ledger's formula; the tightest account is a fifth lower), four fifths of it on pairs, the \
         rest on counts; under `local` it is that of one answer. By its default limits a device spends no more than ε 2 \
         in a month: ε 4 is there to compare.\n",
        thousands(sweep.visitors as u64),
        sweep.items,
        thousands(sweep.lists as u64),
        sweep.raw(),
        sweep.centralised,
        sweep.exact,
        sweep.popularity,
        percent(sweep.popularity),
    );
    // What luck of the visitors that are judged can do is no gain.
    let floor = sweep.popularity + 2.0 * sweep.error;
    let quality = |point: &Point| {
        let gained = if point.least > floor { "" } else { " ∅" };
        format!("{:.0} %{gained}", percent(point.ndcg_at_10))
    };
    let words = "Quality of lists, NDCG@10, the mean of four draws of the noise (∅: not in each of them above popularity by two \
                 standard errors)";
    table(&mut out, sweep, words, &quality);
    let partners = |point: &Point| match point.partners {
        Some(share) => format!("{:.0} %", 100.0 * share),
        None => "not asked".to_owned(),
    };
    table(&mut out, sweep, "Of each item's ten best partners, by exact pairs, found again", &partners);
    let error = |point: &Point| format!("{:.0} %", 100.0 * point.popularity_error);
    table(&mut out, sweep, "Popularity: share of the mass that is in the wrong place", &error);
    let detectable = |point: &Point| {
        // Beyond what converts there is nothing to see.
        if point.detectable > 3.0 { "none".to_owned() } else { format!("{:.2}", point.detectable) }
    };
    let words = "Experiment: smallest difference of a conversion of 3 in a hundred that is seen, in points (all ε spent on it)";
    table(&mut out, sweep, words, &detectable);
    for (file, _) in charts(sweep) {
        let mode = file.trim_start_matches("private-").trim_end_matches(".svg");
        let _ = writeln!(out, "\n![NDCG@10 against contributing visitors, `{mode}`](ranking/{file})");
    }
    out.push('\n');
    out
}

fn table(out: &mut String, sweep: &Sweep, words: &str, cell: &dyn Fn(&Point) -> String) {
    let mut epsilons: Vec<f64> = sweep.points.iter().map(|point| point.epsilon).collect();
    epsilons.sort_by(f64::total_cmp);
    epsilons.dedup();
    let heads: Vec<String> = epsilons.iter().map(|epsilon| format!("ε {epsilon}")).collect();
    let _ = writeln!(out, "\n{words}:\n\n| mode | visitors | {} |", heads.join(" | "));
    let _ = writeln!(out, "| --- | ---: |{}", " ---: |".repeat(epsilons.len()));
    for row in sweep.points.chunk_by(|one, next| (one.mode, one.visitors) == (next.mode, next.visitors)) {
        let cells: Vec<String> = row.iter().map(cell).collect();
        let (mode, visitors) = (row[0].mode.name(), thousands(row[0].visitors));
        let _ = writeln!(out, "| `{mode}` | {visitors} | {} |", cells.join(" | "));
    }
}

fn of(sweep: &Sweep, mode: Mode) -> impl Iterator<Item = &Point> {
    sweep.points.iter().filter(move |point| point.mode == mode)
}

fn line(sweep: &Sweep, mode: Mode, epsilon: f64) -> Line {
    let dot = |point: &Point| Dot {
        x: (point.visitors as f64).log10(),
        y: 100.0 * point.ndcg_at_10 / sweep.raw(),
        ..Dot::default()
    };
    let mut line: Line = of(sweep, mode).filter(|point| point.epsilon == epsilon).map(dot).collect();
    if let Some(last) = line.last_mut() {
        last.label = format!("ε {epsilon}");
    }
    line
}

fn popularity(sweep: &Sweep, mode: Mode) -> Line {
    let mut line: Line = of(sweep, mode)
        .map(|point| Dot {
            x: (point.visitors as f64).log10(),
            y: 100.0 * sweep.popularity / sweep.raw(),
            ..Dot::default()
        })
        .collect();
    line.dedup_by(|next, one| next.x == one.x);
    if let Some(first) = line.first_mut() {
        first.label = "popularity".to_owned();
    }
    line
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep() -> Sweep {
        let point = |mode, visitors, epsilon, ndcg_at_10| Point {
            mode,
            visitors,
            epsilon,
            ndcg_at_10,
            least: ndcg_at_10,
            partners: (mode != Mode::Local).then_some(0.5),
            popularity_error: 0.25,
            detectable: 3.5,
        };
        let points = vec![
            point(Mode::Trusted, 1_000, 0.5, 0.05),
            point(Mode::Trusted, 1_000, 1.0, 0.09),
            point(Mode::Local, 1_000, 0.5, 0.02),
            point(Mode::Local, 1_000, 1.0, 0.05),
        ];
        Sweep {
            visitors: 21_716,
            items: 256,
            lists: 2_000,
            popularity: 0.05,
            error: 0.002,
            centralised: 0.1,
            exact: 0.098,
            points,
        }
    }

    #[test]
    fn what_gains_nothing_says_so() {
        let text = markdown(&sweep(), "beibei");
        assert!(text.contains("| `trusted` | 1,000 | 50 % ∅ | 90 % |"), "{text}");
        assert!(text.contains("| `local` | 1,000 | 20 % ∅ | 50 % ∅ |"), "{text}");
        assert!(text.contains("| `local` | 1,000 | not asked | not asked |"), "{text}");
        assert!(text.contains("| none | none |") && text.contains("21,716 visitors"), "{text}");
    }

    #[test]
    fn it_stands_between_its_markers_and_twice_is_once() {
        let document = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        let once = write(&document, &sweep(), "beibei").unwrap_or_default();
        assert!(once.starts_with("a\n<!--") && once.ends_with("-->\nb\n") && !once.contains("old"));
        assert_eq!(write(&once, &sweep(), "beibei").unwrap_or_default(), once);
        assert!(write("nothing", &sweep(), "beibei").is_err());
        let charts = charts(&sweep());
        assert!(charts.len() == 1 && charts[0].0 == "private-trusted.svg");
        assert!(charts[0].1.contains("ε 1") && !charts[0].1.contains("NaN"));
    }
}

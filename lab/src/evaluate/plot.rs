//! Line charts as SVG.

use std::fmt::Write;

/// A line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Points, by rising x.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 120.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
const TICKS: u32 = 5;
/// Told apart by people who do not see all colours too (Okabe & Ito 2008).
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];

/// The chart; axes begin at the smallest and end at the largest value.
pub fn svg(title: &str, across: &str, lines: &[Line]) -> String {
    let xs = range(lines.iter().flat_map(|line| line.points.iter().map(|point| point.0)));
    let ys = range(lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)));
    let x = |value: f64| LEFT + (value - xs.0) / (xs.1 - xs.0) * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - (value - ys.0) / (ys.1 - ys.0) * (HEIGHT - TOP - BOTTOM);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    text(&mut out, LEFT, TOP - 16.0, "start", title);
    text(&mut out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0, "middle", across);
    for tick in 0..=TICKS {
        let share = f64::from(tick) / f64::from(TICKS);
        let (across, up) = (xs.0 + share * (xs.1 - xs.0), ys.0 + share * (ys.1 - ys.0));
        text(&mut out, x(across), HEIGHT - BOTTOM + 18.0, "middle", &number(across));
        text(&mut out, LEFT - 8.0, y(up) + 4.0, "end", &number(up));
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {0:.1}H{1}\" stroke=\"#ddd\" fill=\"none\"/>",
            y(up),
            WIDTH - RIGHT
        );
    }
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let points: Vec<String> =
            line.points.iter().map(|point| format!("{:.1},{:.1}", x(point.0), y(point.1))).collect();
        let _ =
            writeln!(out, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\"/>", points.join(" "));
        for point in &line.points {
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>",
                x(point.0),
                y(point.1)
            );
        }
        if let Some(last) = line.points.last() {
            text(&mut out, x(last.0) + 8.0, y(last.1) + 4.0, "start", &line.name);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Smallest and largest, apart even where all are alike.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values.fold(start, |(low, high), value| (value.min(low), value.max(high)));
    match (low.is_finite(), high > low) {
        (false, _) => (0.0, 1.0),
        (true, false) => (low - 0.5, low + 0.5),
        (true, true) => (low, high),
    }
}

fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_inside_and_names_are_escaped() {
        let line = Line { name: "a<b".to_owned(), points: vec![(0.0, 0.1), (1.0, 0.3)] };
        let drawn = svg("t & u", "x", &[line]);
        assert!(drawn.contains("points=\"64.0,352.0 520.0,40.0\""), "{drawn}");
        assert!(drawn.contains("a&lt;b") && drawn.contains("t &amp; u"));
    }

    #[test]
    fn flat_and_empty_charts_have_no_nan() {
        let flat = Line { name: "flat".to_owned(), points: vec![(1.0, 2.0)] };
        assert!(!svg("", "", &[flat]).contains("NaN"));
        assert!(!svg("", "", &[]).contains("NaN"));
    }
}

//! An evaluation as a Markdown report with charts beside it.

use super::ablation::{Changed, NotJudged};
use super::intervals::Spread;
use super::plot::{Dot, Line, svg};
use super::report::Evaluation;
use super::studies::{Point, Studies};
use anyhow::{Context, Result};
use std::fmt::Write;
use std::path::Path;

/// Writes `report.md`, `evaluation.json` and the charts into a folder.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write(folder: &Path, evaluation: &Evaluation) -> Result<()> {
    let name = || format!("cannot write to `{}`", folder.display());
    std::fs::create_dir_all(folder).with_context(name)?;
    std::fs::write(folder.join("report.md"), report(evaluation)).with_context(name)?;
    std::fs::write(folder.join("evaluation.json"), serde_json::to_vec_pretty(evaluation)?)
        .with_context(name)?;
    for (file, chart) in evaluation.studies.iter().flat_map(charts) {
        std::fs::write(folder.join(file), chart).with_context(name)?;
    }
    Ok(())
}

/// A table row.
pub fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A table head with its rule.
pub fn head(cells: &[&str]) -> String {
    let names: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
    format!("{}|{}\n", row(&names), " --- |".repeat(cells.len()))
}

fn report(evaluation: &Evaluation) -> String {
    let counts = &evaluation.counts;
    let mut out = format!(
        "# Evaluation\n\n{} items, {} visitors, {} rows. Judged on {} lists of {} visitors under `{:?}`, seed {}.\n\n",
        counts.items,
        counts.visitors,
        counts.rows,
        counts.lists,
        counts.test_visitors,
        evaluation.settings.protocol,
        evaluation.seed
    );
    out += &head(&[
        "model",
        "NDCG@10",
        "95 % interval",
        "recall@20",
        "MRR@20",
        "coverage@10",
        "Gini@10",
        "bytes an item",
    ]);
    for model in &evaluation.models {
        let [low, high] = model.intervals.get("ndcg_at_10").copied().unwrap_or_default();
        let figures = &model.figures;
        out += &row(&[
            model.name.clone(),
            format!("{:.4}", figures.ndcg_at_10),
            format!("{low:.4}–{high:.4}"),
            format!("{:.4}", figures.recall_at_20),
            format!("{:.4}", figures.mrr_at_20),
            format!("{:.3}", figures.coverage_at_10),
            format!("{:.3}", model.gini_at_10),
            format!("{:.0}", figures.bytes_per_candidate),
        ]);
    }
    out.push('\n');
    for model in &evaluation.models {
        if let Some(spread) = model.difference.get("ndcg_at_10") {
            let (mean, low, high) = (spread.mean, spread.low, spread.high);
            let _ = writeln!(out, "- homebody − {}: {mean:+.4} [{low:+.4}, {high:+.4}] NDCG@10", model.name);
        }
    }
    for note in &evaluation.notes {
        let _ = writeln!(out, "- {note}");
    }
    if let Some(studies) = &evaluation.studies {
        write_studies(&mut out, studies, "##", &str::to_owned);
    }
    out
}

/// Writes the studies under headings of a level; `link` says where the chart of a name is.
pub fn write_studies(out: &mut String, studies: &Studies, level: &str, link: &dyn Fn(&str) -> String) {
    let _ = writeln!(
        out,
        "\n{level} Pools\n\nOf {} visitors; the full catalogue gives NDCG@10 {:.4}.\n",
        studies.visitors, studies.full_ndcg_at_10
    );
    *out += &head(&["pool", "KB", "recall ceiling", "NDCG@10", "share", "with retrieval", "share"]);
    for pool in &studies.pools {
        *out += &row(&[
            pool.size.to_string(),
            format!("{:.0}", pool.bytes as f64 / 1e3),
            format!("{:.3}", pool.recall_ceiling),
            format!("{:.4}", pool.ndcg_at_10),
            format!("{:.1} %", 100.0 * pool.share),
            format!("{:.4}", pool.with_retrieval_ndcg_at_10),
            format!("{:.1} %", 100.0 * pool.with_retrieval_share),
        ]);
    }
    let _ = writeln!(out, "\n{level} What each part brings\n");
    *out += &head(&["part", "NDCG@10 without it", "it brings", "95 % interval"]);
    studies.ablation.iter().for_each(|changed| *out += &changed_row(changed, 1.0));
    let _ = writeln!(out, "\n{level} What stages change that lists are judged without\n");
    *out += &head(&["stage", "NDCG@10 with it", "it brings", "95 % interval"]);
    studies.switched_on.iter().for_each(|changed| *out += &changed_row(changed, -1.0));
    let _ = writeln!(out, "\n{level} Stages that this history cannot judge\n");
    *out += &head(&["stage", "why not"]);
    let not_judged = studies.not_judged.iter();
    not_judged
        .for_each(|NotJudged { stage, why }| *out += &row(&[stage, why].map(|cell| (*cell).to_owned())));
    let _ = writeln!(out, "\n{level} Trade-offs\n");
    let _ = writeln!(out, "Bars: 95 % of the difference to the model as it is, over the same visitors.\n");
    let links = charts(studies).into_iter().map(|(file, _)| format!("![{file}]({})", link(file)));
    let _ = writeln!(out, "{}", links.collect::<Vec<_>>().join("\n"));
}

/// `sign` is 1 where the part was left out and −1 where it was switched on.
fn changed_row(changed: &Changed, sign: f64) -> String {
    let spread = changed.brings;
    let (low, high) = if sign < 0.0 { (-spread.high, -spread.low) } else { (spread.low, spread.high) };
    // Nothing is neither gained nor lost: no "−0.0000".
    let signed = |value: f64| format!("{:+.4}", if value.abs() < 5e-5 { 0.0 } else { value });
    row(&[
        changed.part.clone(),
        format!("{:.4}", changed.ndcg_at_10),
        signed(sign * spread.mean),
        format!("{} to {}", signed(low), signed(high)),
    ])
}

/// Charts of the trade-offs: name of the file, and SVG. What a set cannot show (diversity without facets, α without
/// content) has none.
pub fn charts(studies: &Studies) -> Vec<(&'static str, String)> {
    let at = |point: &Point| Some(point.at);
    let bytes = |point: &Point| Some(point.bytes_per_candidate);
    let by_lambda = |point: &Point| format!("λ {}", (point.at * 100.0).round() / 100.0);
    let silent = |_: &Point| String::new();
    let fixed: Vec<Point> = studies.alpha.iter().filter(|point| point.at >= 0.0).cloned().collect();
    let (varied, lengths) = (&studies.diversity, &studies.list_length);
    let all = [
        ("diversity.svg", "NDCG@10 by λ", "λ of diversity; 1 = by score alone", line(varied, at, silent)),
        (
            "distance.svg",
            "NDCG@10 against variety",
            "facet distance within the first ten",
            line(varied, |point| point.ild_at_10, by_lambda),
        ),
        (
            "alpha.svg",
            "NDCG@10 by α",
            "α; 0 = content alone, 1 = collaborative alone",
            line(&fixed, at, silent),
        ),
        ("list-length.svg", "NDCG@10 by list length", "most entries of a list", line(lengths, at, silent)),
        ("bytes.svg", "NDCG@10 by download", "bytes for each candidate", line(lengths, bytes, silent)),
    ];
    let drawn = all.into_iter().filter(|(.., line)| line.len() > 1);
    drawn.map(|(file, title, across, line)| (file, svg(title, across, &line))).collect()
}

fn line(points: &[Point], x: impl Fn(&Point) -> Option<f64>, label: impl Fn(&Point) -> String) -> Line {
    let dot = |point: &Point| {
        let Spread { mean, low, high } = point.ndcg_at_10;
        Some(Dot { x: x(point)?, y: mean, range: Some((low, high)), label: label(point) })
    };
    let mut line: Line = points.iter().filter_map(dot).collect();
    line.sort_by(|left, right| left.x.total_cmp(&right.x));
    line
}

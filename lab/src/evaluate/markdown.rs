//! An evaluation as a Markdown report with charts beside it.

use super::plot::{Line, svg};
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
        write_studies(&mut out, studies);
    }
    out
}

fn write_studies(out: &mut String, studies: &Studies) {
    let _ = writeln!(
        out,
        "\n## Pools\n\nOf {} visitors; the full catalogue gives NDCG@10 {:.4}.\n",
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
    *out += "\n## What each part brings\n\n";
    *out += &head(&["part", "NDCG@10 without it", "it brings", "95 % interval"]);
    for without in &studies.ablation {
        let spread = without.brings;
        *out += &row(&[
            without.part.clone(),
            format!("{:.4}", without.ndcg_at_10),
            format!("{:+.4}", spread.mean),
            format!("{:+.4} to {:+.4}", spread.low, spread.high),
        ]);
    }
    *out += "\n## Trade-offs\n\n";
    for (file, _) in charts(studies) {
        let _ = writeln!(out, "![{file}]({file})\n");
    }
}

fn charts(studies: &Studies) -> Vec<(&'static str, String)> {
    let ndcg = |points: &[Point]| Line {
        name: "NDCG@10".to_owned(),
        points: points.iter().map(|point| (point.at, point.ndcg_at_10)).collect(),
    };
    let mut by_diversity = studies.diversity.clone();
    by_diversity.sort_by(|left, right| left.at.total_cmp(&right.at));
    let distance = Line {
        name: "distance".to_owned(),
        points: by_diversity.iter().filter_map(|point| Some((point.at, point.ild_at_10?))).collect(),
    };
    let fixed: Vec<Point> = studies.alpha.iter().filter(|point| point.at >= 0.0).cloned().collect();
    let bytes = Line {
        name: "NDCG@10".to_owned(),
        points: studies
            .list_length
            .iter()
            .map(|point| (point.bytes_per_candidate, point.ndcg_at_10))
            .collect(),
    };
    vec![
        ("diversity.svg", svg("NDCG@10 by λ", "λ of diversity; 1 = by score alone", &[ndcg(&by_diversity)])),
        ("distance.svg", svg("Facet distance in lists by λ", "λ of diversity", &[distance])),
        ("alpha.svg", svg("NDCG@10 by α", "α; 0 = content alone, 1 = collaborative alone", &[ndcg(&fixed)])),
        (
            "list-length.svg",
            svg("NDCG@10 by list length", "most entries of a list", &[ndcg(&studies.list_length)]),
        ),
        ("bytes.svg", svg("NDCG@10 by download", "bytes for each candidate", &[bytes])),
    ]
}

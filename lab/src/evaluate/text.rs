//! An evaluation as a table for people.

use super::report::{Evaluation, ModelReport};

const HEAD: [&str; 9] = [
    "model",
    "NDCG@10",
    "95 % interval",
    "NDCG@20",
    "recall@10",
    "recall@20",
    "MRR@20",
    "cover@10",
    "bytes/item",
];

/// The table, with what was judged above it and how files were understood below.
pub fn table(evaluation: &Evaluation) -> String {
    let counts = &evaluation.counts;
    let mut lines = vec![format!(
        "{} items, {} visitors, {} rows; judged on {} lists of {} visitors, {} wanted items (seed {})",
        counts.items,
        counts.visitors,
        counts.rows,
        counts.lists,
        counts.test_visitors,
        counts.wanted,
        evaluation.seed
    )];
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(evaluation.models.iter().map(cells));
    lines.extend(aligned(&rows));
    lines.extend(evaluation.models.iter().skip(1).filter_map(difference));
    lines.extend(evaluation.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}

fn cells(model: &ModelReport) -> [String; HEAD.len()] {
    let figures = &model.figures;
    let number = |value: f64| format!("{value:.4}");
    let [low, high] = model.intervals.get("ndcg_at_10").copied().unwrap_or_default();
    [
        model.name.clone(),
        number(figures.ndcg_at_10),
        format!("{low:.4}–{high:.4}"),
        number(figures.ndcg_at_20),
        number(figures.recall_at_10),
        number(figures.recall_at_20),
        number(figures.mrr_at_20),
        number(figures.coverage_at_10),
        format!("{:.0}", figures.bytes_per_candidate),
    ]
}

fn difference(model: &ModelReport) -> Option<String> {
    let spread = model.difference.get("ndcg_at_10")?;
    let verdict = match (spread.low > 0.0, spread.high < 0.0) {
        (true, _) => "better",
        (_, true) => "worse",
        _ => "no clear difference",
    };
    Some(format!(
        "homebody − {}: {:+.4} [{:+.4}, {:+.4}] NDCG@10, {verdict}",
        model.name, spread.mean, spread.low, spread.high
    ))
}

/// Columns of equal width, the first flush left.
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cell = |(index, text): (usize, &String)| {
            let space = " ".repeat(widths[index] - text.chars().count());
            if index == 0 { format!("{text}{space}") } else { format!("{space}{text}") }
        };
        row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect()
}

//! The report of docs/ranking.md: every set there is, ours beside the best of others.

mod peers;
mod sets;

use crate::evaluate::markdown::{head, row};
use crate::evaluate::report::Evaluation;
use crate::evaluate::split::Rules;
use crate::evaluate::{Settings, judge, prepare};
use crate::off_policy;
use anyhow::{Result, bail};
use sets::{SETS, Set};
use std::fmt::Write;
use std::path::Path;

const INTRODUCTION: &str = "# Ranking, measured\n\nWritten by `cargo xtask ranking`; do not edit. Each line is one set under one protocol: our model is trained as the \
server trains, encoded as it publishes, and every list is made by the device's own ranking over the full catalogue. \
Settings are chosen inside the training part alone. Intervals are 95 %, over resampled visitors. How to measure your \
own history: [lab.md](lab.md).\n\n";

/// Measures the sets of a folder; `only` names some of them.
///
/// # Errors
/// When none is there, or one cannot be evaluated.
pub fn report(data: &Path, only: &[String], seed: u64) -> Result<String> {
    let wanted = |set: &&Set| only.is_empty() || only.iter().any(|name| name == set.folder);
    let there = |set: &&Set| data.join(set.folder).join("events.csv").exists();
    let sets: Vec<&Set> = SETS.iter().filter(wanted).filter(there).collect();
    if sets.is_empty() {
        bail!("none of the known sets is in `{}`", data.display());
    }
    let mut main = head(&[
        "set",
        "protocol",
        "lists",
        "ours, NDCG@10",
        "95 % interval",
        "recall@10",
        "best central peer",
        "its NDCG@10",
        "source",
        "bytes an item",
        "train s",
        "µs a list",
    ]);
    let mut baselines = head(&["set", "model", "NDCG@10", "95 % interval", "recall@10", "ours minus it"]);
    let mut peers = String::new();
    for set in sets {
        let settings = settings(data, set, seed);
        let prepared = prepare(&settings)?;
        let evaluation = judge(&settings, &prepared)?;
        main += &line(set, &evaluation);
        baselines += &baseline_lines(set, &evaluation);
        for peer in peers::judge(&data.join(set.folder), &prepared, seed)? {
            let spread = peer.difference;
            let _ = writeln!(
                peers,
                "- {}, {} prefixes: {:.4} against our {:.4}; ours minus it {:+.4} [{:+.4}, {:+.4}]",
                peer.name, peer.lists, peer.ndcg_at_10, peer.ours, spread.mean, spread.low, spread.high
            );
        }
    }
    let mut out = format!("{INTRODUCTION}{main}\n## Baselines, measured in the same run\n\n{baselines}");
    if !peers.is_empty() {
        let _ = write!(out, "\n## Lists that other systems shipped with yoochoose100k, NDCG@10\n\n{peers}");
    }
    out += &bandits(data, seed)?;
    Ok(out)
}

fn settings(data: &Path, set: &Set, seed: u64) -> Settings {
    let folder = data.join(set.folder);
    Settings {
        history: folder.join("events.csv"),
        items: set.has_items.then(|| folder.join("items.csv")),
        rules: Rules { protocol: set.protocol, task: set.task, strict: set.strict },
        visitors: set.visitors,
        diversity: 1.0,
        seed,
        baselines: true,
        head_items: None,
    }
}

fn title(set: &Set) -> String {
    let protocol = format!("{:?}", set.protocol).to_lowercase();
    let strict = if set.strict { ", strict" } else { "" };
    let task = match set.task {
        crate::evaluate::split::Task::Any => String::new(),
        task => format!(", {task:?}").to_lowercase(),
    };
    format!("{protocol}{strict}{task}")
}

fn line(set: &Set, evaluation: &Evaluation) -> String {
    let model = &evaluation.models[0];
    let [low, high] = model.intervals.get("ndcg_at_10").copied().unwrap_or_default();
    let lists = evaluation.counts.lists;
    row(&[
        set.folder.to_owned(),
        title(set),
        lists.to_string(),
        format!("**{:.4}**", evaluation.ours.ndcg_at_10),
        format!("{low:.4}–{high:.4}"),
        format!("{:.4}", evaluation.ours.recall_at_10),
        set.peer.name.to_owned(),
        format!("{:.4}", set.peer.ndcg_at_10),
        set.peer.source.to_owned(),
        format!("{:.0}", evaluation.ours.bytes_per_candidate),
        format!("{:.0}", model.train_seconds),
        format!("{:.0}", 1e6 * model.rank_seconds / lists.max(1) as f64),
    ])
}

fn baseline_lines(set: &Set, evaluation: &Evaluation) -> String {
    let line = |model: &crate::evaluate::report::ModelReport| {
        let [low, high] = model.intervals.get("ndcg_at_10").copied().unwrap_or_default();
        let gap = model.difference.get("ndcg_at_10");
        row(&[
            format!("{}, {}", set.folder, title(set)),
            model.name.clone(),
            format!("{:.4}", model.figures.ndcg_at_10),
            format!("{low:.4}–{high:.4}"),
            format!("{:.4}", model.figures.recall_at_10),
            gap.map_or(String::new(), |gap| format!("{:+.4} [{:+.4}, {:+.4}]", gap.mean, gap.low, gap.high)),
        ])
    };
    evaluation.models.iter().skip(1).map(line).collect()
}

/// The Bernoulli-Thompson policy from the random policy's log, against its own log.
fn bandits(data: &Path, seed: u64) -> Result<String> {
    let mut out = String::new();
    for campaign in ["men", "women"] {
        let logs = ["random", "bts"].map(|policy| data.join("obd").join(format!("{policy}_{campaign}.csv")));
        if !logs.iter().all(|log| log.exists()) {
            continue;
        }
        if out.is_empty() {
            out += "\n## Off-policy estimates on the Open Bandit sample, clicks an impression\n\n";
            out += &head(&["policy", "from the log of", "SNIPS", "DR", "its own log"]);
        }
        for found in off_policy::compare(&logs, seed)? {
            let name =
                |path: &str| path.rsplit('/').next().unwrap_or_default().trim_end_matches(".csv").to_owned();
            let spread =
                |of: off_policy::Estimate| format!("{:.5} [{:.5}, {:.5}]", of.value, of.low, of.high);
            out += &row(&[
                name(&found.target),
                name(&found.log),
                spread(found.snips),
                spread(found.doubly_robust),
                found.truth.map_or(String::new(), spread),
            ]);
        }
    }
    Ok(out)
}

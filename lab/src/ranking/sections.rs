//! The sections of the report, filled set by set.

use super::sets::Set;
use super::{Options, Report, peers};
use crate::evaluate::intervals::means;
use crate::evaluate::markdown::{self, head, row};
use crate::evaluate::pools::{self, PoolStudy};
use crate::evaluate::report::{Evaluation, ModelReport};
use crate::evaluate::{Prepared, judge, prepare, studies, values};
use anyhow::Result;
use std::fmt::Write;

const INTRODUCTION: &str = "# Ranking, measured\n\nWritten by `cargo xtask ranking`; do not edit. Each line is one set under one protocol: our model is trained as the \
server trains, encoded as it publishes, and every list is made by the device's own ranking over the full catalogue. \
Settings are chosen inside the training part alone. Intervals are 95 %, over resampled visitors; times are of \
the machine that measured, with whatever else it did. How to measure your \
own history: [lab.md](lab.md).\n\n";

const RETRIEVAL: &str = "\n## What pools keep\n\nA page loads a pool, the first 500 of the neutral order, and a catalogue table of at most 100,000 items and 16 MB, in \
which the device looks for candidates of its own: it scores every row. A catalogue that does not fit gets shorter \
lists, and then loses the items that histories lead to least (`catalog.table_items`, `catalog.table_bytes`). The pool \
alone is what is left without that table. Shares are of the full catalogue's NDCG@10 on the same lists. Bytes are as a \
device holds them; Brotli sends half to two thirds of them. A site's table has the text for display besides.\n\n";

const STUDIES: &str = "\n## Studies\n\nOf a sample of each set's visitors, drawn by the seed; their figures differ from those above as samples do. *It \
brings* is NDCG@10 with the part minus NDCG@10 without it, over the same visitors. What a set cannot judge is \
named with what is missing; simulated visitors judge it in the tests. A set without facets has no chart of diversity, one without content none of \
α; calibrated shares and a place for the unknown need categories, which none of these sets has.\n";

/// Tables under construction.
pub(super) struct Sections {
    main: String,
    baselines: String,
    peers: String,
    retrieval: String,
    studies: String,
    charts: Vec<(String, String)>,
}

impl Sections {
    /// Tables of nothing yet.
    pub(super) fn new() -> Self {
        let main = [
            "set",
            "protocol",
            "lists",
            "ours, NDCG@10",
            "95 % interval",
            "recall@10",
            "best central peer",
            "its NDCG@10",
            "best recall@10 of a peer",
            "source",
            "bytes an item",
            "train s",
            "µs a list",
        ];
        let retrieval = [
            "set",
            "full catalogue",
            "pool and table",
            "share",
            "pool alone",
            "share",
            "wanted items in the pool",
            "pool KB",
            "table KB",
        ];
        Self {
            main: head(&main),
            baselines: head(&["set", "model", "NDCG@10", "95 % interval", "recall@10", "ours minus it"]),
            peers: String::new(),
            retrieval: head(&retrieval),
            studies: String::new(),
            charts: Vec::new(),
        }
    }

    /// Trains on a set and fills in all its lines.
    pub(super) fn measure(&mut self, set: &Set, options: &Options<'_>) -> Result<()> {
        let settings = set.settings(options.data, options.seed);
        let prepared = prepare(&settings)?;
        let evaluation = judge(&settings, &prepared)?;
        self.main += &line(set, &evaluation);
        self.baselines += &baseline_lines(set, &evaluation);
        self.retrieval += &retrieval_line(set, &prepared)?;
        for peer in peers::judge(&options.data.join(set.folder), &prepared, options.seed)? {
            let spread = peer.difference;
            let _ = writeln!(
                self.peers,
                "- {}, {} prefixes: {:.4} against our {:.4}; ours minus it {:+.4} [{:+.4}, {:+.4}]",
                peer.name, peer.lists, peer.ndcg_at_10, peer.ours, spread.mean, spread.low, spread.high
            );
        }
        if options.study_visitors > 0 {
            self.study(set, &prepared, options)?;
        }
        Ok(())
    }

    fn study(&mut self, set: &Set, prepared: &Prepared, options: &Options<'_>) -> Result<()> {
        let found = studies::studies(prepared, options.study_visitors, options.seed)?;
        let _ = writeln!(self.studies, "\n### {}, {}", set.folder, set.protocol_name());
        let file = |chart: &str| format!("{}-{chart}", set.slug());
        markdown::write_studies(&mut self.studies, &found, "####", &|chart| {
            format!("{}/{}", options.charts, file(chart))
        });
        self.charts.extend(markdown::charts(&found).into_iter().map(|(chart, svg)| (file(chart), svg)));
        Ok(())
    }

    /// The report of what was measured so far, with a section of others before the studies.
    pub(super) fn report(&self, others: &str) -> Report {
        let mut out = format!("{INTRODUCTION}{}{RETRIEVAL}{}", self.main, self.retrieval);
        let _ = write!(out, "\n## Baselines, measured in the same run\n\n{}", self.baselines);
        if !self.peers.is_empty() {
            let head = "\n## Lists that other systems shipped with yoochoose100k, NDCG@10\n\n";
            let _ = write!(out, "{head}{}", self.peers);
        }
        out += others;
        if !self.studies.is_empty() {
            let _ = write!(out, "{STUDIES}{}", self.studies);
        }
        Report { markdown: format!("{}\n", out.trim_end()), charts: self.charts.clone() }
    }
}

fn line(set: &Set, evaluation: &Evaluation) -> String {
    let model = &evaluation.models[0];
    let lists = evaluation.counts.lists;
    let none = || "–".to_owned();
    let figure = |value: Option<f64>| value.map_or_else(none, |value| format!("{value:.4}"));
    row(&[
        set.folder.to_owned(),
        set.protocol_name(),
        lists.to_string(),
        format!("**{:.4}**", evaluation.ours.ndcg_at_10),
        interval(model),
        format!("{:.4}", evaluation.ours.recall_at_10),
        set.peer.map_or("none known".to_owned(), |peer| peer.name.to_owned()),
        figure(set.peer.map(|peer| peer.ndcg_at_10)),
        figure(set.peer.and_then(|peer| peer.best_recall_at_10)),
        set.peer.map_or_else(none, |peer| peer.source.to_owned()),
        format!("{:.0}", evaluation.ours.bytes_per_candidate),
        format!("{:.0}", model.train_seconds),
        format!("{:.0}", 1e6 * model.rank_seconds / lists.max(1) as f64),
    ])
}

fn baseline_lines(set: &Set, evaluation: &Evaluation) -> String {
    let line = |model: &ModelReport| {
        let gap = model.difference.get("ndcg_at_10");
        row(&[
            format!("{}, {}", set.folder, set.protocol_name()),
            model.name.clone(),
            format!("{:.4}", model.figures.ndcg_at_10),
            interval(model),
            format!("{:.4}", model.figures.recall_at_10),
            gap.map_or(String::new(), |gap| format!("{:+.4} [{:+.4}, {:+.4}]", gap.mean, gap.low, gap.high)),
        ])
    };
    evaluation.models.iter().skip(1).map(line).collect()
}

fn interval(model: &ModelReport) -> String {
    let [low, high] = model.intervals.get("ndcg_at_10").copied().unwrap_or_default();
    format!("{low:.4}–{high:.4}")
}

fn retrieval_line(set: &Set, prepared: &Prepared) -> Result<String> {
    let (_, full) = values(&prepared.ours, &prepared.split)?;
    let line = |pool: &PoolStudy| {
        row(&[
            format!("{}, {}", set.folder, set.protocol_name()),
            format!("{:.4}", means(&full)[0]),
            format!("{:.4}", pool.with_retrieval_ndcg_at_10),
            format!("**{:.1} %**", 100.0 * pool.with_retrieval_share),
            format!("{:.4}", pool.ndcg_at_10),
            format!("{:.1} %", 100.0 * pool.share),
            format!("{:.1} %", 100.0 * pool.recall_ceiling),
            format!("{:.0}", pool.bytes as f64 / 1e3),
            format!("{:.0}", pool.catalogue_bytes as f64 / 1e3),
        ])
    };
    Ok(pools::study(prepared, &prepared.split, &full, &[pools::USUAL_SIZE])?.iter().map(line).collect())
}

//! What an evaluation found, as it is written to JSON (see docs/lab.md).

use super::coverage::{COVERAGE, Covered};
use super::intervals::{Intervals, Spread};
use super::metrics::{METRICS, Values};
use super::split::{Protocol, Task};
use super::studies::Studies;
use serde::Serialize;
use std::collections::BTreeMap;

/// The figures of one model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Mean NDCG@10.
    pub ndcg_at_10: f64,
    /// Mean NDCG@20.
    pub ndcg_at_20: f64,
    /// Mean recall@10.
    pub recall_at_10: f64,
    /// Mean recall@20.
    pub recall_at_20: f64,
    /// Mean reciprocal rank within 20.
    pub mrr_at_20: f64,
    /// Share of the catalogue in anybody's first ten.
    pub coverage_at_10: f64,
    /// Bytes the model holds for each item of the catalogue.
    pub bytes_per_candidate: f64,
}

/// Everything measured of one model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelReport {
    /// Its name.
    pub name: String,
    /// The main figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// Mean average precision within 10.
    pub map_at_10: f64,
    /// Share of lists with anything wanted in the first ten.
    pub hit_at_10: f64,
    /// Mean precision@10.
    pub precision_at_10: f64,
    /// Gini coefficient of exposure in the first ten.
    pub gini_at_10: f64,
    /// Mean facet distance within the first ten; `None` without facets.
    pub ild_at_10: Option<f64>,
    /// Mean surprise of the first ten, in bits.
    pub novelty_at_10: f64,
    /// Seconds it took to learn.
    pub train_seconds: f64,
    /// Seconds it took to rank all cases.
    pub rank_seconds: f64,
    /// 95 % intervals, `[low, high]`.
    pub intervals: BTreeMap<&'static str, [f64; 2]>,
    /// Our mean minus this model's, over the same draws; empty for ours.
    pub difference: BTreeMap<&'static str, Spread>,
}

/// How much of what was in the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Visitors of the history.
    pub visitors: usize,
    /// Items of the catalogue, each a candidate.
    pub items: usize,
    /// Rows of the history.
    pub rows: usize,
    /// Rows that were learned from.
    pub train_rows: usize,
    /// Visitors judged.
    pub test_visitors: usize,
    /// Lists judged: one a visitor, under `session` one a prefix.
    pub lists: usize,
    /// Wanted items in all lists.
    pub wanted: usize,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// The history file.
    pub history: String,
    /// The items file.
    pub items: Option<String>,
    /// The protocol.
    pub protocol: Protocol,
    /// The task.
    pub task: Task,
    /// Whether the second-last item was kept from learning too.
    pub strict: bool,
    /// Whether the order of each visitor's rows was drawn.
    pub shuffle: bool,
    /// Most visitors judged.
    pub visitors: Option<usize>,
    /// λ of the lists' diversity; 1 is by score alone.
    pub diversity: f32,
}

/// A neighbour-list set of our model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListSet {
    /// Where its lists come from.
    pub source: String,
    /// How histories fade.
    pub decay: String,
    /// Its weight in the blend.
    pub weight: f32,
    /// Entries of the longest list.
    pub length: usize,
}

/// What our model settled on by looking at the training part alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Chosen {
    /// The list sets.
    pub list_sets: Vec<ListSet>,
    /// The features of the blend with their weights.
    pub features: BTreeMap<String, f32>,
    /// Distinct history items at which the lists count half.
    pub evidence_k: f32,
    /// NDCG@10 on the held-back window inside the training part.
    pub validation_ndcg_at_10: Option<f64>,
}

/// An evaluation.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// What was asked.
    pub settings: Asked,
    /// Seed of samples and intervals.
    pub seed: u64,
    /// Sizes.
    pub counts: Counts,
    /// Our figures, once more on their own.
    #[serde(flatten)]
    pub ours: Figures,
    /// What our model settled on.
    pub chosen: Chosen,
    /// Every model, ours first.
    pub models: Vec<ModelReport>,
    /// How the files were understood, where that is not obvious.
    pub notes: Vec<String>,
    /// Pools, ablation and trade-offs; with `--out` or `--studies` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub studies: Option<Studies>,
}

impl ModelReport {
    /// Fills in what is a mean over cases.
    pub(super) fn set_means(&mut self, means: &Values, intervals: &Intervals) {
        let of =
            |name: &str| METRICS.iter().position(|metric| *metric == name).map_or(0.0, |index| means[index]);
        self.figures.ndcg_at_10 = of("ndcg_at_10");
        self.figures.ndcg_at_20 = of("ndcg_at_20");
        self.figures.recall_at_10 = of("recall_at_10");
        self.figures.recall_at_20 = of("recall_at_20");
        self.figures.mrr_at_20 = of("mrr_at_20");
        self.map_at_10 = of("map_at_10");
        self.hit_at_10 = of("hit_at_10");
        self.precision_at_10 = of("precision_at_10");
        self.intervals =
            intervals.of.iter().map(|(name, spread)| (*name, [spread.low, spread.high])).collect();
        self.difference.clone_from(&intervals.difference);
    }

    /// Fills in how sure the coverage is; `is_other` than the first model.
    pub(super) fn set_coverage(&mut self, covered: &Covered, is_other: bool) {
        self.intervals.insert(COVERAGE, [covered.of.low, covered.of.high]);
        if is_other {
            self.difference.insert(COVERAGE, covered.difference);
        }
    }
}

impl Evaluation {
    /// The report of a model.
    pub fn model(&self, name: &str) -> Option<&ModelReport> {
        self.models.iter().find(|model| model.name == name)
    }
}

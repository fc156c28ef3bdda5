//! Training: a history and a catalogue in, everything a table needs out.

use crate::catalogue::Catalogue;
use crate::history::History;
use crate::metrics::Metrics;
use crate::seqlin::SolveError;
use crate::split::Protocol;
use crate::sums::Sums;
use homebody_protocol::table::{Blend, EncodeError, ListSetDraft};

/// Bounds and budgets of a training run.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainConfig {
    /// Most popular items that item-item sums are kept for; memory grows with the square, time with the cube.
    pub head_items: usize,
    /// Visitors that settings are judged on.
    pub judged_visitors: usize,
    /// Fewer judged visitors than this after a temporal cut, and the last items are left out instead.
    pub min_temporal_visitors: usize,
    /// Half-life of popularity.
    pub popularity_half_life_days: f32,
    /// Half-life of the trend.
    pub trend_half_life_days: f32,
    /// Content neighbours an item carries.
    pub content_neighbours: usize,
    /// How the newest window is cut for judging; `None` reads it off the history.
    pub protocol: Option<Protocol>,
    /// Seed of the sample of judged visitors.
    pub seed: u64,
}

/// How far training is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, in words a log can show.
    pub stage: &'static str,
    /// Steps of this stage done.
    pub done: u32,
    /// Steps of this stage in all.
    pub total: u32,
}

/// What a model was judged to be worth on the newest window, before it was refitted on everything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainMetrics {
    /// How the window was cut.
    pub protocol: Protocol,
    /// Length of the judged lists.
    pub places: u32,
    /// Visitors judged.
    pub visitors: usize,
    /// The chosen model.
    pub chosen: Metrics,
    /// Popularity alone, for comparison.
    pub popularity: Metrics,
    /// Trend alone, for comparison.
    pub trend: Metrics,
}

/// Everything a table needs.
#[derive(Clone, Debug)]
pub struct TrainedModel {
    /// Neighbour lists, one list a catalogue row in each set.
    pub list_sets: Vec<ListSetDraft>,
    /// How the parts add up.
    pub blend: Blend,
    /// [`homebody_protocol::table::Feature::Popularity`] of each catalogue row.
    pub popularity: Vec<f32>,
    /// [`homebody_protocol::table::Feature::Trend`] of each catalogue row.
    pub trend: Vec<f32>,
    /// `None` when no visitor could be judged; the model is then content and popularity by default weights.
    pub metrics: Option<TrainMetrics>,
    /// The sums of the chosen model; `None` without a collaborative part.
    pub sums: Option<Sums>,
    /// Kept interactions with items that the catalogue does not know.
    pub unknown_item_rows: u64,
}

/// Why training failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// There is nothing to train for.
    #[error("the catalogue is empty; import a catalogue first")]
    EmptyCatalogue,
    /// A solve failed.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// The lists cannot be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl TrainError {
    /// Stable code for logs and problem details.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyCatalogue => "empty_catalogue",
            Self::Solve(error) => error.code(),
            Self::Encode(error) => error.code(),
        }
    }
}

/// Three matrices of this side take 1.8 GB, one fit 2 × 10¹² operations; up to five fits are made.
const HEAD_ITEMS: usize = 12_288;

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            head_items: HEAD_ITEMS,
            judged_visitors: 3000,
            min_temporal_visitors: 200,
            popularity_half_life_days: 90.0,
            trend_half_life_days: 7.0,
            content_neighbours: 20,
            protocol: None,
            seed: 0,
        }
    }
}

/// Trains on a history.
///
/// # Errors
/// [`TrainError`] when the catalogue is empty or the sums cannot be solved.
pub fn train(
    history: &History,
    catalogue: &Catalogue,
    config: &TrainConfig,
    progress: &mut dyn FnMut(Progress),
) -> Result<TrainedModel, TrainError> {
    crate::select::train(history, catalogue, config, progress)
}

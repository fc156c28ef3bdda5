//! Sums in, models out: everything Homebody learns, learned from aggregates. See ARCHITECTURE.md.

pub mod bandit;
pub mod bootstrap;
pub mod calibration;
pub mod catalogue;
pub mod cluster;
pub mod content;
pub mod extras;
pub mod from_sums;
pub mod head;
pub mod history;
pub mod journeys;
pub mod judge;
pub mod lists;
pub mod logistic;
pub mod metrics;
pub mod moment;
pub mod moments;
pub mod names;
pub mod pca;
pub mod popularity;
pub mod questions;
pub mod reach;
mod select;
pub mod seqlin;
pub mod split;
pub mod steps;
pub mod sums;
pub mod sums_codec;
pub mod train;

pub use catalogue::{Catalogue, CatalogueItem};
pub use history::{History, HistoryBuilder, HistoryRow};
pub use train::{Progress, TrainConfig, TrainError, TrainMetrics, TrainedModel, train};

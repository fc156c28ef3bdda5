//! Sums in, models out: everything Homebody learns, learned from aggregates. See ARCHITECTURE.md.

pub mod bootstrap;
pub mod catalogue;
pub mod content;
pub mod head;
pub mod history;
pub mod judge;
pub mod lists;
pub mod metrics;
pub mod popularity;
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

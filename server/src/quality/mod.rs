//! How well it works, for the operator: what released sums say of predictions, models, clicks and consent.
//!
//! Everything here is read from releases, which carry their noise and are exported as they are: it costs no budget,
//! and tells nothing that the rows of `homebody export sums` do not. Every figure has the 95 % interval of both luck
//! and noise.

mod exploration;
mod intent;
mod models;
mod sums;
mod visitors;

use homebody_protocol::task::Measurement;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{Store, StoreError};
use sums::Sums;

pub use exploration::Explored;
pub use intent::{CurveBin, FeatureTells, Features, Predictions};
pub use models::{Comparison, Figure, ModelFigures, Models};
pub use visitors::{ClickWindow, Clicked, Granted, Grants};

/// What sums say of how well it works; what no task asks about is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Quality {
    /// Predicted purchases and what came true, from the newest `calibration` task.
    pub predictions: Option<Predictions>,
    /// What each feature of a visit tells of a purchase, from the newest `intent` task.
    pub features: Option<Features>,
    /// Models by where they have the item that was chosen, from `evaluation` and `gate` tasks.
    pub models: Models,
    /// Visitors who opened something, window by window, from the newest `drift` task.
    pub clicks: Option<Clicked>,
    /// What another strength of exploration would earn, from the newest `off_policy` task.
    pub exploration: Option<Explored>,
    /// Purposes that devices say are granted, from the newest `decisions` task.
    pub grants: Option<Grants>,
}

/// The sums that something stands on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Source {
    /// The task, 64 hexadecimal digits.
    pub task: String,
    /// Its name.
    pub name: String,
    /// Windows of it, each released with noise of its own.
    pub windows: u64,
    /// Reports in them.
    pub reports: u64,
    /// End of the newest window, unix seconds.
    pub ends_at: u64,
}

impl Quality {
    /// Reads it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn draw(store: &Store) -> Result<Self, StoreError> {
        let all = Sums::all(store)?;
        let newest = |asks: fn(&Measurement) -> bool| {
            all.iter().filter(|sums| asks(&sums.task.measurement)).max_by_key(|sums| sums.last())
        };
        use Measurement as M;
        let calibration = newest(|asked| matches!(asked, M::Calibration { .. }));
        Ok(Self {
            predictions: match calibration {
                Some(sums) => intent::predictions(store, sums)?,
                None => None,
            },
            features: newest(|asked| matches!(asked, M::Intent { .. })).and_then(intent::features),
            models: models::draw(store, &all)?,
            clicks: match newest(|asked| matches!(asked, M::Drift { .. })) {
                Some(sums) => visitors::clicks(store, sums)?,
                None => None,
            },
            exploration: newest(|asked| matches!(asked, M::OffPolicy { .. })).and_then(exploration::explored),
            grants: newest(|asked| matches!(asked, M::Decisions {})).and_then(visitors::grants),
        })
    }
}

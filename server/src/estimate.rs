//! Estimates as they are told.

use homebody_learn::from_sums;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A figure with its 95 % interval: luck and noise are both in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Estimate {
    /// What it is.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl From<from_sums::Estimate> for Estimate {
    fn from(from_sums::Estimate { value, low, high }: from_sums::Estimate) -> Self {
        Self { value, low, high }
    }
}

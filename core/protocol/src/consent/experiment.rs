//! Variants of the words that are compared.

use serde::{Deserialize, Serialize};

use super::ask::Position;
use super::config::Texts;

/// A comparison of variants. Which one a visitor sees is drawn for every page; nothing about it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentExperiment"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Experiment {
    /// Its name: 1 to 64 of `a-z`, `0-9`, `-`.
    pub id: String,
    /// Two to eight variants.
    pub arms: Vec<Arm>,
}

/// A variant: it may differ in `banner.title`, `banner.body` and the position, and in nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentArm"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arm {
    /// Its name: 1 to 64 of `a-z`, `0-9`, `-`.
    pub id: String,
    /// How often it is drawn, against the other weights; 1 to 1000.
    #[serde(default = "one")]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub weight: u16,
    /// Its own words.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub texts: Texts,
    /// Its own position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub position: Option<Position>,
}

fn one() -> u16 {
    1
}

//! How and when visitors are asked.

use serde::{Deserialize, Serialize};

/// How and when visitors are asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentAsk"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Ask {
    /// What asks.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub surface: Surface,
    /// Where it stands.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub position: Position,
    /// The buttons of the first layer in their order: `accept` and `reject` first, side by side.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub buttons: Vec<Button>,
    /// Days before a refusal is asked again: 180 or more.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub reask_after_refusal_days: u16,
    /// Days a yes lasts: 395 at the most, 365 advised.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub expire_after_days: u16,
}

impl Default for Ask {
    fn default() -> Self {
        Self {
            surface: Surface::default(),
            position: Position::default(),
            buttons: vec![Button::Accept, Button::Reject, Button::Later],
            reask_after_refusal_days: super::MIN_REASK_DAYS,
            expire_after_days: super::ADVISED_EXPIRY_DAYS,
        }
    }
}

/// What asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentSurfaceKind"))]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// A banner that takes nothing of the page away.
    #[default]
    Banner,
    /// Nothing by itself: the page opens the banner when it wants.
    Manual,
}

/// Where the banner stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentPosition"))]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Along the lower edge.
    #[default]
    Bottom,
    /// Along the upper edge.
    Top,
    /// In the lower corner where lines begin.
    BottomStart,
    /// In the lower corner where lines end.
    BottomEnd,
}

/// A button of the first layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentButton"))]
#[serde(rename_all = "lowercase")]
pub enum Button {
    /// Yes to everything that is asked for.
    Accept,
    /// No to everything.
    Reject,
    /// Opens the choice by purpose.
    Preferences,
    /// Asked again on a later page; nothing is kept.
    Later,
}

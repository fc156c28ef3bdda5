//! What device and server must agree on, bit for bit.
//!
//! | message | from → to | type |
//! | --- | --- | --- |
//! | candidate pool of a placement | server → device | [`table::Table`] of kind [`table::TableKind::Pool`] |
//! | catalogue table | server → device | [`table::Table`] of kind [`table::TableKind::Catalogue`] |
//! | signed manifest, naming the two by hash | server → device | `manifest::Envelope` |
//!
//! Besides the formats, the crate holds the few functions that both sides must compute alike: the keys of
//! items ([`ids`]), what an interaction weighs ([`kind`]), how a history decays ([`history`]) and how a
//! neighbour list scores a candidate against it ([`score`]). The server judges a model with the very
//! functions the device ranks with, so what was validated is what runs.
//!
//! Pure: no I/O, no clock, no entropy; the same inputs give the same bits natively and in WebAssembly.

#[cfg(feature = "json")]
pub mod consent;
pub mod context;
pub mod features;
pub mod history;
pub mod ids;
pub mod kind;
#[cfg(feature = "manifest")]
pub mod manifest;
pub mod models;
pub mod policy;
pub mod rules;
pub mod score;
pub mod table;
pub mod wire;

pub use context::{DeviceClass, PageContext, Referrer};
pub use history::{Decay, HistoryEntry, history_weights};
pub use ids::{FacetKey, ItemKey, derive_key};
pub use kind::Kind;
pub use models::Extras;
pub use policy::{CartPolicy, Exploration, Policy};
pub use score::score_row;

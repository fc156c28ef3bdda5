//! What device and server must agree on, bit for bit.
//!
//! | message | from → to | type |
//! | --- | --- | --- |
//! | candidate pool of a placement | server → device | [`table::Table`] of kind [`table::TableKind::Pool`] |
//! | catalogue table | server → device | [`table::Table`] of kind [`table::TableKind::Catalogue`] |
//! | signed manifest, naming the two by hash | server → device | `manifest::Envelope` |
//! | what to ask, and where the visitor is | server → device | `consent::ConsentAnswer` |
//! | a decision, to be counted | device → server | `consent::Decision` |
//! | what to contribute, signed | server → device | `task::SignedTask` |
//! | a contribution in `trusted` and `local` | device → server | `report::Report` |
//! | a choice, to be signed and forgotten | device → server | `consent::ReceiptRequest` |
//!
//! Besides the formats, the crate holds the few functions that both sides must compute alike: the keys of
//! items ([`ids`]), what an interaction weighs ([`kind`]), how a history decays ([`history`]) and how a
//! neighbour list scores a candidate against it ([`score`]). The server judges a model with the very
//! functions the device ranks with, so what was validated is what runs.
//!
//! Pure: no I/O, no clock, no entropy; the same inputs give the same bits natively and in WebAssembly.

#[cfg(feature = "task")]
pub mod accounting;
#[cfg(feature = "json")]
pub mod consent;
pub mod context;
#[cfg(feature = "split")]
pub mod dap;
pub mod features;
pub mod history;
pub mod ids;
pub mod kind;
#[cfg(feature = "manifest")]
pub mod manifest;
#[cfg(feature = "task")]
pub mod mechanism;
pub mod models;
pub mod policy;
#[cfg(feature = "task")]
pub mod report;
pub mod rules;
pub mod score;
#[cfg(feature = "split")]
pub mod split;
pub mod table;
#[cfg(feature = "task")]
pub mod task;
pub mod wire;

pub use context::{DeviceClass, PageContext, Referrer};
pub use history::{Decay, HistoryEntry, history_weights};
pub use ids::{FacetKey, ItemKey, derive_key};
pub use kind::Kind;
pub use models::Extras;
pub use policy::{CartPolicy, Exploration, Policy};
pub use score::score_row;

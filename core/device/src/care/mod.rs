//! The visitor's rights over a profile: read it, take it along, bring it back, correct it.
//!
//! Rich typed objects, made from profile bytes on demand; nothing here is on the hot path.

mod export;
mod view;

pub use export::{EXPORT_VERSION, ExportedFacet, ExportedItem, ImportError, ProfileExport};
pub use view::{FacetView, ItemView, ProfileView};

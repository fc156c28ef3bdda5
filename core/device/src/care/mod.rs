//! The visitor's rights over a profile: read it, take it along, bring it back, correct it.
//!
//! Rich typed objects, made from profile bytes on demand; nothing here is on the hot path.

pub(crate) mod document;
mod export;
mod fields;
mod import;
mod view;

pub use export::{
    EXPORT_VERSION, ExportedAnswer, ExportedFacet, ExportedHour, ExportedItem, ExportedNote, ExportedOpinion,
    ImportError, ProfileExport,
};
pub use view::{CartView, FacetView, ItemView, NoteView, ProfileView, WindowView};

//! What the learner needs to know of a catalogue.

use homebody_protocol::ItemKey;
use homebody_protocol::table::FacetKind;

/// One item; its index in [`Catalogue::items`] is the item index of the history and the row of the lists.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogueItem {
    /// Key of the item id, named by other items' lists.
    pub key: ItemKey,
    /// Title and description, in any language that separates words.
    pub text: String,
    /// Indices into [`Catalogue::facet_kinds`].
    pub facets: Vec<u16>,
}

/// The items of a site in row order, with the kinds of their facets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// Every item, in the order of the table to be published.
    pub items: Vec<CatalogueItem>,
    /// Kind of each facet, in the order of the table's facets.
    pub facet_kinds: Vec<FacetKind>,
}

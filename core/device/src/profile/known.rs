//! What the tables know of the item of an interaction.

use homebody_protocol::FacetKey;
use homebody_protocol::table::FacetKind;

/// A facet as a table names it.
#[derive(Clone, Copy, Debug)]
pub struct FacetRef<'a> {
    /// What it is.
    pub kind: FacetKind,
    /// Its key.
    pub key: FacetKey,
    /// The site's name for it.
    pub name: &'a str,
}

/// What is known of an item; the default is an item that no table has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Its facets.
    pub facets: &'a [FacetRef<'a>],
    /// Its price, ≥ 0, in the site's currency.
    pub price: Option<f32>,
    /// Share of the table's items that are cheaper, 0–1.
    pub price_band: Option<f32>,
}

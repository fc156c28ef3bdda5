//! What the visitor has been doing lately, as counts over exact windows.

use homebody_protocol::features::VisitorSummary;

use super::Profile;

/// The visitor's cart, as far as the site told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CartState {
    /// Items in it now.
    pub items: u32,
    /// When something was last put in or taken out, milliseconds since 1970; 0 for a cart never used.
    pub changed_at_ms: u64,
}

impl Profile {
    /// The visitor at a moment; see [`homebody_protocol::features`].
    pub fn summary(&self, _now_ms: u64) -> VisitorSummary {
        VisitorSummary::default()
    }

    /// The cart.
    pub fn cart(&self) -> CartState {
        let items = self.items.iter().filter(|item| item.is_in_cart());
        let changed_at_ms = items.clone().map(|item| item.last_at_ms).max().unwrap_or(0);
        CartState { items: items.count() as u32, changed_at_ms }
    }
}

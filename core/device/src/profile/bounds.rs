//! How large a profile may grow, and what gives way.

use super::{FacetState, ItemState, Profile};
use homebody_protocol::FacetKey;

/// Most items kept in full.
pub const MAX_ITEMS: usize = 400;
/// Most consumed items of which only the key is kept.
pub(super) const MAX_OLDER: usize = 4_000;
/// Most facets kept.
pub const MAX_FACETS: usize = 256;
/// Largest encoded profile, in bytes.
pub const MAX_BYTES: usize = 64 << 10;
/// Longest facet name kept, in bytes.
pub(super) const MAX_NAME_BYTES: usize = 128;

/// Encoded bytes of an item besides its id, of a facet besides its name, and of everything else.
const ITEM_BYTES: usize = 26;
const FACET_BYTES: usize = 20;
const HEAD_BYTES: usize = 64;

impl Profile {
    /// Pushes out the oldest items and the weakest facets until the profile is within its bounds.
    ///
    /// What an item taught about taste stays in the facets; that it was consumed stays as a key.
    pub(crate) fn fold_to_bounds(&mut self) {
        while self.items.len() > MAX_ITEMS || self.size_bound() > MAX_BYTES {
            let Some(oldest) = self.items.pop() else { break };
            if oldest.is_consumed() {
                self.older.push(oldest.key);
            }
        }
        if self.older.len() > MAX_OLDER {
            self.older.drain(..self.older.len() - MAX_OLDER);
        }
        self.facets.retain(|facet| facet.name.len() <= MAX_NAME_BYTES);
        while self.facets.as_slice().len() > MAX_FACETS {
            let Some(weakest) = self.weakest_facet() else { break };
            self.facets.retain(|facet| facet.key != weakest);
        }
    }

    /// An upper bound of the encoded size.
    pub(super) fn size_bound(&self) -> usize {
        let items: usize = self.items.iter().map(|item: &ItemState| ITEM_BYTES + item.id.len()).sum();
        let facets: usize = self.facets.as_slice().iter().map(|facet| FACET_BYTES + facet.name.len()).sum();
        HEAD_BYTES + items + facets + self.older.len() * 4
    }

    /// The facet that says least; muted ones are the visitor's word and go last.
    fn weakest_facet(&self) -> Option<FacetKey> {
        let now_ms = self.session.last_at_ms;
        let claim = |facet: &FacetState| if facet.muted { f32::MAX } else { facet.strength_at(now_ms).abs() };
        let facets = self.facets.as_slice().iter();
        facets.min_by(|a, b| claim(a).total_cmp(&claim(b))).map(|facet| facet.key)
    }
}

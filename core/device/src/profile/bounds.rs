//! How large a profile may grow, and what gives way.

use super::{ItemState, Profile};
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
        while self.facets.len() > MAX_FACETS {
            let Some(weakest) = self.weakest_facet() else { break };
            self.facets.remove(&weakest);
        }
        self.facets.retain(|_, facet| facet.name.len() <= MAX_NAME_BYTES);
    }

    /// An upper bound of the encoded size.
    pub(super) fn size_bound(&self) -> usize {
        let items: usize = self.items.iter().map(|item: &ItemState| ITEM_BYTES + item.id.len()).sum();
        let facets: usize = self.facets.values().map(|facet| FACET_BYTES + facet.name.len()).sum();
        HEAD_BYTES + items + facets + self.older.len() * 4
    }

    /// The facet that says least; muted ones are the visitor's word and stay.
    fn weakest_facet(&self) -> Option<FacetKey> {
        let now_ms = self.session.last_at_ms;
        let unmuted = self.facets.iter().filter(|(_, facet)| !facet.muted);
        let strength = |facet: &super::FacetState| facet.strength_at(now_ms).abs();
        unmuted.min_by(|(_, a), (_, b)| strength(a).total_cmp(&strength(b))).map(|(key, _)| *key)
    }
}

//! How large a profile may grow, and what gives way.

use super::{FacetState, Profile, retention};
use homebody_protocol::FacetKey;

/// Most items kept in full.
pub const MAX_ITEMS: usize = 400;
/// Most consumed items of which only key and day are kept.
pub(super) const MAX_OLDER: usize = 4_000;
/// Most facets kept.
pub const MAX_FACETS: usize = 256;
/// Largest encoded profile, in bytes.
pub const MAX_BYTES: usize = 64 << 10;
/// Longest facet name kept, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 128;
/// Most answers to the questionnaire.
pub(crate) const MAX_ANSWERS: usize = 64;
/// Most numbers of the linear bandit: the precision of 32 features and their rewards.
pub(crate) const MAX_LINEAR: usize = 32 * 33;

/// Items and facets that stay when space is short; the rest of the profile gives way instead.
const FEW_ITEMS: usize = 50;
const FEW_FACETS: usize = 64;
/// Largest encoded forms: an item besides its id, a facet besides its name, an older item, an hour, a note besides its
/// text, and everything else, 16 hints of 78 bytes among it.
const ITEM_BYTES: usize = 96;
const FACET_BYTES: usize = 31;
const OLDER_BYTES: usize = 7;
const HOUR_BYTES: usize = 40;
const NOTE_BYTES: usize = 14;
const HEAD_BYTES: usize = 1_650;

impl Profile {
    /// Pushes out the oldest items and the weakest facets until the profile is within its bounds.
    ///
    /// What an item taught about taste stays in the facets; that it was consumed stays as a key.
    pub(crate) fn fold_to_bounds(&mut self) {
        while self.items.len() > MAX_ITEMS {
            self.fold_oldest_item();
        }
        if self.older.len() > MAX_OLDER {
            let excess = self.older.len() - MAX_OLDER;
            self.older.drain(..excess);
            self.older_days.drain(..excess);
        }
        self.facets.retain(|facet| facet.name.len() <= MAX_NAME_BYTES);
        while self.facets.as_slice().len() > MAX_FACETS {
            self.drop_weakest_facet();
        }
        // The bound is cheap, the bytes are exact.
        while self.size_bound() > MAX_BYTES && self.encode().len() > MAX_BYTES {
            self.shrink();
        }
    }

    /// An upper bound of the encoded size.
    pub(super) fn size_bound(&self) -> usize {
        let items: usize = self.items.iter().map(|item| ITEM_BYTES + item.id.len()).sum();
        let facets: usize = self.facets.as_slice().iter().map(|facet| FACET_BYTES + facet.name.len()).sum();
        let notes = self.searches.0.iter().chain(&self.surveys.0);
        let notes: usize = notes.map(|note| NOTE_BYTES + note.text.len()).sum();
        let older = self.older.len() * OLDER_BYTES + self.windows.0.len() * HOUR_BYTES;
        HEAD_BYTES + items + facets + notes + older + self.linear.len() * 4 + self.answers.len() * 5
    }

    /// Makes the profile smaller by what is missed least. What stays for sure needs less than two
    /// thirds of the bytes there are, so this comes to an end.
    fn shrink(&mut self) {
        if self.items.len() > FEW_ITEMS {
            self.fold_oldest_item();
        } else if self.facets.as_slice().len() > FEW_FACETS {
            self.drop_weakest_facet();
        } else if !self.older.is_empty() {
            let half = self.older.len().div_ceil(2);
            self.older.drain(..half);
            self.older_days.drain(..half);
        } else {
            let half = self.windows.0.len().div_ceil(2);
            self.windows.0.drain(..half);
        }
    }

    fn fold_oldest_item(&mut self) {
        let Some(oldest) = self.items.pop() else { return };
        if oldest.is_consumed(self.session.last_at_ms) {
            self.older.push(oldest.key);
            self.older_days.push(retention::day_of(oldest.last_at_ms));
        }
    }

    /// Drops the facet that says least; muted ones are the visitor's word and go last.
    fn drop_weakest_facet(&mut self) {
        let now_ms = self.session.last_at_ms;
        let claim = |facet: &FacetState| if facet.muted { f32::MAX } else { facet.strength_at(now_ms).abs() };
        let facets = self.facets.as_slice().iter();
        let weakest: Option<FacetKey> =
            facets.min_by(|a, b| claim(a).total_cmp(&claim(b))).map(|facet| facet.key);
        self.facets.retain(|facet| Some(facet.key) != weakest);
    }
}

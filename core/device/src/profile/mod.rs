//! What the device knows about its visitor.

mod activity;
mod bounds;
mod codec;
mod facets;
mod items;

pub use activity::CartState;
pub use bounds::{MAX_BYTES, MAX_FACETS, MAX_ITEMS};
pub use codec::{ProfileError, VERSION};
pub use facets::{FacetRef, FacetState, Facets};
pub use items::ItemState;

use homebody_protocol::models::Answer;
use homebody_protocol::{FacetKey, HistoryEntry, ItemKey, Kind, derive_key};

use crate::consent::{Permit, Personalize};
use crate::interaction::Interaction;
use crate::track::SessionTracker;

const DAY_MS: f32 = 86_400_000.0;
/// Longest item id kept, in bytes; a longer one is not an id but a mistake.
pub const MAX_ID_BYTES: usize = 256;

/// The profile. It is bounded ([`MAX_BYTES`] when encoded), it changes in one function
/// ([`Profile::apply`]), and every change needs a [`Permit`] of its own epoch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    pub(crate) epoch: u32,
    pub(crate) id_seed: u32,
    /// Most recent first.
    pub(crate) items: Vec<ItemState>,
    /// Consumed items that [`bounds`] pushed out of `items`, oldest first: still not to be recommended.
    pub(crate) older: Vec<ItemKey>,
    pub(crate) facets: Facets,
    pub(crate) session: SessionTracker,
    pub(crate) sessions: u32,
    pub(crate) interactions: u32,
    pub(crate) first_at_ms: u64,
    /// What the linear bandit has learned here: precision, then the reward-weighted sum of features; empty before.
    pub(crate) linear: Vec<f32>,
    /// Questions answered, by facet, in the order they were asked.
    pub(crate) answers: Vec<(FacetKey, Answer)>,
    /// The segment the visitor is in, by its place in the pool's segments.
    pub(crate) segment: Option<u8>,
}

/// The permit belongs to another epoch: the profile it was meant for was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("permit of epoch `{permit}` does not open a profile of epoch `{profile}`")]
pub struct StalePermit {
    /// Epoch of the permit.
    pub permit: u32,
    /// Epoch of the profile.
    pub profile: u32,
}

impl Profile {
    /// An empty profile for the epoch of a permit.
    pub fn new(permit: &Permit<Personalize>, id_seed: u32) -> Self {
        Self { epoch: permit.epoch(), id_seed, ..Self::default() }
    }

    /// Books one interaction: the only place where a profile changes.
    ///
    /// `facets` are those of the item, if the device knows it. Interactions without an item, or with an id
    /// longer than [`MAX_ID_BYTES`], count towards sessions only.
    ///
    /// # Errors
    /// [`StalePermit`] when the permit is of another epoch; nothing is changed then.
    pub fn apply(
        &mut self,
        permit: &Permit<Personalize>,
        interaction: &Interaction<'_>,
        facets: &[FacetRef<'_>],
        now_ms: u64,
    ) -> Result<(), StalePermit> {
        if permit.epoch() != self.epoch {
            return Err(StalePermit { permit: permit.epoch(), profile: self.epoch });
        }
        self.count(now_ms);
        if let Some(key) = interaction.item(self.id_seed).filter(|_| interaction.id.len() <= MAX_ID_BYTES) {
            let taste = self.touch_item(key, interaction, now_ms);
            for facet in facets {
                self.facets.touch(facet, taste, now_ms);
            }
        }
        self.fold_to_bounds();
        Ok(())
    }

    /// The items, most recent first.
    pub fn items(&self) -> &[ItemState] {
        &self.items
    }

    /// What is known of an item.
    pub fn item(&self, key: ItemKey) -> Option<&ItemState> {
        self.items.iter().find(|item| item.key == key)
    }

    /// Items consumed so long ago that only this is remembered, oldest first.
    pub fn older(&self) -> &[ItemKey] {
        &self.older
    }

    /// The facets it has a taste for.
    pub fn facets(&self) -> &Facets {
        &self.facets
    }

    /// Number of interactions booked.
    pub fn interactions(&self) -> u32 {
        self.interactions
    }

    /// Number of sessions.
    pub fn sessions(&self) -> u32 {
        self.sessions
    }

    /// The epoch it was begun in.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The seed of its item and facet keys.
    pub fn id_seed(&self) -> u32 {
        self.id_seed
    }

    /// The history that neighbour lists are scored against: items that were wanted, newest first.
    pub fn history(&self, now_ms: u64) -> Vec<HistoryEntry> {
        let wanted = self.items.iter().filter(|item| item.weight > 0.0 && !item.is_refused());
        wanted
            .map(|item| HistoryEntry {
                item: item.key,
                weight: item.weight,
                age_days: now_ms.saturating_sub(item.last_at_ms) as f32 / DAY_MS,
            })
            .collect()
    }

    /// Forgets one item; `false` when it was not known. Its facets keep what they learned.
    pub fn forget(&mut self, id: &str) -> bool {
        let before = self.items.len() + self.older.len();
        let key = ItemKey::derive(self.id_seed, id);
        self.items.retain(|item| item.key != key);
        self.older.retain(|known| *known != key);
        before != self.items.len() + self.older.len()
    }

    /// Mutes or unmutes a facet: a muted one is neither counted for nor recommended.
    pub fn mute(&mut self, key: FacetKey, muted: bool) -> bool {
        self.facets.mute(key, muted)
    }

    /// Moves to another id seed (see [`derive_key`]) by hashing the kept strings anew.
    ///
    /// Items of which only a key is left are dropped: at worst one is recommended again.
    pub fn rekey(&mut self, id_seed: u32) {
        if id_seed == self.id_seed {
            return;
        }
        self.id_seed = id_seed;
        self.older.clear();
        for item in &mut self.items {
            item.key = ItemKey(derive_key(id_seed, &item.id));
        }
        self.facets.rekey(id_seed);
    }

    fn count(&mut self, now_ms: u64) {
        if self.interactions == 0 {
            self.first_at_ms = now_ms;
        }
        self.interactions = self.interactions.saturating_add(1);
        self.sessions += u32::from(self.session.touch(now_ms));
    }

    /// Updates the item, brings it to the front, and says how its facets are to be judged by it.
    fn touch_item(&mut self, key: ItemKey, interaction: &Interaction<'_>, now_ms: u64) -> f32 {
        let known = self.items.iter().position(|item| item.key == key);
        let mut item = match known {
            Some(index) => self.items.remove(index),
            None => ItemState::new(key, interaction.id, now_ms),
        };
        let taste = item.touch(interaction.kind, interaction.value, now_ms);
        // Being shown is no act of the visitor: it neither begins nor refreshes a place in the history.
        let place = match interaction.kind {
            Kind::Impression => known.unwrap_or(self.items.len()),
            _ => 0,
        };
        self.items.insert(place, item);
        taste
    }
}

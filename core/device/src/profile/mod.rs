//! What the device knows about its visitor.

mod activity;
mod bounds;
mod clock;
mod codec;
mod facets;
mod hints;
mod items;
mod known;
mod notes;
mod opinion;
mod retention;
mod windows;

pub use activity::{CartState, Orders, Standing};
pub use bounds::{MAX_BYTES, MAX_FACETS, MAX_ITEMS};
pub use clock::{HALF_LIFE_DAYS, LATE_MS, MAX_TIME_MS};
pub use codec::{ProfileError, VERSION};
pub use facets::{FacetState, Facets};
pub use hints::MAX_HINTS;
pub use items::ItemState;
pub use known::{FacetRef, Known};
pub use notes::{MAX_NOTE_BYTES, MAX_NOTES, Note, Notes};
pub use opinion::{Opinion, REFUSAL_DAYS};
pub use retention::{FEATURE_DAYS, RAW_DAYS};
pub use windows::{GROUPS, Group, Hour, MAX_HOURS, PRICE_BANDS, Rhythm, Windows};

#[cfg(feature = "care")]
pub(crate) use bounds::{MAX_ANSWERS, MAX_LINEAR, MAX_NAME_BYTES};
#[cfg(any(feature = "care", feature = "contribute"))]
pub(crate) use retention::day_of;
#[cfg(feature = "care")]
pub(crate) use windows::RHYTHMS;
#[cfg(feature = "contribute-plain")]
pub(crate) use windows::hour_of;

use homebody_protocol::models::Answer;
use homebody_protocol::{FacetKey, HistoryEntry, ItemKey, Kind, derive_key};

use crate::consent::{Permit, Personalize};
use crate::interaction::Interaction;
use crate::track::SessionTracker;
use clock::{days_between, is_late};

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
    /// The day (since 1970) of the last interaction with each of `older`.
    pub(crate) older_days: Vec<u16>,
    pub(crate) facets: Facets,
    pub(crate) session: SessionTracker,
    pub(crate) sessions: u32,
    pub(crate) interactions: u32,
    pub(crate) first_at_ms: u64,
    pub(crate) windows: Windows,
    pub(crate) rhythm: Rhythm,
    pub(crate) orders: Orders,
    pub(crate) searches: Notes,
    pub(crate) surveys: Notes,
    pub(crate) hints: Notes,
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
    /// `known` is what the tables say of the item. What each kind does:
    /// * Everything but a hint counts towards sessions, hours of the day and windows, each time it is told: two clicks
    ///   are two, and so are two purchases, with the value of both.
    /// * Impressions, openings, cart, feedback change the item and its facets. Feedback and cart are states: of two
    ///   contradictory interactions the later one stands, and the same feedback twice is one. An item is bought, and in
    ///   the cart, once; two additions are the pieces of both.
    /// * [`Kind::Search`] keeps the id as a search term, [`Kind::Survey`] keeps the value as the answer to the question
    ///   of that id, [`Kind::Hint`] is kept as a fact about the visitor; none is an item, nor is [`Kind::Context`].
    /// * An item id that is empty or longer than [`MAX_ID_BYTES`] counts towards sessions and windows only.
    ///
    /// Values that are no numbers count as 0, times after [`MAX_TIME_MS`] as that moment. Interactions up to
    /// [`LATE_MS`] older than what is known are booked as of their own time, so that two tabs may tell theirs one after
    /// the other; older ones come from a clock that was set back, and count as the newest.
    ///
    /// # Errors
    /// [`StalePermit`] when the permit is of another epoch; nothing is changed then.
    pub fn apply(
        &mut self,
        permit: &Permit<Personalize>,
        interaction: &Interaction<'_>,
        known: &Known<'_>,
        now_ms: u64,
    ) -> Result<(), StalePermit> {
        if permit.epoch() != self.epoch {
            return Err(StalePermit { permit: permit.epoch(), profile: self.epoch });
        }
        let now_ms = now_ms.min(MAX_TIME_MS);
        let interaction = interaction.with_value(interaction.value);
        // What the site says is nothing the visitor did.
        if interaction.kind != Kind::Hint {
            self.count(&interaction, known, now_ms);
        }
        match interaction.kind {
            Kind::Search => self.searches.count(interaction.id, now_ms),
            Kind::Survey => self.surveys.answer(interaction.id, interaction.value, now_ms),
            Kind::Hint => self.take_hint(interaction.id, interaction.value, now_ms),
            Kind::Context => {}
            _ => self.book_item(&interaction, known, now_ms),
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
        let wanted = self.items.iter().filter(|item| item.wish() > 0.0 && !item.is_refused(now_ms));
        wanted
            .map(|item| HistoryEntry {
                item: item.key,
                weight: item.wish(),
                age_days: days_between(item.last_at_ms, now_ms),
            })
            .collect()
    }

    /// Forgets one item, or the hint of this text; `false` when it was not known. The item's facets keep what they
    /// learned.
    pub fn forget(&mut self, id: &str) -> bool {
        if self.forget_hint(id) {
            return true;
        }
        let before = self.items.len() + self.older.len();
        let key = ItemKey::derive(self.id_seed, id);
        self.items.retain(|item| item.key != key);
        self.keep_older(|known, _| known != key);
        before != self.items.len() + self.older.len()
    }

    /// Mutes or unmutes a facet: a muted one is neither counted for nor recommended.
    pub fn mute(&mut self, key: FacetKey, muted: bool) -> bool {
        self.facets.mute(key, muted)
    }

    /// Favours a facet as of now: it counts for three likes more, fading as they do, no longer against anything and not
    /// muted. `false` when it was not known.
    pub fn favour(&mut self, key: FacetKey, now_ms: u64) -> bool {
        self.facets.favour(key, now_ms)
    }

    /// Moves to another id seed (see [`derive_key`]) by hashing the kept strings anew.
    ///
    /// Items and answers of which only a key is left are dropped: at worst one is recommended, or asked, again.
    pub fn rekey(&mut self, id_seed: u32) {
        if id_seed == self.id_seed {
            return;
        }
        self.id_seed = id_seed;
        self.keep_older(|_, _| false);
        let facets = &self.facets;
        let renamed = |&(key, answer): &(FacetKey, Answer)| {
            facets.get(key).map(|facet| (facet.kind.key(id_seed, &facet.name), answer))
        };
        self.answers = self.answers.iter().filter_map(renamed).collect();
        for item in &mut self.items {
            item.key = ItemKey(derive_key(id_seed, &item.id));
        }
        self.facets.rekey(id_seed);
    }

    fn book_item(&mut self, interaction: &Interaction<'_>, known: &Known<'_>, now_ms: u64) {
        if interaction.id.len() > MAX_ID_BYTES {
            return;
        }
        let Some(key) = interaction.item(self.id_seed) else { return };
        let taste = self.touch_item(key, interaction, now_ms);
        let kind = interaction.kind;
        let had_been_shown = self.item(key).is_some_and(|item| item.shown > 0);
        let counts = [kind == Kind::Impression, is_opening(kind), is_opening(kind) && had_been_shown];
        let [shown, opened, clicked] = counts.map(|counts| f32::from(u8::from(counts)));
        for facet in known.facets {
            self.facets.touch(facet, [taste, shown, opened, clicked], now_ms);
        }
    }

    /// Updates the item, puts it where its time belongs, and says how its facets are to be judged by it.
    fn touch_item(&mut self, key: ItemKey, interaction: &Interaction<'_>, now_ms: u64) -> f32 {
        let known = self.items.iter().position(|item| item.key == key);
        let mut item = match known {
            Some(index) => self.items.remove(index),
            None => ItemState::new(key, interaction.id, now_ms),
        };
        let taste = item.touch(interaction.kind, interaction.value, now_ms);
        let later = |other: &ItemState| other.is_opened() && is_late(other.last_at_ms, item.last_at_ms);
        // Being shown is no act of the visitor: it neither begins nor refreshes a place in the history.
        let place = match interaction.kind {
            Kind::Impression => known,
            _ => self.items.iter().position(|other| !later(other)),
        };
        self.items.insert(place.unwrap_or(self.items.len()), item);
        taste
    }
}

/// Whether an item is looked at.
fn is_opening(kind: Kind) -> bool {
    matches!(kind, Kind::View | Kind::Click)
}

//! What is known of one item.

use homebody_protocol::{ItemKey, Kind};

use super::clock::{is_late, newer};
use super::opinion::{Opinion, dismissal, stars};

/// One item of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemState {
    /// Its key under the profile's seed.
    pub key: ItemKey,
    /// The site's id.
    pub id: String,
    /// The last interaction other than an impression, or the first impression, milliseconds since 1970.
    pub last_at_ms: u64,
    /// The kind of the last interaction other than an impression.
    pub last_kind: Kind,
    /// The strongest wish shown for it, rating and thumb aside, 0–1; see [`Kind::weight`] and [`ItemState::wish`].
    pub weight: f32,
    /// Interactions, impressions excepted; saturating.
    pub count: u16,
    /// Impressions; saturating.
    pub shown: u16,
    /// The last impression; 0 without one.
    pub shown_at_ms: u64,
    /// Whether it was dismissed, and when that was said or taken back.
    pub dismissal: Opinion,
    /// The thumb, and when it was given or taken back.
    pub thumb: Opinion,
    /// The rating, and when it was given.
    pub rating: Opinion,
    /// When it was last put into the cart or taken out of it; 0 for never.
    pub cart_at_ms: u64,
    /// Pieces in the cart.
    pub quantity: u16,
    pub(crate) flags: u8,
}

const BOUGHT: u8 = 1;
const IN_CART: u8 = 2;
const RATED: u8 = 4;
/// Set by version 1 only, see [`ItemState::modernised`].
const REFUSED: u8 = 8;

/// Most pieces an interaction can stand for.
const MAX_QUANTITY: f32 = 9_999.0;

/// Pieces that the value of a cart addition or purchase stands for, 1–9,999: nobody buys nothing, or less.
pub(super) fn pieces(value: f32) -> f32 {
    if value.is_finite() { value.clamp(1.0, MAX_QUANTITY) } else { 1.0 }
}

impl ItemState {
    pub(crate) fn new(key: ItemKey, id: &str, now_ms: u64) -> Self {
        Self {
            key,
            id: id.to_owned(),
            last_at_ms: now_ms,
            last_kind: Kind::Impression,
            weight: 0.0,
            count: 0,
            shown: 0,
            shown_at_ms: 0,
            dismissal: Opinion::default(),
            thumb: Opinion::default(),
            rating: Opinion::default(),
            cart_at_ms: 0,
            quantity: 0,
            flags: 0,
        }
    }

    /// The flags of stored state; `None` when a bit is set that no writer sets.
    pub(crate) fn known_flags(flags: u64) -> Option<u8> {
        let known = BOUGHT | IN_CART | RATED | REFUSED;
        u8::try_from(flags).ok().filter(|flags| flags & !known == 0)
    }

    /// An item of version 1, which had a flag for a refusal and no time for it, for the cart or for impressions: they
    /// are taken to be as old as the last interaction.
    pub(crate) fn modernised(mut self) -> Self {
        if self.flags & REFUSED != 0 {
            self.dismissal = Opinion { taste: -1.0, at_ms: self.last_at_ms };
            self.flags &= !REFUSED;
        }
        if self.is_in_cart() {
            (self.cart_at_ms, self.quantity) = (self.last_at_ms, 1);
        }
        if self.shown > 0 {
            self.shown_at_ms = self.last_at_ms;
        }
        self
    }

    /// Whether it was bought.
    pub fn is_bought(&self) -> bool {
        self.flags & BOUGHT != 0
    }

    /// Whether it is in the cart now.
    pub fn is_in_cart(&self) -> bool {
        self.flags & IN_CART != 0
    }

    /// Whether it was dismissed or got a thumb down in the last [`super::REFUSAL_DAYS`] days, and that was not taken
    /// back.
    pub fn is_refused(&self, now_ms: u64) -> bool {
        self.dismissal.refuses(now_ms) || self.thumb.refuses(now_ms)
    }

    /// Whether it was bought or rated, or is refused.
    pub fn is_consumed(&self, now_ms: u64) -> bool {
        self.flags & (BOUGHT | RATED) != 0 || self.is_refused(now_ms)
    }

    /// Whether the visitor opened it at all.
    pub fn is_opened(&self) -> bool {
        self.count > 0
    }

    /// The rating, 1–5; `None` without one.
    pub fn stars(&self) -> Option<f32> {
        (self.rating.at_ms > 0).then_some(3.0 + 2.0 * self.rating.taste)
    }

    /// The strongest wish shown for it, 0–1. Rating and thumb count as they stand now.
    pub fn wish(&self) -> f32 {
        let rating = self.stars().map_or(0.0, |stars| Kind::Rating.weight(stars));
        self.weight.max(rating).max(self.thumb.taste)
    }

    /// When anything was last known of it.
    pub(super) fn seen_at_ms(&self) -> u64 {
        self.last_at_ms.max(self.shown_at_ms)
    }

    /// Books one interaction; returns what it adds to the taste for the item's facets.
    pub(super) fn touch(&mut self, kind: Kind, value: f32, now_ms: u64) -> f32 {
        if kind == Kind::Impression {
            self.shown = self.shown.saturating_add(1);
            self.shown_at_ms = newer(self.shown_at_ms, now_ms);
            return 0.0;
        }
        if !self.is_opened() || !is_late(self.last_at_ms, now_ms) {
            (self.last_at_ms, self.last_kind) = (now_ms, kind);
        }
        self.count = self.count.saturating_add(1);
        match kind {
            Kind::Dismiss => self.dismissal.say(-1.0, now_ms),
            Kind::ThumbsUp => self.thumb.say(1.0, now_ms),
            Kind::ThumbsDown => self.thumb.say(-1.0, now_ms),
            Kind::Rating => {
                self.flags |= RATED;
                stars(value).map_or(0.0, |taste| self.rating.say(taste, now_ms))
            }
            Kind::Undo => dismissal(&mut self.dismissal, &mut self.thumb).take_back(now_ms),
            _ => {
                self.change_cart(kind, value, now_ms);
                let weight = kind.weight(value);
                self.weight = self.weight.max(weight);
                weight
            }
        }
    }

    /// Of two changes of an item's place in the cart the newer one stands, whichever is told first.
    fn change_cart(&mut self, kind: Kind, value: f32, now_ms: u64) {
        let late = is_late(self.cart_at_ms, now_ms);
        match kind {
            Kind::CartAdd if !late || self.is_in_cart() => {
                self.flags |= IN_CART;
                // Saturates: sixty thousand pieces are as many as anybody has.
                self.quantity = self.quantity.saturating_add(pieces(value) as u16);
            }
            Kind::CartRemove | Kind::Purchase if !late => {
                self.flags &= !IN_CART;
                self.quantity = 0;
            }
            _ => {}
        }
        if kind == Kind::Purchase {
            self.flags |= BOUGHT;
        }
        if matches!(kind, Kind::CartAdd | Kind::CartRemove | Kind::Purchase) {
            self.cart_at_ms = newer(self.cart_at_ms, now_ms);
        }
    }
}

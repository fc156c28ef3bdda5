//! What is known of one item.

use homebody_protocol::{ItemKey, Kind};

/// One item of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemState {
    /// Its key under the profile's seed.
    pub key: ItemKey,
    /// The site's id.
    pub id: String,
    /// The last interaction, or, before the first opening, the last impression; milliseconds since 1970.
    pub last_at_ms: u64,
    /// The kind of the last interaction.
    pub last_kind: Kind,
    /// The strongest wish shown for it, 0–1; see [`Kind::weight`].
    pub weight: f32,
    /// Interactions, impressions excepted.
    pub count: u16,
    /// Impressions.
    pub shown: u16,
    pub(crate) flags: u8,
}

const BOUGHT: u8 = 1;
const IN_CART: u8 = 2;
const RATED: u8 = 4;
const REFUSED: u8 = 8;
const KNOWN_FLAGS: u8 = BOUGHT | IN_CART | RATED | REFUSED;

impl ItemState {
    pub(super) fn new(key: ItemKey, id: &str, now_ms: u64) -> Self {
        Self {
            key,
            id: id.to_owned(),
            last_at_ms: now_ms,
            last_kind: Kind::Impression,
            weight: 0.0,
            count: 0,
            shown: 0,
            flags: 0,
        }
    }

    /// The flags of stored bytes; `None` when a bit is set that no writer sets.
    pub(crate) fn known_flags(flags: u8) -> Option<u8> {
        (flags & !KNOWN_FLAGS == 0).then_some(flags)
    }

    /// Whether it was bought.
    pub fn is_bought(&self) -> bool {
        self.flags & BOUGHT != 0
    }

    /// Whether it is in the cart now.
    pub fn is_in_cart(&self) -> bool {
        self.flags & IN_CART != 0
    }

    /// Whether it was dismissed or disliked, and that was not undone.
    pub fn is_refused(&self) -> bool {
        self.flags & REFUSED != 0
    }

    /// Whether it was bought, rated or refused.
    pub fn is_consumed(&self) -> bool {
        self.flags & (BOUGHT | RATED | REFUSED) != 0
    }

    /// Whether the visitor opened it at all.
    pub fn is_opened(&self) -> bool {
        self.count > 0
    }

    /// Books one interaction; returns what it says about the item's facets, −1 (dislike) to 1 (like).
    pub(super) fn touch(&mut self, kind: Kind, value: f32, now_ms: u64) -> f32 {
        if kind == Kind::Impression {
            self.shown = self.shown.saturating_add(1);
            // What was never opened has no other time, and a discount for being shown in vain recovers from the last.
            if !self.is_opened() {
                self.last_at_ms = self.last_at_ms.max(now_ms);
            }
            return 0.0;
        }
        self.last_at_ms = self.last_at_ms.max(now_ms);
        self.last_kind = kind;
        self.count = self.count.saturating_add(1);
        let weight = kind.weight(value);
        self.weight = self.weight.max(weight);
        match kind {
            Kind::Purchase => self.flags = (self.flags | BOUGHT) & !IN_CART,
            Kind::CartAdd => self.flags |= IN_CART,
            Kind::CartRemove => self.flags &= !IN_CART,
            Kind::Rating => self.flags |= RATED,
            Kind::Dismiss | Kind::ThumbsDown if !self.is_refused() => {
                self.flags |= REFUSED;
                return -1.0;
            }
            Kind::Undo if self.is_refused() => {
                self.flags &= !REFUSED;
                return 1.0;
            }
            _ => {}
        }
        weight
    }
}

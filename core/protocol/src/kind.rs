//! The vocabulary of interactions, shared by signals, profiles and imported histories.

/// What a visitor did. The discriminants are wire codes and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// The item's own page was opened.
    View = 1,
    /// The item was visible in a list (half of it, for one second).
    Impression = 2,
    /// The item was clicked in a list.
    Click = 3,
    /// Active time on the item's page ended; value = milliseconds.
    Dwell = 4,
    /// Deepest scroll position on the item's page; value = percent, 0–100.
    Scroll = 5,
    /// A search was made; the id is the term.
    Search = 6,
    /// Put into the cart; value = quantity.
    CartAdd = 7,
    /// Taken out of the cart.
    CartRemove = 8,
    /// Put on a wish list.
    Wishlist = 9,
    /// A checkout step was reached; value = step number.
    Checkout = 10,
    /// Bought; value = quantity.
    Purchase = 11,
    /// Rated; value = 1–5 stars.
    Rating = 12,
    /// Liked.
    ThumbsUp = 13,
    /// Disliked.
    ThumbsDown = 14,
    /// Answered a survey question; the id is the site's name of it, value = the answer.
    Survey = 15,
    /// Shared.
    Share = 16,
    /// Dismissed: "less like this".
    Dismiss = 17,
    /// Took the last dismissal or thumb on this item back; exact, whenever it comes.
    Undo = 18,
    /// A fact from the site's own records; the id is `name=value`, or `category:name` (`brand:`, `tag:`) for a taste;
    /// value = 256 × hours it holds (0 takes it back) + 100 × (weight + 1), a whole number; weight −1 to 1.
    Hint = 19,
    /// Page context without an item.
    Context = 20,
}

/// Every kind, in the order of its code.
pub const KINDS: [Kind; 20] = [
    Kind::View,
    Kind::Impression,
    Kind::Click,
    Kind::Dwell,
    Kind::Scroll,
    Kind::Search,
    Kind::CartAdd,
    Kind::CartRemove,
    Kind::Wishlist,
    Kind::Checkout,
    Kind::Purchase,
    Kind::Rating,
    Kind::ThumbsUp,
    Kind::ThumbsDown,
    Kind::Survey,
    Kind::Share,
    Kind::Dismiss,
    Kind::Undo,
    Kind::Hint,
    Kind::Context,
];

/// Names in the order of [`KINDS`]; import files and the JavaScript API use them.
const NAMES: [&str; 20] = [
    "view",
    "impression",
    "click",
    "dwell",
    "scroll",
    "search",
    "cart_add",
    "cart_remove",
    "wishlist",
    "checkout",
    "purchase",
    "rating",
    "thumbs_up",
    "thumbs_down",
    "survey",
    "share",
    "dismiss",
    "undo",
    "hint",
    "context",
];

/// Twenty seconds of active reading say as much as a click; more says no more.
const DWELL_CLICK_MS: f32 = 20_000.0;

impl Kind {
    /// The wire code, `1..=20`.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The kind with this wire code.
    pub fn from_code(code: u8) -> Option<Self> {
        KINDS.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// The name in snake case, as import files and the JavaScript API write it.
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.code()) - 1]
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| *known == name).map(|index| KINDS[index])
    }

    /// How much one interaction says "wants this item", ≥ 0; a click is 1.
    ///
    /// Explicit dislikes and things that say nothing about taste weigh 0. Being in a cart weighs half a
    /// purchase (the best setting on carts with known purchases); `value` follows the kind's own unit.
    pub fn weight(self, value: f32) -> f32 {
        match self {
            Self::Click | Self::Purchase | Self::ThumbsUp | Self::Wishlist | Self::Share => 1.0,
            Self::View | Self::CartAdd => 0.5,
            Self::Dwell => (value / DWELL_CLICK_MS).clamp(0.0, 1.0),
            // An imported rating is foremost a sign that the item was chosen; only clear dislike weighs less.
            Self::Rating if value >= 3.0 => 1.0,
            Self::Rating => 0.5,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_round_trip() {
        for (index, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(usize::from(kind.code()), index + 1);
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_code(0), None);
        assert_eq!(Kind::from_code(21), None);
        assert_eq!(Kind::from_name("klick"), None);
    }

    #[test]
    fn weights_are_finite_and_never_negative() {
        for kind in KINDS {
            for value in [-1.0, 0.0, 1.0, 5.0, 1e9] {
                let weight = kind.weight(value);
                assert!((0.0..=1.0).contains(&weight), "{} {value} {weight}", kind.name());
            }
        }
    }
}

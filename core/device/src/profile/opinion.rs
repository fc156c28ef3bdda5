//! What the visitor says of an item outright: a dismissal, a thumb, a rating.

use super::clock::{DAY_MS, days_between, faded, is_late, newer};

/// A refusal that is this old neither excludes the item nor keeps it out of the history. What it taught about the
/// item's facets has by then faded to an eighth.
pub const REFUSAL_DAYS: f32 = 90.0;

/// An opinion and when it was given or taken back. The newer one stands, whichever is told first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Opinion {
    /// −1 (dislike) to 1 (like); 0 for none and for a neutral rating.
    pub taste: f32,
    /// When it was given or taken back, milliseconds since 1970; 0 for never.
    pub at_ms: u64,
}

impl Opinion {
    /// Whether it keeps an item out of lists.
    pub(super) fn refuses(&self, now_ms: u64) -> bool {
        self.taste < 0.0 && now_ms.saturating_sub(self.at_ms) < (REFUSAL_DAYS * DAY_MS) as u64
    }

    /// Gives an opinion in place of the one before; returns what that changes in the taste for the item's facets as of
    /// now. The same opinion twice is one opinion, said now.
    pub(super) fn say(&mut self, taste: f32, now_ms: u64) -> f32 {
        if is_late(self.at_ms, now_ms) {
            return 0.0;
        }
        let left = self.taste * faded(days_between(self.at_ms, now_ms));
        // 0 is the time of no opinion.
        *self = Self { taste, at_ms: newer(self.at_ms, now_ms).max(1) };
        taste - left
    }

    /// Takes it back, so that the taste for the facets is what it would be without it.
    pub(super) fn take_back(&mut self, now_ms: u64) -> f32 {
        if self.at_ms == 0 { 0.0 } else { self.say(0.0, now_ms) }
    }
}

/// The opinion that "undo" means: the newer one that stands, of a dismissal and a thumb.
pub(super) fn dismissal<'a>(dismissal: &'a mut Opinion, thumb: &'a mut Opinion) -> &'a mut Opinion {
    let is_thumb = thumb.taste != 0.0 && (dismissal.taste == 0.0 || thumb.at_ms > dismissal.at_ms);
    if is_thumb { thumb } else { dismissal }
}

/// The taste of a rating: 1 and 2 stars are dislikes (−1, −½), 3 say nothing, 4 and 5 are likes (½, 1). Ratings are
/// rounded and kept within 1–5; 0, which is also what is no number, is no rating.
pub(super) fn stars(value: f32) -> Option<f32> {
    (value.is_finite() && value > 0.0).then(|| (value.clamp(1.0, 5.0).round() - 3.0) / 2.0)
}

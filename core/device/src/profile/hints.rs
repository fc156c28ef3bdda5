//! Facts about the visitor from the site's own records: a customer's tier, a category they are known to like.

use homebody_protocol::ItemKey;

use super::retention::{FEATURE_DAYS, day_of};
use super::{Notes, Profile};

const HOUR_MS: u64 = 3_600_000;

/// Most hints; the one that lapses first gives way.
pub const MAX_HINTS: usize = 16;

impl Profile {
    /// What the site said of the visitor, the last to lapse first: `name=value`, or a kind and name of a facet as in
    /// `category:Tents`, with the weight in \[−1, 1\] as value and the moment it lapses as time.
    pub fn hints(&self) -> &Notes {
        &self.hints
    }

    /// Keeps a hint in place of the one of its name, as [`homebody_protocol::Kind::Hint`] packs it; one of no hours takes
    /// that back. What the visitor deleted is not taken again, whatever its value.
    pub(super) fn take_hint(&mut self, text: &str, packed: f32, now_ms: u64) {
        let name = name_of(text);
        if self.older.contains(&ItemKey::derive(self.id_seed, name)) {
            return;
        }
        if let Some(known) = self.hints.0.iter().position(|known| name_of(&known.text) == name) {
            self.hints.0.remove(known);
        }
        let packed = packed as u32;
        let hours = u64::from(packed >> 8).min(FEATURE_DAYS * 24);
        if hours > 0 {
            let weight = (packed & 0xff) as f32 / 100.0 - 1.0;
            self.hints.answer(text, weight.min(1.0), now_ms + hours * HOUR_MS);
            self.hints.0.truncate(MAX_HINTS);
        }
    }

    /// Deletes a hint. Its key stays among the older items, so that the site cannot say the same again on the next page.
    pub(super) fn forget_hint(&mut self, text: &str) -> bool {
        let Some(place) = self.hints.0.iter().position(|known| known.text == text) else { return false };
        let hint = self.hints.0.remove(place);
        self.older.push(ItemKey::derive(self.id_seed, name_of(text)));
        self.older_days.push(day_of(hint.at_ms));
        true
    }
}

/// What stands before `=`. By bytes: searching for a `char` would weigh as much again in the hot browser module.
#[inline(never)]
fn name_of(text: &str) -> &str {
    let end = text.bytes().position(|byte| byte == b'=').unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

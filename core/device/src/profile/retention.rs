//! How long a profile remembers.

use homebody_protocol::ItemKey;

use super::Profile;
use super::windows::hour_of;

/// Days after which items, tastes and answers are forgotten unless they are renewed.
pub const FEATURE_DAYS: u64 = 180;
/// Days after which search terms and hourly counts are forgotten: what comes closest to a log. The newest hours stay
/// for a 31st day, which the windows of 30 days need.
pub const RAW_DAYS: u64 = 30;

const DAY_MS: u64 = 86_400_000;

/// Days since 1970; the last is 65,535, in the year 2149.
pub(crate) fn day_of(at_ms: u64) -> u16 {
    (at_ms / DAY_MS).min(u64::from(u16::MAX)) as u16
}

impl Profile {
    /// Forgets what is too old at a moment: [`FEATURE_DAYS`] and [`RAW_DAYS`], or `days` when the site promised fewer. A
    /// visitor who was away for all that time comes back as somebody unknown, but for what they muted.
    pub fn expire(&mut self, now_ms: u64, days: u64) {
        let (feature_days, raw_days) = (days.min(FEATURE_DAYS), days.min(RAW_DAYS));
        let lasts = |at_ms: u64, days: u64| now_ms.saturating_sub(at_ms) < days * DAY_MS;
        self.items.retain(|item| lasts(item.seen_at_ms(), feature_days));
        let today = day_of(now_ms);
        self.keep_older(|_, day| u64::from(today.saturating_sub(day)) < feature_days);
        self.facets.retain(|facet| facet.muted || lasts(facet.at_ms, feature_days));
        let this_hour = hour_of(now_ms);
        self.windows.0.retain(|hour| u64::from(this_hour.saturating_sub(hour.hour)) < (raw_days + 1) * 24);
        // A hint's time is the one it lapses at. One loop: this is code of the hot browser module.
        let lives = [raw_days * DAY_MS, feature_days * DAY_MS, 1];
        for (notes, ms) in [&mut self.searches, &mut self.surveys, &mut self.hints].into_iter().zip(lives) {
            notes.0.retain(|note| now_ms.saturating_sub(note.at_ms) < ms);
        }
        if !lasts(self.orders.last_at_ms, feature_days) {
            self.orders = super::Orders::default();
        }
        // A hint was given on a page that was visited since; what is left of a deleted one is among the older items.
        let is_hinted = !(self.hints.0.is_empty() && self.older.is_empty());
        if !is_hinted && !lasts(self.session.last_at_ms, feature_days) {
            let facets = core::mem::take(&mut self.facets);
            *self = Self { epoch: self.epoch, id_seed: self.id_seed, facets, ..Self::default() };
        }
    }

    /// Drops the older items that `keep` does not want, by key and day.
    pub(super) fn keep_older(&mut self, keep: impl Fn(ItemKey, u16) -> bool) {
        let mut days = core::mem::take(&mut self.older_days).into_iter();
        let mut kept = Vec::new();
        self.older.retain(|&key| {
            let day = days.next().unwrap_or(0);
            let stays = keep(key, day);
            if stays {
                kept.push(day);
            }
            stays
        });
        self.older_days = kept;
    }
}

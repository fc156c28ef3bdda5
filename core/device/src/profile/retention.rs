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
    /// Forgets what is too old at a moment ([`FEATURE_DAYS`], [`RAW_DAYS`]). A visitor who was away for all that time
    /// comes back as somebody unknown, but for what they muted.
    pub fn expire(&mut self, now_ms: u64) {
        let lasts = |at_ms: u64, days: u64| now_ms.saturating_sub(at_ms) < days * DAY_MS;
        self.items.retain(|item| lasts(item.seen_at_ms(), FEATURE_DAYS));
        let today = day_of(now_ms);
        self.keep_older(|_, day| u64::from(today.saturating_sub(day)) < FEATURE_DAYS);
        self.facets.retain(|facet| facet.muted || lasts(facet.at_ms, FEATURE_DAYS));
        let this_hour = hour_of(now_ms);
        self.windows.0.retain(|hour| u64::from(this_hour.saturating_sub(hour.hour)) < (RAW_DAYS + 1) * 24);
        self.searches.0.retain(|note| lasts(note.at_ms, RAW_DAYS));
        self.surveys.0.retain(|note| lasts(note.at_ms, FEATURE_DAYS));
        if !lasts(self.orders.last_at_ms, FEATURE_DAYS) {
            self.orders = super::Orders::default();
        }
        if !lasts(self.session.last_at_ms, FEATURE_DAYS) {
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

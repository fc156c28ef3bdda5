//! Counts over exact windows that end now, and counts that fade.
//!
//! Windows are kept as one bucket for each hour in which something happened, so a window of `d` days is the current
//! hour and the `24·d − 1` before it: exact at that resolution, whatever the order interactions come in.

use super::clock::bring_up;

/// What is counted. The discriminants are places in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Items opened (view, click).
    Opens = 0,
    /// Items put into the cart.
    CartAdds = 1,
    /// Purchases.
    Purchases = 2,
    /// Searches.
    Searches = 3,
    /// Sessions begun.
    Sessions = 4,
    /// Active milliseconds on item pages.
    DwellMs = 5,
}

/// Number of groups.
pub const GROUPS: usize = 6;
/// Most buckets: 31 days in which something happened every hour. Beyond, the oldest hour gives way.
pub const MAX_HOURS: usize = 744;

const HOUR_MS: u64 = 3_600_000;

/// One hour in which something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hour {
    /// Hours since 1970, rounded down.
    pub hour: u32,
    /// A count for each [`Group`]; saturating.
    pub counts: [u32; GROUPS],
    /// Value of the purchases whose price is known, in the site's currency; at most [`f32::MAX`].
    pub value: f32,
}

/// The buckets, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows(pub(crate) Vec<Hour>);

impl Windows {
    /// The hours in which something happened, oldest first.
    pub fn as_slice(&self) -> &[Hour] {
        &self.0
    }

    /// Sums over the last `days` days: the counts of each group and the value of purchases.
    pub fn sum(&self, days: u32, now_ms: u64) -> ([u64; GROUPS], f32) {
        let newest = hour_of(now_ms);
        self.between(newest.saturating_add(1).saturating_sub(24 * days), newest)
    }

    /// The same over the hours (since 1970) from `first` to `last`, both included.
    pub fn between(&self, first: u32, last: u32) -> ([u64; GROUPS], f32) {
        let mut sums = ([0u64; GROUPS], 0.0f32);
        for hour in self.0.iter().filter(|hour| (first..=last).contains(&hour.hour)) {
            for (sum, count) in sums.0.iter_mut().zip(hour.counts) {
                *sum += u64::from(count);
            }
            sums.1 = (sums.1 + hour.value).min(f32::MAX);
        }
        sums
    }

    /// The bucket of a moment, made if need be.
    pub(super) fn at(&mut self, now_ms: u64) -> &mut Hour {
        let hour = hour_of(now_ms);
        // Nearly always the last.
        let after = self.0.iter().rposition(|known| known.hour <= hour).map_or(0, |index| index + 1);
        let mut index = after.saturating_sub(1);
        if self.0.get(index).is_none_or(|known| known.hour != hour) {
            index = after;
            self.0.insert(index, Hour { hour, ..Hour::default() });
            if self.0.len() > MAX_HOURS {
                // Not the new one: it is what just happened, however old its clock makes it.
                let oldest = usize::from(index == 0);
                self.0.remove(oldest);
                index -= 1 - oldest;
            }
        }
        &mut self.0[index]
    }
}

impl Hour {
    /// Adds to a group.
    pub(super) fn add(&mut self, group: Group, amount: f32) {
        let count = &mut self.counts[group as usize];
        // The cast saturates, and takes what is not a number for 0.
        *count = count.saturating_add(amount as u32);
    }
}

pub(crate) fn hour_of(now_ms: u64) -> u32 {
    // The last moment of the profile's clock fits.
    (now_ms / HOUR_MS).min(u64::from(u32::MAX)) as u32
}

/// Places of [`Rhythm`]: the groups come first.
pub(super) const VALUE: usize = GROUPS;
const MINUTES: usize = VALUE + 1;
const ENDED: usize = VALUE + 2;
const BAND_SUM: usize = VALUE + 3;
const HOURS: usize = VALUE + 4;
const BANDS: usize = HOURS + 24;
/// Number of price bands.
pub const PRICE_BANDS: usize = 5;
/// Number of counts of [`Rhythm`].
pub(crate) const RHYTHMS: usize = BANDS + PRICE_BANDS;

/// Counts that halve every 30 days: how often, when in the day, how long, how dear.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    pub(crate) counts: [f32; RHYTHMS],
    pub(crate) at_ms: u64,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { counts: [0.0; RHYTHMS], at_ms: 0 }
    }
}

impl Rhythm {
    /// Decayed count of a group, as of the last interaction.
    pub fn group(&self, group: Group) -> f32 {
        self.counts[group as usize]
    }

    /// Decayed value of purchases, in the site's currency.
    pub fn value(&self) -> f32 {
        self.counts[VALUE]
    }

    /// Interactions of each hour of the day (UTC), decayed.
    pub fn hours(&self) -> &[f32] {
        &self.counts[HOURS..BANDS]
    }

    /// Openings in each fifth of the table's prices, cheapest first, decayed.
    pub fn price_bands(&self) -> &[f32] {
        &self.counts[BANDS..]
    }

    /// Mean minutes of the sessions that ended; 0 before one has.
    pub fn session_minutes(&self) -> f32 {
        ratio(self.counts[MINUTES], self.counts[ENDED], 0.0)
    }

    /// Mean price band of what was opened, 0 (cheapest) to 1; 0.5 unknown.
    pub fn price_level(&self) -> f32 {
        let opened = self.price_bands().iter().fold(0.0, |sum, count| sum + count);
        ratio(self.counts[BAND_SUM], opened, 0.5).min(1.0)
    }

    /// Counts an interaction and its hour of the day.
    pub(super) fn add_hour(&mut self, now_ms: u64) {
        self.add(&[(HOURS + (now_ms / HOUR_MS % 24) as usize, 1.0)], now_ms);
    }

    pub(super) fn add_session(&mut self, minutes: f32, now_ms: u64) {
        self.add(&[(MINUTES, minutes), (ENDED, 1.0)], now_ms);
    }

    pub(super) fn add_opened(&mut self, price_band: f32, now_ms: u64) {
        let price_band = price_band.clamp(0.0, 1.0);
        let band = ((price_band * PRICE_BANDS as f32) as usize).min(PRICE_BANDS - 1);
        self.add(&[(BAND_SUM, price_band), (BANDS + band, 1.0)], now_ms);
    }

    /// Adds to some counts; the sums stay finite.
    pub(super) fn add(&mut self, amounts: &[(usize, f32)], now_ms: u64) {
        let factor = bring_up(&mut self.counts, &mut self.at_ms, now_ms);
        for &(place, amount) in amounts {
            self.counts[place] = (self.counts[place] + factor * amount).min(f32::MAX);
        }
    }
}

fn ratio(sum: f32, count: f32, otherwise: f32) -> f32 {
    if count > 1e-6 && sum.is_finite() { sum / count } else { otherwise }
}

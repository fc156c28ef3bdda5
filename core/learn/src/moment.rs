//! What a visitor was like at a moment of a log: the same [`VisitorSummary`] that a device fills from its profile.

use crate::journeys::Step;
use homebody_protocol::Kind;
use homebody_protocol::features::{LONG_AGO_DAYS, VisitorSummary};
use std::collections::{BTreeMap, BTreeSet};

/// A pause this long ends a session, as on the device.
pub const SESSION_IDLE_S: i64 = 30 * 60;
/// No session lasts longer.
pub const SESSION_MAX_S: i64 = 24 * 3_600;

const HOUR_S: i64 = 3_600;
const DAY_MS: f32 = 86_400_000.0;
const MINUTE_MS: f32 = 60_000.0;
/// Longest active time that one interaction may stand for.
const MAX_DWELL_MS: f32 = DAY_MS;
/// Most pieces that one purchase can stand for.
const MAX_PIECES: f32 = 9_999.0;
/// Bits of a price that are left out where prices are ranked: what remains tells prices apart that differ by one percent.
const FINE_BITS: u32 = 16;
/// Openings that have faded to less than this tell no price level.
const LEAST_OPENED: f32 = 1e-6;
/// Openings count half after this, where a mean over them is taken.
const HALF_LIFE_DAYS: f32 = 30.0;

/// What a catalogue says about its items, by their index; what is missing is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// Price of each item, ≥ 0.
    pub prices: Vec<Option<f32>>,
    /// First category of each item.
    pub categories: Vec<Option<u16>>,
    /// Share of the items that are cheaper, those of about the same price by half: as devices rank prices.
    bands: Vec<Option<f32>>,
}

impl Shelf {
    /// Ranks the prices; those that are negative or not finite are unknown.
    pub fn new(prices: Vec<Option<f32>>, categories: Vec<Option<u16>>) -> Self {
        let sane = |price: Option<f32>| price.filter(|price| price.is_finite() && *price >= 0.0);
        let prices: Vec<Option<f32>> = prices.into_iter().map(sane).collect();
        let coarse = |price: f32| price.abs().to_bits() >> FINE_BITS;
        let mut sorted: Vec<u32> = prices.iter().flatten().map(|&price| coarse(price)).collect();
        sorted.sort_unstable();
        let band = |price: f32| {
            let lower = sorted.partition_point(|&other| other < coarse(price));
            let upper = sorted.partition_point(|&other| other <= coarse(price));
            (lower + upper) as f32 / (2 * sorted.len()) as f32
        };
        let bands = prices.iter().map(|price| price.map(band)).collect();
        Self { prices, categories, bands }
    }

    pub(crate) fn price(&self, item: u32) -> Option<f32> {
        self.prices.get(item as usize).copied().flatten()
    }

    fn band(&self, item: u32) -> Option<f32> {
        self.bands.get(item as usize).copied().flatten()
    }

    fn category(&self, item: u32) -> Option<u16> {
        self.categories.get(item as usize).copied().flatten()
    }
}

/// Where each session of a visitor begins: indices into `steps`, which are in time order. The device's rule.
pub fn sessions(steps: &[Step]) -> Vec<usize> {
    let mut starts: Vec<usize> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let begins = starts.last().is_none_or(|&start| {
            step.at - steps[index - 1].at >= SESSION_IDLE_S || step.at - steps[start].at >= SESSION_MAX_S
        });
        if begins {
            starts.push(index);
        }
    }
    starts
}

/// The visitor right after the last of `steps`, at its time; `starts` are the [`sessions`] of these steps.
pub fn summary(steps: &[Step], starts: &[usize], shelf: &Shelf) -> VisitorSummary {
    let (Some(last), Some(&start)) = (steps.last(), starts.last()) else { return VisitorSummary::default() };
    let now = last.at;
    let count = |days: i64, wanted: &dyn Fn(Kind) -> bool| {
        within(steps, now, days).filter(|s| wanted(s.kind)).count()
    };
    let opens = |days| count(days, &is_opening) as f32;
    let of = |days, kind: Kind| count(days, &move |other| other == kind) as f32;
    let days = |from: i64, to: i64| days_between(from, to).min(LONG_AGO_DAYS);
    let recent_starts = starts.iter().filter(|&&start| is_within(steps[start].at, now, 30)).count();
    // Whole milliseconds, as the device counts them.
    let dwell_ms: u64 = within(steps, now, 7)
        .filter(|step| step.kind == Kind::Dwell)
        .map(|step| step.value.clamp(0.0, MAX_DWELL_MS) as u64)
        .sum();
    let purchase = steps.iter().rfind(|step| step.kind == Kind::Purchase);
    VisitorSummary {
        opens_1d: opens(1),
        opens_7d: opens(7),
        opens_30d: opens(30),
        cart_adds_7d: of(7, Kind::CartAdd),
        purchases_30d: of(30, Kind::Purchase),
        searches_7d: of(7, Kind::Search),
        sessions_30d: recent_starts as f32,
        session_interactions: (steps.len() - start) as f32,
        session_minutes: milliseconds(steps[start].at, now) as f32 / MINUTE_MS,
        days_since_last_session: start
            .checked_sub(1)
            .map_or(LONG_AGO_DAYS, |end| days(steps[end].at, steps[start].at)),
        days_since_purchase: purchase.map_or(LONG_AGO_DAYS, |step| days(step.at, now)),
        dwell_minutes_7d: dwell_ms as f32 / MINUTE_MS,
        mean_order_value: mean_order_value(steps, shelf),
        price_level: price_level(steps, now, shelf),
        category_variety: category_variety(steps, now, shelf),
        items_in_cart: items_in_cart(steps),
    }
}

/// Windows are of whole hours, as on the device: the current hour and the 24 · days − 1 before it.
fn is_within(at: i64, now: i64, days: i64) -> bool {
    now.div_euclid(HOUR_S) - at.div_euclid(HOUR_S) < 24 * days
}

fn within(steps: &[Step], now: i64, days: i64) -> impl Iterator<Item = &Step> {
    steps.iter().rev().take_while(move |step| is_within(step.at, now, days))
}

fn is_opening(kind: Kind) -> bool {
    matches!(kind, Kind::View | Kind::Click)
}

/// What an opening still counts.
fn faded(at: i64, now: i64) -> f32 {
    libm::exp2f(-days_between(at, now) / HALF_LIFE_DAYS)
}

/// From one time in seconds to a later one. Devices count milliseconds, and what is rounded is to be rounded alike.
fn milliseconds(from: i64, to: i64) -> i64 {
    to.saturating_sub(from).max(0).saturating_mul(1_000)
}

fn days_between(from: i64, to: i64) -> f32 {
    milliseconds(from, to) as f32 / DAY_MS
}

fn mean_order_value(steps: &[Step], shelf: &Shelf) -> f32 {
    let (mut value, mut count) = (0.0f32, 0u32);
    for step in steps.iter().filter(|step| step.kind == Kind::Purchase) {
        if let Some(price) = shelf.price(step.item) {
            value = (value + (step.value.clamp(1.0, MAX_PIECES) * price).min(f32::MAX)).min(f32::MAX);
            count += 1;
        }
    }
    if count > 0 { value / count as f32 } else { 0.0 }
}

fn price_level(steps: &[Step], now: i64, shelf: &Shelf) -> f32 {
    let (mut sum, mut opened) = (0.0, 0.0);
    for step in steps.iter().filter(|step| is_opening(step.kind)) {
        if let Some(band) = shelf.band(step.item) {
            sum += faded(step.at, now) * band;
            opened += faded(step.at, now);
        }
    }
    if opened > LEAST_OPENED { sum / opened } else { 0.5 }
}

fn category_variety(steps: &[Step], now: i64, shelf: &Shelf) -> f32 {
    let mut opened: BTreeMap<u16, f32> = BTreeMap::new();
    for step in steps.iter().filter(|step| is_opening(step.kind)) {
        if let Some(category) = shelf.category(step.item) {
            *opened.entry(category).or_default() += faded(step.at, now);
        }
    }
    opened.retain(|_, weight| *weight > 0.0);
    let whole: f32 = opened.values().sum();
    if opened.len() < 2 {
        return 0.0;
    }
    let entropy: f32 =
        opened.values().map(|weight| weight / whole).map(|share| -share * libm::logf(share)).sum();
    (entropy / libm::logf(opened.len() as f32)).clamp(0.0, 1.0)
}

fn items_in_cart(steps: &[Step]) -> f32 {
    let mut cart: BTreeSet<u32> = BTreeSet::new();
    for step in steps {
        match step.kind {
            Kind::CartAdd => {
                cart.insert(step.item);
            }
            Kind::CartRemove | Kind::Purchase => {
                cart.remove(&step.item);
            }
            _ => {}
        }
    }
    cart.len() as f32
}

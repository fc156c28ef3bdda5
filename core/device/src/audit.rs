//! Echo-chamber audit: how varied is what this visitor was shown?
//!
//! A pure function of the profile's impressions and a table; nothing is sent anywhere. It runs when the panel asks.

use homebody_protocol::table::{FacetKind, Table};

use crate::profile::Profile;

/// Impressions below which nothing is judged: a first page is always narrow.
pub const MIN_IMPRESSIONS: u32 = 20;
/// Entropy of the categories shown below which [`Alarm::Narrow`] sounds.
pub const MIN_ENTROPY: f32 = 0.35;
/// Gini coefficient of the items shown above which [`Alarm::Repetitive`] sounds.
pub const MAX_GINI: f32 = 0.75;
/// Share of impressions of known categories above which [`Alarm::Familiar`] sounds.
pub const MAX_KNOWN: f32 = 0.98;

/// What was shown, in four numbers between 0 and 1. Impressions of items that the table does not have are left out.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct Audit {
    /// Impressions looked at.
    pub impressions: u32,
    /// Entropy of the categories shown, divided by that of showing each of the table's equally often (Shannon 1948);
    /// 0 when only one was shown.
    pub entropy: f32,
    /// Gini coefficient of the impressions of the items shown (Gini 1912): 0 = each equally often.
    pub gini: f32,
    /// Share of the table's categories that were shown at all.
    pub coverage: f32,
    /// Share of impressions with a category that the visitor likes.
    pub known: f32,
    /// What is amiss; empty below [`MIN_IMPRESSIONS`].
    pub alarms: Vec<Alarm>,
}

/// What may be wrong with what was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "json", serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub enum Alarm {
    /// Few categories make up nearly everything.
    Narrow,
    /// The same few items come again and again.
    Repetitive,
    /// Next to nothing is new to the visitor.
    Familiar,
}

impl Audit {
    /// Audits the impressions a profile remembers against a table, the catalogue where there is one.
    ///
    /// An impression of an item of `k` categories counts `1/k` for each. Without impressions all numbers are 0. A
    /// table with one category or none has no variety to miss: its entropy is 1 and its coverage that of what there is.
    #[inline(never)]
    pub fn of<B: AsRef<[u8]>>(profile: &Profile, table: &Table<B>, now_ms: u64) -> Self {
        let mut shown = Shown { by_category: vec![0.0; table.facet_count()], ..Shown::default() };
        for item in profile.items().iter().filter(|item| item.shown > 0) {
            if let Some(row) = table.row_of(item.key) {
                shown.add(row, f32::from(item.shown), profile, table, now_ms);
            }
        }
        let is_category = |facet: &usize| table.facet_kind(*facet) == FacetKind::Category;
        let all = (0..table.facet_count()).filter(is_category).count();
        shown.judged(all)
    }
}

/// Impressions, counted.
#[derive(Default)]
struct Shown {
    by_item: Vec<f32>,
    by_category: Vec<f32>,
    known: f32,
}

impl Shown {
    fn add<B: AsRef<[u8]>>(
        &mut self,
        row: usize,
        times: f32,
        profile: &Profile,
        table: &Table<B>,
        now_ms: u64,
    ) {
        let is_category = |facet: &usize| table.facet_kind(*facet) == FacetKind::Category;
        let categories: Vec<usize> = table.facets(row).filter(is_category).collect();
        for &category in &categories {
            self.by_category[category] += times / categories.len() as f32;
        }
        let is_liked = |category: &usize| {
            let known = profile.facets().get(table.facet_key(*category));
            known.is_some_and(|facet| facet.strength_at(now_ms) > 0.0)
        };
        self.known += if categories.iter().any(is_liked) { times } else { 0.0 };
        self.by_item.push(times);
    }

    fn judged(self, categories: usize) -> Audit {
        let impressions = self.by_item.iter().fold(0.0, |sum, times| sum + times);
        if impressions <= 0.0 {
            return Audit::default();
        }
        let seen = self.by_category.iter().filter(|times| **times > 0.0).count();
        let mut audit = Audit {
            impressions: impressions as u32,
            entropy: entropy(&self.by_category, categories),
            gini: gini(&self.by_item),
            coverage: seen as f32 / categories.max(1) as f32,
            known: self.known / impressions,
            alarms: Vec::new(),
        };
        if audit.impressions >= MIN_IMPRESSIONS {
            audit.alarms = audit.alarms();
        }
        audit
    }
}

impl Audit {
    fn alarms(&self) -> Vec<Alarm> {
        let sounding = [
            (self.entropy < MIN_ENTROPY, Alarm::Narrow),
            (self.gini > MAX_GINI, Alarm::Repetitive),
            (self.known > MAX_KNOWN, Alarm::Familiar),
        ];
        sounding.into_iter().filter(|(sounds, _)| *sounds).map(|(_, alarm)| alarm).collect()
    }
}

/// `−Σ p ln p / ln n` of counts that need not sum to 1, 0–1.
fn entropy(counts: &[f32], n: usize) -> f32 {
    if n < 2 {
        return 1.0;
    }
    let total = counts.iter().fold(0.0, |sum, count| sum + count);
    let term = |count: f32| if count > 0.0 { -(count / total) * libm::logf(count / total) } else { 0.0 };
    let sum = counts.iter().fold(0.0, |sum, &count| sum + term(count));
    (sum / libm::logf(n as f32)).clamp(0.0, 1.0)
}

/// `Σ |x_i − x_j| / (n Σ x)` over all pairs, 0–1. A profile has some hundred items; a sort would be four times the code
/// of all the rest.
fn gini(counts: &[f32]) -> f32 {
    let (mut apart, mut total) = (0.0f32, 0.0f32);
    for (index, count) in counts.iter().enumerate() {
        total += count;
        for other in &counts[index + 1..] {
            apart += (count - other).abs();
        }
    }
    if total > 0.0 { (apart / (counts.len() as f32 * total)).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn entropy_and_gini_of_known_cases() {
        assert!((entropy(&[5.0, 5.0, 5.0, 5.0], 4) - 1.0).abs() < 1e-6);
        assert!((entropy(&[5.0, 5.0, 0.0, 0.0], 4) - 0.5).abs() < 1e-6);
        assert_eq!(entropy(&[9.0, 0.0], 2), 0.0);
        assert_eq!(entropy(&[9.0], 1), 1.0);
        assert_eq!(gini(&[3.0, 3.0, 3.0]), 0.0);
        assert!((gini(&[0.0, 0.0, 0.0, 8.0]) - 0.75).abs() < 1e-6);
        assert!((gini(&[4.0, 1.0]) - 0.3).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn both_are_shares(counts in prop::collection::vec(0.0f32..1e6, 0..60)) {
            prop_assert!((0.0..=1.0).contains(&entropy(&counts, counts.len())));
            prop_assert!((0.0..=1.0).contains(&gini(&counts)));
        }
    }
}

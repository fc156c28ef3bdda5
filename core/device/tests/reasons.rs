//! A reason's share is the very part of the score that it names, worked out here from the table's columns and the profile.

use std::collections::BTreeMap;

use crate::market::{NOW_MS, draft, keys, list, plain, visitor};
use homebody_device::{Device, Ranked, ReasonKind};
use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::score::spread_history;
use homebody_protocol::table::{FacetKind, Feature, ListSource, Table, TableDraft, TableKind};
use homebody_protocol::{history_weights, score_row};
use proptest::prelude::*;

/// What speaks for an item, by kind and key, and the score.
type Grounds = (BTreeMap<(u8, u32), f32>, f32);

#[cfg(test)]
struct Scales<'a> {
    device: &'a Device,
    table: &'a Table<Vec<u8>>,
}

#[cfg(test)]
impl Scales<'_> {
    fn of(&self, row: usize) -> Grounds {
        let mut found = Grounds::default();
        self.add_lists(row, &mut found);
        for weight in &self.table.blend().features {
            let standardised = |value: f32| weight.weight * (value - weight.mean) / weight.sd;
            match weight.feature {
                Feature::Popularity => {
                    add(&mut found, ReasonKind::Popular, 0, standardised(self.table.popularity(row)))
                }
                Feature::Trend => {
                    add(&mut found, ReasonKind::Trending, 0, standardised(self.table.trend(row)))
                }
                Feature::Category => {
                    self.add_taste(row, FacetKind::Category, ReasonKind::Category, &standardised, &mut found)
                }
                Feature::Brand => {
                    self.add_taste(row, FacetKind::Brand, ReasonKind::Brand, &standardised, &mut found)
                }
                Feature::Tag => {
                    self.add_taste(row, FacetKind::Tag, ReasonKind::Tag, &standardised, &mut found)
                }
                Feature::Freshness => unreachable!("the market has none"),
            }
        }
        found
    }

    /// Each history item alone, scored by the function that both sides share.
    fn add_lists(&self, row: usize, found: &mut Grounds) {
        let history = self.device.profile().history(NOW_MS);
        let n = history.len() as f32;
        let trust = n / (n + self.table.blend().evidence_k);
        for set in self.table.list_sets() {
            let kind = match set.source() {
                ListSource::Collaborative => ReasonKind::Collaborative,
                ListSource::Content => ReasonKind::Content,
            };
            let unit = trust * set.weight() / set.sd();
            for one in history_weights(&history, set.decay()) {
                let place = |key| self.table.vocabulary_index(key);
                let alone = spread_history(&[one], self.table.vocabulary_len(), place);
                add(found, kind, one.0.0, unit * score_row(&set, row, &alone));
            }
            // What is expected of everybody is part of the score, and nobody's reason.
            found.1 -= unit * set.mean();
        }
    }

    /// A kind of facets: the sum of tastes by the root of their number, of which each liked facet has its share.
    fn add_taste(
        &self,
        row: usize,
        kind: FacetKind,
        reason: ReasonKind,
        standardised: &dyn Fn(f32) -> f32,
        found: &mut Grounds,
    ) {
        let facets = self.device.profile().facets();
        let of_kind = facets.as_slice().iter().filter(|facet| facet.kind == kind);
        let total = of_kind.fold(3.0, |sum, facet| sum + facet.strength_at(NOW_MS).abs());
        let own = self.table.facets(row).filter(|&facet| self.table.facet_kind(facet) == kind);
        let own: Vec<(u32, f32)> = own
            .map(|facet| self.table.facet_key(facet))
            .map(|key| (key.0, facets.get(key).map_or(0.0, |known| known.strength_at(NOW_MS)) / total))
            .collect();
        let part = standardised(own.iter().map(|(_, taste)| taste).sum::<f32>() / (own.len() as f32).sqrt());
        let liked: f32 = own.iter().map(|(_, taste)| taste.max(0.0)).sum();
        found.1 += part;
        for &(key, taste) in own.iter().filter(|(_, taste)| *taste > 0.0 && part > 0.0) {
            *found.0.entry((reason as u8, key)).or_default() += part * taste / liked;
        }
    }
}

#[cfg(test)]
fn add(found: &mut Grounds, kind: ReasonKind, key: u32, part: f32) {
    found.1 += part;
    if part > 0.0 {
        *found.0.entry((kind as u8, key)).or_default() += part;
    }
}

/// The reasons of an item are the largest of its grounds, each by its share of all.
#[cfg(test)]
fn are_its_parts(ranked: &Ranked, grounds: &BTreeMap<(u8, u32), f32>) -> Result<(), TestCaseError> {
    let total: f32 = grounds.values().sum();
    let mut amounts: Vec<f32> = grounds.values().copied().collect();
    amounts.sort_by(|one, other| other.total_cmp(one));
    let named = ranked.reasons.iter().filter(|reason| reason.kind != ReasonKind::None);
    prop_assert_eq!(named.clone().count(), amounts.len().min(3), "{:?} {:?}", ranked, grounds);
    let mut rest = 1.0;
    for (reason, largest) in named.zip(amounts) {
        let own = grounds.get(&(reason.kind as u8, reason.key)).copied().unwrap_or(0.0);
        prop_assert!((reason.share - own / total).abs() < 1e-3, "{:?} is {} of {}", reason, own, total);
        prop_assert!(
            (own - largest).abs() < 1e-3 * total,
            "{:?} is not among the largest: {:?}",
            reason,
            grounds
        );
        rest -= own / total;
    }
    let rest = if total > 0.0 { rest } else { 1.0 };
    prop_assert!((ranked.rest - rest).abs() < 2e-3, "{:?} leaves {}", ranked, rest);
    Ok(())
}

#[cfg(test)]
fn with_rule(mut pool: TableDraft) -> TableDraft {
    let rules = r#"{"rules":[{"name":"lift","when":{"category":"category-2"},"then":{"boost":0.5}},
        {"name":"bury","when":{"category":"category-3"},"then":{"bury":0.5}}]}"#;
    pool.extras.rules = Rules::compile(&RuleSet::from_json(rules).unwrap(), 0).unwrap();
    pool
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn shares_are_the_parts_of_the_score(seed in 0u32..10_000, clicked in prop::collection::vec(0usize..50, 1..14)) {
        let pool = draft(TableKind::Pool, 50, seed);
        let table = Table::read(pool.encode().unwrap()).unwrap();
        let device = visitor(&pool, &clicked);
        let got = list(&device, plain(), 50);
        prop_assert_eq!(keys(&got).len(), 50);
        for ranked in got {
            let (grounds, score) = Scales { device: &device, table: &table }.of(ranked.row);
            prop_assert!((ranked.score - score).abs() < 1e-3 * (1.0 + score.abs()), "{} {}", ranked.score, score);
            are_its_parts(&ranked, &grounds)?;
        }
    }

    #[test]
    fn a_rule_has_the_share_that_it_added(seed in 0u32..10_000, clicked in prop::collection::vec(0usize..50, 1..14)) {
        let plainly = draft(TableKind::Pool, 50, seed);
        let table = Table::read(plainly.encode().unwrap()).unwrap();
        let (without, with) = (visitor(&plainly, &clicked), visitor(&with_rule(plainly.clone()), &clicked));
        let before = list(&without, plain(), 50);
        for ranked in list(&with, plain(), 50) {
            let old = before.iter().find(|old| old.key == ranked.key).unwrap();
            let (mut grounds, _) = Scales { device: &without, table: &table }.of(old.row);
            let added = ranked.score - old.score;
            if added > 1e-6 {
                grounds.insert((ReasonKind::Rule as u8, 1), added);
            }
            are_its_parts(&ranked, &grounds)?;
        }
    }
}

//! How lists come about, list by list: the main parameters, how much each weighs, and how a visitor changes them. Read from
//! the tables that devices rank with, so that it cannot say anything else than what happens.

use std::collections::BTreeMap;

use homebody_protocol::manifest::{Manifest, ModelInfo};
use homebody_protocol::models::DiversityBounds;
use homebody_protocol::policy::{CartPolicy, Exploration, Policy};
use homebody_protocol::table::{Feature, Table};
use serde::Serialize;

use super::models;
use crate::publish::is_internal;

/// What is published, and how it is ranked.
#[derive(Debug, Serialize)]
pub(super) struct Lists {
    /// Version of the publication that devices use; none before the first.
    pub(super) version: Option<u32>,
    /// When it was published, unix seconds.
    pub(super) published_at: Option<u32>,
    /// Where lists are put in order.
    ranked_on: &'static str,
    /// What the server keeps about single visitors.
    kept_about_visitors: &'static str,
    pub(super) model: Option<ModelInfo>,
    /// A newer model, which some devices use already.
    pub(super) ramp: Option<Trial>,
    pub(super) placements: BTreeMap<String, Placement>,
}

/// A model on its way to everybody.
#[derive(Debug, Serialize)]
pub(super) struct Trial {
    model: ModelInfo,
    /// How many of a thousand devices use it; each draws by itself whether it does.
    pub(super) per_mille: u32,
}

/// One list of the site.
#[derive(Debug, Serialize)]
pub(super) struct Placement {
    pub(super) candidates: usize,
    pub(super) parameters: Vec<Parameter>,
    policy: Policy,
    /// What of the policy changes lists, in words.
    pub(super) also: Vec<String>,
    /// Names of the site's own rules.
    pub(super) rules: Vec<String>,
}

/// A main parameter.
#[derive(Debug, Serialize)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// How a visitor changes what it does.
    pub(super) changed_by: &'static str,
    weight: f32,
    /// Its share of all weights, 0–1.
    pub(super) share: f32,
}

impl Lists {
    /// The lists of a manifest, whose pools `blob` reads. A pool that cannot be read is left out: it is not served either.
    pub(super) fn of<'a>(manifest: Option<&Manifest>, blob: &dyn Fn(&str) -> Option<&'a [u8]>) -> Self {
        let placements =
            manifest.iter().flat_map(|manifest| &manifest.placements).filter(|(name, _)| !is_internal(name));
        let placements = placements.filter_map(|(name, pool)| {
            Some((name.clone(), Placement::of(&Table::read(blob(&pool.sha256)?).ok()?)))
        });
        Self {
            version: manifest.map(|manifest| manifest.version),
            published_at: manifest.map(|manifest| manifest.created_at),
            ranked_on: "the visitor's device",
            kept_about_visitors: "nothing",
            model: manifest.map(|manifest| shown(&manifest.model)),
            ramp: manifest
                .and_then(|manifest| manifest.ramp.as_ref())
                .map(|ramp| Trial { model: shown(&ramp.model), per_mille: ramp.per_mille }),
            placements: placements.collect(),
        }
    }
}

/// A model without the counts that are too small to tell.
fn shown(model: &ModelInfo) -> ModelInfo {
    ModelInfo { metrics: models::shown(&model.metrics), ..model.clone() }
}

impl Placement {
    fn of(table: &Table<&[u8]>) -> Self {
        let extras = table.extras();
        Self {
            candidates: table.rows(),
            parameters: parameters(table),
            also: also(&extras.policy, extras.diversity_bounds),
            policy: extras.policy,
            rules: extras.rules.0.iter().map(|rule| rule.name.clone()).collect(),
        }
    }
}

/// The lists of what belongs together have weight 1, the unit of all others.
fn parameters(table: &Table<&[u8]>) -> Vec<Parameter> {
    let lists = Parameter {
        name: "What goes with what you looked at",
        about: "Items that others who looked at the same also looked at; grows with what your device knows",
        changed_by: "You change it by what you look at, rate and dismiss, and in the privacy panel",
        weight: 1.0,
        share: 0.0,
    };
    let features = table.blend().features.iter().map(|each| {
        let (name, about, changed_by) = words(each.feature);
        Parameter { name, about, changed_by, weight: each.weight, share: 0.0 }
    });
    let mut all: Vec<Parameter> = std::iter::once(lists).chain(features).collect();
    let sum: f32 = all.iter().map(|each| each.weight.abs()).sum();
    all.iter_mut().for_each(|each| each.share = each.weight.abs() / sum);
    all.sort_by(|one, other| other.share.total_cmp(&one.share));
    all
}

fn words(feature: Feature) -> (&'static str, &'static str, &'static str) {
    const SAME: &str = "The same for everybody, whatever you do";
    const TASTE: &str = "You change it in the privacy panel: turn it off, or forget it";
    match feature {
        Feature::Popularity => ("Popularity", "How often everybody chooses the item", SAME),
        Feature::Trend => ("Trend", "Whether more and more choose it", SAME),
        Feature::Freshness => ("Newness", "How lately the item appeared", SAME),
        Feature::Category => ("Your categories", "How much you look at its kind of item", TASTE),
        Feature::Brand => ("Your brands", "How much you look at its brand", TASTE),
        Feature::Tag => ("Your topics", "How much you look at items with its tags", TASTE),
    }
}

/// What happens to a list after the scores, one sentence each.
fn also(policy: &Policy, bounds: DiversityBounds) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |holds: bool, text: String| all.extend(holds.then_some(text));
    let percent = |share: f32| format!("{:.0} %", 100.0 * share);
    say(
        bounds.are_open(),
        format!(
            "Variety: how much likeness to what is listed already counts is chosen on your device by what you open, {} to {}.",
            percent(1.0 - bounds.most),
            percent(1.0 - bounds.least)
        ),
    );
    say(
        policy.diversity < 1.0 && !bounds.are_open(),
        format!("Variety: likeness to what is listed already counts {}.", percent(1.0 - policy.diversity)),
    );
    say(
        policy.max_similarity < 1.0,
        format!("No two items are more alike than {}.", percent(policy.max_similarity)),
    );
    say(policy.max_per_category > 0, format!("At most {} of one category.", policy.max_per_category));
    say(policy.max_per_brand > 0, format!("At most {} of one brand.", policy.max_per_brand));
    say(policy.calibration > 0.0, "Categories get places in the shares of your own history.".to_owned());
    say(
        policy.serendipity_slots > 0,
        format!("{} places are for good things outside of what you know.", policy.serendipity_slots),
    );
    say(
        policy.exploration != Exploration::None,
        "New items get a chance by lot, drawn on your device.".to_owned(),
    );
    say(
        policy.impression_discount < 1.0,
        "What was shown to you and left alone moves down for a while.".to_owned(),
    );
    all.push(
        match policy.cart {
            CartPolicy::Exclude => "What is in your cart is not listed.",
            CartPolicy::Abandoned => "What you left in your cart is listed again after a while.",
            CartPolicy::Always => "What is in your cart stays in the list.",
        }
        .to_owned(),
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_words() {
        for code in 1..=6 {
            let (name, about, changed_by) = words(Feature::from_code(code).unwrap());
            assert!(!name.is_empty() && !about.is_empty() && !changed_by.is_empty());
        }
    }

    #[test]
    fn what_a_policy_does_not_do_is_not_said() {
        let plain = Policy { diversity: 1.0, cart: CartPolicy::Exclude, ..Policy::default() };
        let off = DiversityBounds::default();
        assert_eq!(also(&plain, off), ["What is in your cart is not listed."]);
        let rich = Policy { max_per_brand: 2, calibration: 0.5, serendipity_slots: 1, ..Policy::default() };
        assert_eq!(also(&rich, off).len(), 5);
        assert!(also(&rich, off)[0].contains("15 %"), "{:?}", also(&rich, off));
        let open = also(&rich, DiversityBounds { least: 0.6, most: 0.95 });
        assert!(open.len() == 5 && open[0].contains("5 % to 40 %"), "{open:?}");
    }
}

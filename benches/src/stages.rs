//! Pools of 500 that differ by one stage each, so that the cost of a stage is the difference to the barest one.

use homebody_protocol::models::Judged;
use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::table::{Feature, TableDraft, TableKind};
use homebody_protocol::{CartPolicy, Exploration, Extras, Policy};

use crate::catalogue;

const ROWS: usize = 500;

/// A pool in which one stage has something to do.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What is done besides the barest ranking.
    pub name: &'static str,
    /// The pool.
    pub draft: TableDraft,
}

/// The barest ranking first, everything at once last.
pub fn all() -> Vec<Stage> {
    let mut stages = vec![Stage { name: "barest", draft: barest() }];
    stages.extend(scores());
    stages.extend(policies().map(|(name, policy)| with_policy(name, policy)));
    stages.extend(asked());
    stages.push(Stage {
        name: "five rules",
        draft: TableDraft { extras: with_rules(barest().extras), ..barest() },
    });
    stages.push(Stage { name: "everything", draft: everything() });
    stages
}

/// Rules of the usual kinds.
const RULES: &str = r#"{"rules":[
    {"name":"no tag 3","when":{"tag":"tag 3"},"then":{"exclude":true}},
    {"name":"new ones","when":{"new_days":30},"then":{"boost":0.5}},
    {"name":"dear ones","when":{"price_above":150},"then":{"bury":0.5}},
    {"name":"two categories","when":{"any":[{"category":"category 1"},{"category":"category 2"}]},"then":{"boost":0.2}},
    {"name":"regulars","when":{"all":[{"sessions_at_least":3},{"brand":"brand 7"}]},"then":{"boost":0.3}}
]}"#;

fn with_rules(extras: Extras) -> Extras {
    let compiled = RuleSet::from_json(RULES).and_then(|set| Rules::compile(&set, catalogue::ID_SEED));
    Extras { rules: compiled.unwrap_or_default(), ..extras }
}

/// Popularity alone, the best twenty, reasons.
fn barest() -> TableDraft {
    let mut draft = complete();
    draft.list_sets.clear();
    draft.blend.features.retain(|part| part.feature == Feature::Popularity);
    draft
}

fn complete() -> TableDraft {
    catalogue::draft(TableKind::Pool, ROWS, 1.0)
}

fn scores() -> [Stage; 3] {
    let (mut lists, mut common, mut affinity) = (barest(), barest(), barest());
    lists.list_sets = complete().list_sets;
    let of = |wanted: fn(Feature) -> bool| {
        let features = complete().blend.features.into_iter();
        features.filter(move |part| part.feature == Feature::Popularity || wanted(part.feature)).collect()
    };
    common.blend.features = of(|feature| matches!(feature, Feature::Trend | Feature::Freshness));
    affinity.blend.features =
        of(|feature| matches!(feature, Feature::Category | Feature::Brand | Feature::Tag));
    [
        Stage { name: "neighbour lists, two sets", draft: lists },
        Stage { name: "trend and freshness", draft: common },
        Stage { name: "affinities", draft: affinity },
    ]
}

/// One setting each, besides the barest.
fn policies() -> [(&'static str, Policy); 9] {
    let bare = bare();
    [
        ("fixed share of content", Policy { alpha: 0.5, ..bare }),
        ("cart", Policy { cart: CartPolicy::Always, ..bare }),
        ("impression discount", Policy { impression_discount: 0.9, ..bare }),
        ("Thompson sampling", Policy { exploration: Exploration::Thompson, ..bare }),
        ("linear Thompson sampling", Policy { exploration: Exploration::LinTs, ..bare }),
        ("diversity", Policy { diversity: 0.7, ..bare }),
        ("caps", Policy { max_similarity: 0.9, max_per_category: 4, max_per_brand: 2, ..bare }),
        ("calibrated shares", Policy { calibration: 0.5, ..bare }),
        ("serendipity", Policy { serendipity_slots: 2, ..bare }),
    ]
}

fn bare() -> Policy {
    Policy { diversity: 1.0, cart: CartPolicy::Exclude, ..Policy::default() }
}

/// Exploration while another strength is asked about, as it is until the day has its decision.
fn asked() -> [Stage; 2] {
    [
        ("Thompson sampling, another strength asked about", Exploration::Thompson),
        ("linear Thompson sampling, another strength asked about", Exploration::LinTs),
    ]
    .map(|(name, exploration)| {
        let mut stage = with_policy(name, Policy { exploration, ..bare() });
        stage.draft.extras.judged = Judged { exploration_strength: 0.5 };
        stage
    })
}

fn with_policy(name: &'static str, policy: Policy) -> Stage {
    let mut draft = barest();
    draft.extras.policy = policy;
    Stage { name, draft }
}

fn everything() -> TableDraft {
    let mut draft = complete();
    draft.extras.policy = Policy {
        diversity: 0.7,
        cart: CartPolicy::Always,
        impression_discount: 0.9,
        exploration: Exploration::Thompson,
        max_similarity: 0.9,
        max_per_category: 4,
        max_per_brand: 2,
        calibration: 0.5,
        serendipity_slots: 2,
        ..Policy::default()
    };
    draft.extras = with_rules(draft.extras);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_rules() {
        assert_eq!(everything().extras.rules.0.len(), 5);
    }
}

//! What each part of the ranking brings, and what each stage costs that lists are judged without.

use super::intervals::{Spread, intervals, means};
use super::metrics::Values;
use super::ours::Ours;
use super::split::Split;
use super::values;
use anyhow::Result;
use homebody_protocol::policy::Exploration;
use homebody_protocol::table::{Facet, FacetKind, TableDraft};
use homebody_protocol::{Decay, Policy};
use serde::Serialize;

/// The diversity of a placement that asks for nothing.
const USUAL_DIVERSITY: f32 = 0.85;

/// The model with one thing changed.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// What was left out or switched on.
    pub part: String,
    /// NDCG@10 then.
    pub ndcg_at_10: f64,
    /// NDCG@10 of the model as it is minus that.
    pub brings: Spread,
}

/// A change, not judged yet.
struct Variant {
    part: String,
    draft: TableDraft,
    policy: Policy,
}

/// Leaves out each list set, each feature and each stage that is part of the model in turn; `full` is the whole model.
///
/// # Errors
/// When a table cannot be encoded.
pub fn without(ours: &Ours, split: &Split, full: &[Values], seed: u64) -> Result<Vec<Changed>> {
    let mut variants = Vec::new();
    for (index, set) in ours.draft.list_sets.iter().enumerate() {
        let source = format!("{:?}", set.source).to_lowercase();
        let part = format!("{source} neighbours of a history that {}", fading(set.decay));
        variants.push(drafted(ours, part, |draft| {
            draft.list_sets.remove(index);
        }));
    }
    for (index, feature) in ours.draft.blend.features.iter().enumerate() {
        let part = format!("{:?}", feature.feature).to_lowercase();
        variants.push(drafted(ours, part, |draft| {
            draft.blend.features.remove(index);
        }));
    }
    if ours.draft.list_sets.iter().any(|set| fades(set.decay)) {
        variants.push(drafted(ours, "histories fade".to_owned(), |draft| {
            draft.list_sets.iter_mut().for_each(|set| set.decay = Decay::Positions { rate: 1.0 });
        }));
    }
    if ours.draft.blend.evidence_k > 0.0 {
        variants.push(drafted(ours, "lists count less while little is known".to_owned(), |draft| {
            draft.blend.evidence_k = 0.0;
        }));
    }
    if split.purchases {
        let policy = Policy { cart_boost: 0.0, ..ours.policy };
        variants.push(Variant { part: "the cart comes first".to_owned(), draft: ours.draft.clone(), policy });
    }
    judged(variants, split, full, seed)
}

/// Switches on each stage that lists are judged without, because it serves something else than the next hit.
///
/// # Errors
/// When a table cannot be encoded.
pub fn switched_on(ours: &Ours, split: &Split, full: &[Values], seed: u64) -> Result<Vec<Changed>> {
    let usual = ours.policy;
    let mut policies = vec![(
        "exploration: Thompson, half a standard deviation",
        Policy { exploration: Exploration::Thompson, ..usual },
    )];
    let has = |of: &dyn Fn(&Facet) -> bool| ours.draft.facets.iter().any(of);
    if has(&|_| true) {
        policies.extend([
            ("diversity: λ 0.85, the default", Policy { diversity: USUAL_DIVERSITY, ..usual }),
            ("no two alike: cosine of facets at most 0.7", Policy { max_similarity: 0.7, ..usual }),
        ]);
    }
    if has(&|facet| facet.kind == FacetKind::Category) {
        policies.extend([
            ("calibrated shares: 0.5", Policy { calibration: 0.5, ..usual }),
            ("a place kept for an unknown category", Policy { serendipity_slots: 1, ..usual }),
        ]);
    }
    let variant =
        |(part, policy): (&str, Policy)| Variant { part: part.to_owned(), draft: ours.draft.clone(), policy };
    judged(policies.into_iter().map(variant).collect(), split, full, seed)
}

fn drafted(ours: &Ours, part: String, change: impl FnOnce(&mut TableDraft)) -> Variant {
    let mut draft = ours.draft.clone();
    change(&mut draft);
    Variant { part, draft, policy: ours.policy }
}

/// More days than any history has: nothing fades.
const FOREVER_DAYS: f32 = 36_500.0;

fn fades(decay: Decay) -> bool {
    match decay {
        Decay::Positions { rate } => rate < 1.0,
        Decay::Days { half_life } => half_life < FOREVER_DAYS,
    }
}

fn fading(decay: Decay) -> String {
    match decay {
        _ if !fades(decay) => "does not fade".to_owned(),
        Decay::Positions { rate } => format!("keeps {rate} a step"),
        Decay::Days { half_life } => format!("halves in {half_life} days"),
    }
}

fn judged(variants: Vec<Variant>, split: &Split, full: &[Values], seed: u64) -> Result<Vec<Changed>> {
    let none = Spread { mean: 0.0, low: 0.0, high: 0.0 };
    let mut found = Vec::with_capacity(variants.len());
    for Variant { part, mut draft, policy } in variants {
        draft.extras.policy = policy;
        let (_, changed) = values(&Ours::of(draft, policy)?, split)?;
        let ndcg_at_10 = means(&changed)[0];
        let spreads = intervals(&split.cases, &[full.to_vec(), changed], seed);
        let brings = spreads.last().and_then(|of| of.difference.get("ndcg_at_10").copied()).unwrap_or(none);
        found.push(Changed { part, ndcg_at_10, brings });
    }
    Ok(found)
}

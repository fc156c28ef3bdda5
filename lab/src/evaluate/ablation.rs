//! What each part of the ranking brings.

use super::intervals::{Spread, intervals, means};
use super::metrics::Values;
use super::ours::{Manner, Ours};
use super::split::Split;
use super::values;
use anyhow::Result;
use homebody_protocol::Decay;
use homebody_protocol::table::TableDraft;
use serde::Serialize;

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

/// A stage that a history cannot judge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotJudged {
    /// What it is.
    pub stage: &'static str,
    /// What is missing.
    pub why: &'static str,
}

/// A change, not judged yet.
pub(super) struct Variant {
    pub(super) part: String,
    pub(super) draft: TableDraft,
    pub(super) manner: Manner,
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
        variants.push(drafted(ours, "the cart comes first".to_owned(), |draft| {
            draft.extras.policy.cart_boost = 0.0;
        }));
    }
    judged(variants, split, full, seed)
}

/// Judges changes against `full`, the values of the whole model.
///
/// # Errors
/// When a table cannot be encoded.
pub(super) fn judged(
    variants: Vec<Variant>,
    split: &Split,
    full: &[Values],
    seed: u64,
) -> Result<Vec<Changed>> {
    let none = Spread { mean: 0.0, low: 0.0, high: 0.0 };
    let mut found = Vec::with_capacity(variants.len());
    for Variant { part, draft, manner } in variants {
        let (_, changed) = values(&Ours::of(draft)?.asked(manner), split)?;
        let ndcg_at_10 = means(&changed)[0];
        let spreads = intervals(&split.cases, &[full.to_vec(), changed], seed);
        let brings = spreads.last().and_then(|of| of.difference.get("ndcg_at_10").copied()).unwrap_or(none);
        found.push(Changed { part, ndcg_at_10, brings });
    }
    Ok(found)
}

/// The model with one change.
pub(super) fn drafted(ours: &Ours, part: String, change: impl FnOnce(&mut TableDraft)) -> Variant {
    let mut draft = ours.draft.clone();
    change(&mut draft);
    Variant { part, draft, manner: Manner::default() }
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

//! Studies of one trained model: what a pool costs, what each stage brings, and the trade-offs.

use super::intervals::{Spread, intervals, means};
use super::metrics::{Values, intra_list_diversity};
use super::model::Model;
use super::ours::Ours;
use super::split::Split;
use super::{Prepared, pools, values};
use anyhow::Result;
use homebody_protocol::Policy;
use homebody_protocol::table::TableDraft;
use serde::Serialize;

/// λ of diversity, from score alone to variety foremost.
const DIVERSITIES: [f32; 7] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.5];
/// Collaborative against content; the first lets the share grow with evidence.
const ALPHAS: [f32; 6] = [-1.0, 0.0, 0.25, 0.5, 0.75, 1.0];
const LENGTHS: [usize; 6] = [5, 10, 20, 30, 50, 100];
/// The diversity of a placement that asks for nothing.
const USUAL_DIVERSITY: f32 = 0.85;

/// The model without one of its parts.
#[derive(Clone, Debug, Serialize)]
pub struct Without {
    /// What was left out.
    pub part: String,
    /// NDCG@10 without it.
    pub ndcg_at_10: f64,
    /// What it brings: NDCG@10 with it minus without it.
    pub brings: Spread,
}

/// One setting of a trade-off.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The setting.
    pub at: f64,
    /// NDCG@10 under it.
    pub ndcg_at_10: f64,
    /// Facet distance within the lists under it; `None` without facets.
    pub ild_at_10: Option<f64>,
    /// Bytes for each item of the catalogue.
    pub bytes_per_candidate: f64,
}

/// All studies.
#[derive(Clone, Debug, Serialize)]
pub struct Studies {
    /// Visitors they were made with.
    pub visitors: usize,
    /// NDCG@10 of the full catalogue for these visitors.
    pub full_ndcg_at_10: f64,
    /// What pools of several sizes cost.
    pub pools: Vec<pools::PoolStudy>,
    /// What each part brings.
    pub ablation: Vec<Without>,
    /// By λ of diversity.
    pub diversity: Vec<Point>,
    /// By α; −1 lets it grow with evidence.
    pub alpha: Vec<Point>,
    /// By the most entries a list may have.
    pub list_length: Vec<Point>,
}

/// Makes them with at most `visitors` of the judged visitors.
///
/// # Errors
/// When a table cannot be encoded.
pub fn studies(prepared: &Prepared, visitors: usize, seed: u64) -> Result<Studies> {
    let mut split = prepared.split.clone();
    split.sample(visitors, seed);
    let (_, full) = values(&prepared.ours, &split)?;
    Ok(Studies {
        visitors: split.visitors(),
        full_ndcg_at_10: means(&full)[0],
        pools: pools::study(prepared, &split, &full)?,
        ablation: ablation(prepared, &split, &full, seed)?,
        diversity: points(prepared, &split, &DIVERSITIES, |draft, policy, diversity| {
            (draft, Policy { diversity, ..policy })
        })?,
        alpha: points(prepared, &split, &ALPHAS, |draft, policy, alpha| (draft, Policy { alpha, ..policy }))?,
        list_length: points(prepared, &split, &lengths(&prepared.ours.draft), |draft, policy, length| {
            (shortened(draft, length as usize), policy)
        })?,
    })
}

fn ablation(prepared: &Prepared, split: &Split, full: &[Values], seed: u64) -> Result<Vec<Without>> {
    let ours = &prepared.ours;
    let mut variants: Vec<(String, TableDraft, Policy)> = Vec::new();
    for (index, set) in ours.draft.list_sets.iter().enumerate() {
        let mut draft = ours.draft.clone();
        draft.list_sets.remove(index);
        variants.push((format!("lists: {:?}, {:?}", set.source, set.decay), draft, ours.policy));
    }
    for (index, feature) in ours.draft.blend.features.iter().enumerate() {
        let mut draft = ours.draft.clone();
        draft.blend.features.remove(index);
        variants.push((format!("feature: {:?}", feature.feature), draft, ours.policy));
    }
    let mut trusting = ours.draft.clone();
    trusting.blend.evidence_k = 0.0;
    variants.push(("lists count less while little is known".to_owned(), trusting, ours.policy));
    let usual = Policy { diversity: USUAL_DIVERSITY, ..ours.policy };
    let mut found = Vec::new();
    for (part, draft, policy) in variants {
        let (_, without) = values(&Ours::of(draft, policy)?, split)?;
        found.push(compared(part, full, without, split, seed));
    }
    let (_, varied) = values(&Ours::of(ours.draft.clone(), usual)?, split)?;
    found.push(compared("by score alone (without: λ 0.85)".to_owned(), full, varied, split, seed));
    Ok(found)
}

fn compared(part: String, full: &[Values], without: Vec<Values>, split: &Split, seed: u64) -> Without {
    let ndcg_at_10 = means(&without)[0];
    let found = intervals(&split.cases, &[full.to_vec(), without], seed);
    let none = Spread { mean: 0.0, low: 0.0, high: 0.0 };
    let brings = found.last().and_then(|of| of.difference.get("ndcg_at_10").copied()).unwrap_or(none);
    Without { part, ndcg_at_10, brings }
}

fn points(
    prepared: &Prepared,
    split: &Split,
    settings: &[f32],
    vary: impl Fn(TableDraft, Policy, f32) -> (TableDraft, Policy),
) -> Result<Vec<Point>> {
    let items = &prepared.keyed.catalogue.items;
    let facets: Vec<Vec<u16>> = items.iter().map(|item| item.facets.clone()).collect();
    let point = |&at: &f32| {
        let (draft, policy) = vary(prepared.ours.draft.clone(), prepared.ours.policy, at);
        let ours = Ours::of(draft, policy)?;
        let (lists, values) = values(&ours, split)?;
        Ok(Point {
            at: f64::from(at),
            ndcg_at_10: means(&values)[0],
            ild_at_10: intra_list_diversity(&lists, &facets, 10),
            bytes_per_candidate: ours.bytes_per_candidate(),
        })
    };
    settings.iter().map(point).collect()
}

/// Lengths up to that of the longest list.
fn lengths(draft: &TableDraft) -> Vec<f32> {
    let longest = draft.list_sets.iter().flat_map(|set| set.lists.iter().map(Vec::len)).max().unwrap_or(0);
    let mut lengths: Vec<usize> = LENGTHS.into_iter().filter(|length| *length < longest).collect();
    lengths.push(longest);
    lengths.into_iter().map(|length| length as f32).collect()
}

fn shortened(mut draft: TableDraft, length: usize) -> TableDraft {
    let lists = draft.list_sets.iter_mut().flat_map(|set| &mut set.lists);
    lists.for_each(|list| list.truncate(length));
    draft
}

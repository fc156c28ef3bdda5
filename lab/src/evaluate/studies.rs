//! Studies of one trained model: what a pool costs, what each stage brings, and the trade-offs.

use super::ablation::{self, Changed, NotJudged};
use super::intervals::{Spread, intervals, means};
use super::metrics::{Values, intra_list_diversity};
use super::model::Model;
use super::ours::Ours;
use super::split::Split;
use super::stages::Stages;
use super::{Prepared, pools, values};
use anyhow::Result;
use homebody_protocol::table::{ListSource, TableDraft};
use serde::Serialize;

/// λ of diversity, from score alone to variety foremost.
const DIVERSITIES: [f32; 7] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.5];
/// Collaborative against content; the first lets the share grow with evidence.
const ALPHAS: [f32; 6] = [-1.0, 0.0, 0.25, 0.5, 0.75, 1.0];
const LENGTHS: [usize; 6] = [5, 10, 20, 30, 50, 100];

/// One setting of a trade-off.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The setting.
    pub at: f64,
    /// NDCG@10 under it; its interval is that of the difference to the model as it is, over the same visitors.
    pub ndcg_at_10: Spread,
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
    pub ablation: Vec<Changed>,
    /// What each stage costs that lists are judged without.
    pub switched_on: Vec<Changed>,
    /// Stages that this history cannot judge.
    pub not_judged: Vec<NotJudged>,
    /// By λ of diversity; empty without facets, which are what lists are varied by.
    pub diversity: Vec<Point>,
    /// By α; −1 lets it grow with evidence. Empty without neighbours of both kinds.
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
    let draft = &prepared.ours.draft;
    let has_facets = draft.rows.iter().any(|row| !row.facets.is_empty());
    let has = |source: ListSource| draft.list_sets.iter().any(|set| set.source == source);
    let is_hybrid = has(ListSource::Collaborative) && has(ListSource::Content);
    let diversities = if has_facets { DIVERSITIES.as_slice() } else { &[] };
    let alphas = if is_hybrid { ALPHAS.as_slice() } else { &[] };
    let facets = prepared.keyed.catalogue.items.iter().map(|item| item.facets.clone()).collect();
    let stages = Stages::of(prepared, &split);
    let trade_off = TradeOff { prepared, split: &split, full: &full, facets, seed };
    Ok(Studies {
        visitors: split.visitors(),
        full_ndcg_at_10: means(&full)[0],
        pools: pools::study(prepared, &split, &full, &pools::SIZES)?,
        ablation: ablation::without(&prepared.ours, &split, &full, seed)?,
        switched_on: ablation::judged(stages.variants(prepared), &split, &full, seed)?,
        not_judged: stages.not_judged,
        diversity: trade_off
            .points(diversities, |draft, diversity| draft.extras.policy.diversity = diversity)?,
        alpha: trade_off.points(alphas, |draft, alpha| draft.extras.policy.alpha = alpha)?,
        list_length: trade_off.points(&lengths(draft), |draft, length| shorten(draft, length as usize))?,
    })
}

/// What settings of one trade-off are worth, beside the model as it is.
struct TradeOff<'a> {
    prepared: &'a Prepared,
    split: &'a Split,
    full: &'a [Values],
    facets: Vec<Vec<u16>>,
    seed: u64,
}

impl TradeOff<'_> {
    fn points(&self, settings: &[f32], vary: impl Fn(&mut TableDraft, f32)) -> Result<Vec<Point>> {
        let point = |&at: &f32| {
            let mut draft = self.prepared.ours.draft.clone();
            vary(&mut draft, at);
            let ours = Ours::of(draft)?;
            let (lists, values) = values(&ours, self.split)?;
            Ok(Point {
                at: f64::from(at),
                ndcg_at_10: self.spread(values),
                ild_at_10: intra_list_diversity(&lists, &self.facets, 10),
                bytes_per_candidate: ours.bytes_per_candidate(),
            })
        };
        settings.iter().map(point).collect()
    }

    fn spread(&self, values: Vec<Values>) -> Spread {
        let (full, mean) = (means(self.full)[0], means(&values)[0]);
        let found = intervals(&self.split.cases, &[self.full.to_vec(), values], self.seed);
        let lost = found.last().and_then(|of| of.difference.get("ndcg_at_10").copied());
        lost.map_or(Spread { mean, low: mean, high: mean }, |lost| Spread {
            mean,
            low: full - lost.high,
            high: full - lost.low,
        })
    }
}

/// Lengths up to that of the longest list.
fn lengths(draft: &TableDraft) -> Vec<f32> {
    let longest = draft.list_sets.iter().flat_map(|set| set.lists.iter().map(Vec::len)).max().unwrap_or(0);
    let mut lengths: Vec<usize> = LENGTHS.into_iter().filter(|length| *length < longest).collect();
    lengths.push(longest);
    lengths.into_iter().map(|length| length as f32).collect()
}

fn shorten(draft: &mut TableDraft, length: usize) {
    let lists = draft.list_sets.iter_mut().flat_map(|set| &mut set.lists);
    lists.for_each(|list| list.truncate(length));
}

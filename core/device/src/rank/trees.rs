//! Stage: an imported model re-ranks the best.

use homebody_protocol::features::FEATURES;
use homebody_protocol::models::trees::TREE_FEATURES;
use homebody_protocol::models::{TreeModel, TreeRole};
use homebody_protocol::table::{Feature, ListSource, MAX_LIST_SETS};

use super::candidates::Scored;
use super::{CART, Context, FATIGUE, MODEL, RULE, blend};
use crate::profile::Profile;

const DAY_S: f32 = 86_400.0;

/// Adds the margins of an imported ensemble, standardised over the candidates: at weight 1 they count as much as the
/// score. Then the best come first again.
pub(super) fn rerank(scored: &mut Vec<Scored>, context: &Context<'_>) {
    let Some(model) = context.pool.extras().trees.of(TreeRole::Rerank) else { return };
    let Some(profile) = context.profile else { return };
    add_margins(scored, context, model, profile);
    blend::keep_best(scored, context);
}

#[inline(never)]
fn add_margins(scored: &mut [Scored], context: &Context<'_>, model: &TreeModel, profile: &Profile) {
    let visitor = profile.summary(context.request.now_ms).features();
    let mut features = [f32::NAN; TREE_FEATURES];
    features[..FEATURES].copy_from_slice(&visitor);
    let mut margins = Vec::with_capacity(scored.len());
    for candidate in scored.iter() {
        features[FEATURES..].copy_from_slice(&features_of(candidate, context));
        margins.push(blend::bounded(model.margin(&features)));
    }
    let count = margins.len().max(1) as f32;
    let mean = margins.iter().fold(0.0, |sum, margin| sum + margin) / count;
    let squares = margins.iter().fold(0.0, |sum, margin| sum + (margin - mean) * (margin - mean));
    let sd = (squares / count).sqrt();
    // Where the model cannot tell candidates apart it says nothing.
    if sd <= 0.0 || !sd.is_finite() {
        return;
    }
    let unit = model.weight * blend::spread(scored) / sd;
    for (candidate, margin) in scored.iter_mut().zip(margins) {
        blend::add(candidate, MODEL, unit * (margin - mean));
    }
}

/// The numbers of `CANDIDATE_FEATURE_NAMES`, in that order.
fn features_of(candidate: &Scored, context: &Context<'_>) -> [f32; TREE_FEATURES - FEATURES] {
    let (table, row, page) = (context.table(candidate.source), candidate.row, context.request.page);
    let part = |feature| candidate.parts[blend::part_of(feature)];
    let lists = |source| {
        let sets = table.list_sets().zip(&candidate.parts[..MAX_LIST_SETS]);
        sets.filter(|(set, _)| set.source() == source).fold(0.0, |sum, (_, part)| sum + part)
    };
    let now_s = context.request.now_ms / 1_000;
    let age_days = |added_at| now_s.saturating_sub(u64::from(added_at)) as f32 / DAY_S;
    let known = |value: Option<u8>| value.map_or(f32::NAN, f32::from);
    [
        lists(ListSource::Collaborative),
        lists(ListSource::Content),
        part(Feature::Popularity),
        part(Feature::Trend),
        part(Feature::Freshness),
        part(Feature::Category),
        part(Feature::Brand),
        part(Feature::Tag),
        candidate.parts[RULE],
        candidate.parts[CART],
        candidate.parts[FATIGUE],
        candidate.score,
        table.price(row).unwrap_or(f32::NAN),
        table.added_at(row).map_or(f32::NAN, age_days),
        known(page.hour),
        known(page.weekday),
        if page.viewport_px == 0 { f32::NAN } else { f32::from(page.viewport_px) },
    ]
}

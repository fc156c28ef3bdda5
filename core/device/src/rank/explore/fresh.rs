//! The budget of new items: a share of the list, for as long as they are little known.

use super::super::candidates::Scored;
use super::super::{Context, EXPLORE, blend};
use super::Drawn;
use crate::bandit::random::Random;
use crate::profile::ItemState;

/// Seconds after which an item of which no impressions are known is no longer new.
const NEW_S: u64 = 30 * 86_400;
/// Sets the budget's draws apart from those of the appeal.
const STREAM: u32 = 0x6672_6573;

/// How far an item is from `fresh_impressions`: 1 never shown, 0 reached or not new.
///
/// Impressions are those of the table's priors and of this visitor. A table without priors says nothing about
/// impressions: there an item is new for 30 days after it appeared, and one of unknown age is not.
pub(super) fn need(candidate: &Scored, context: &Context<'_>, local: Option<&ItemState>) -> f32 {
    let table = context.table(candidate.source);
    let shown = local.map_or(0.0, |item| f32::from(item.shown));
    let now_s = context.request.now_ms / 1_000;
    let known = match table.extras().arms.0.get(candidate.row) {
        Some((clicks, left_alone)) => clicks + left_alone,
        None if table.added_at(candidate.row).is_some_and(|at| now_s.saturating_sub(at.into()) < NEW_S) => {
            0.0
        }
        None => return 0.0,
    };
    let target = context.policy.fresh_impressions;
    if target > 0.0 { (1.0 - (known + shown) / target).max(0.0) } else { 0.0 }
}

/// Lets at most `fresh_share` of the list's places go to new items that exploration lifts.
///
/// The best new items, as many as there are such places (or as the known ones cannot fill), keep what they drew; the
/// others lose a lucky draw and stand by their merits. One of the best that is still not listed gets a place with probability
/// `need · exploration_strength` (at most 1), somewhere between the last of the other items and halfway to the first:
/// as long as it is not known, it is seen.
pub(super) fn grant(scored: &mut [Scored], drawn: &mut [Drawn], context: &Context<'_>) {
    let (places, seed) = (context.places(), context.request.seed);
    let budget = (context.policy.fresh_share * places as f32) as usize;
    let known = drawn.iter().filter(|one| one.need <= 0.0).count();
    let mut fresh: Vec<&mut Drawn> = drawn.iter_mut().filter(|one| one.need > 0.0).collect();
    let most = budget.max(places.saturating_sub(known));
    let mut chosen = Vec::new();
    while chosen.len() < most && !fresh.is_empty() {
        let mut best = 0;
        for rival in 1..fresh.len() {
            if scored[fresh[rival].index].score > scored[fresh[best].index].score {
                best = rival;
            }
        }
        chosen.push(fresh.swap_remove(best));
    }
    for one in fresh {
        let lift = scored[one.index].parts[EXPLORE].max(0.0);
        blend::add(&mut scored[one.index], EXPLORE, -lift);
    }
    let order = blend::best(scored, places, seed, &|_| true);
    let floor = scored[order[places - 1 - chosen.len().min(budget).min(places - 1)]].score;
    let top = scored[order[0]].score;
    for one in chosen.into_iter().take(budget) {
        let candidate = &mut scored[one.index];
        one.granted = one.need * context.policy.exploration_strength.min(1.0);
        let mut random = Random::of(seed ^ STREAM, candidate.key.0);
        if random.unit() < one.granted && candidate.score < floor {
            let lift = floor + 0.5 * random.unit() * (top - floor) - candidate.score;
            blend::add(candidate, EXPLORE, lift);
        }
    }
}

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

/// What a list has for new items.
pub(super) struct Budget {
    /// Places that they are given: `fresh_share` of the list's.
    places: usize,
    /// New items that keep a lucky draw: so many, or as many as the known ones cannot fill.
    lucky: usize,
    /// The chance of a place is this times how far an item is from its target.
    strength: f32,
}

impl Budget {
    /// Of a list among these.
    pub(super) fn of(drawn: &[Drawn], context: &Context<'_>) -> Self {
        let places = (context.policy.fresh_share * context.places() as f32) as usize;
        let known = drawn.iter().filter(|one| one.need <= 0.0).count();
        let lucky = places.max(context.places().saturating_sub(known));
        Self { places, lucky, strength: context.policy.exploration_strength.min(1.0) }
    }

    /// What [`grant`] would do with another draw: new items below the best lose its luck and stand by their merits
    /// (`bare`), and some of the best are given a place, above everybody.
    pub(super) fn hold(&self, drawn: &[Drawn], bare: &[f32], scores: &mut [f32], random: &mut Random) {
        let of_new = drawn.iter().zip(scores.iter()).filter(|(one, _)| one.need > 0.0);
        let of_new: Vec<f32> = of_new.map(|(_, score)| *score).collect();
        let lucky = least_of_best(&of_new, self.lucky);
        let given = least_of_best(&of_new, self.places);
        for ((one, bare), score) in drawn.iter().zip(bare).zip(scores).filter(|((one, ..), _)| one.need > 0.0)
        {
            if *score < lucky {
                *score = score.min(*bare);
            } else if *score >= given && random.unit() < one.need * self.strength {
                *score = f32::MAX;
            }
        }
    }
}

/// The least of the `count` best scores, which is beyond all of none, and below all of fewer.
pub(super) fn least_of_best(scores: &[f32], count: usize) -> f32 {
    if count == 0 {
        return f32::INFINITY;
    }
    let mut best: Vec<f32> = Vec::with_capacity(count.min(scores.len()) + 1);
    for &score in scores {
        let place = best.partition_point(|&better| better >= score);
        if place < count {
            best.insert(place, score);
            best.truncate(count);
        }
    }
    best.get(count - 1).copied().unwrap_or(f32::MIN)
}

/// Lets at most `fresh_share` of the list's places go to new items that exploration lifts.
///
/// The best new items, as many as there are such places (or as the known ones cannot fill), keep what they drew; the
/// others lose a lucky draw and stand by their merits. One of the best that is still not listed gets a place with probability
/// `need · exploration_strength` (at most 1), somewhere between the last of the other items and halfway to the first:
/// as long as it is not known, it is seen.
///
/// The best score among the others with their luck: what one of the best had to draw to be one of them.
pub(super) fn grant(
    scored: &mut [Scored],
    drawn: &mut [Drawn],
    budget: &Budget,
    context: &Context<'_>,
) -> f32 {
    let (places, seed) = (context.places(), context.request.seed);
    let mut fresh: Vec<&mut Drawn> = drawn.iter_mut().filter(|one| one.need > 0.0).collect();
    let mut chosen = Vec::new();
    while chosen.len() < budget.lucky && !fresh.is_empty() {
        let mut best = 0;
        for rival in 1..fresh.len() {
            if scored[fresh[rival].index].score > scored[fresh[best].index].score {
                best = rival;
            }
        }
        chosen.push(fresh.swap_remove(best));
    }
    let mut bar = f32::MIN;
    for one in fresh {
        bar = bar.max(scored[one.index].score);
        let lift = scored[one.index].parts[EXPLORE].max(0.0);
        blend::add(&mut scored[one.index], EXPLORE, -lift);
    }
    let order = blend::best(scored, places, seed, &|_| true);
    let floor = scored[order[places - 1 - chosen.len().min(budget.places).min(places - 1)]].score;
    let top = scored[order[0]].score;
    for one in chosen.into_iter().take(budget.places) {
        let candidate = &mut scored[one.index];
        one.granted = one.need * budget.strength;
        let mut random = Random::of(seed ^ STREAM, candidate.key.0);
        if random.unit() < one.granted && candidate.score < floor {
            let lift = floor + 0.5 * random.unit() * (top - floor) - candidate.score;
            blend::add(candidate, EXPLORE, lift);
        }
    }
    bar
}

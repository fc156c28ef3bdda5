//! Stage: what little is known of gets its chance.

mod features;
mod fresh;
mod judged;

use homebody_protocol::Exploration;

use super::candidates::Scored;
use super::{Context, EXPLORE, Source, blend};
use features::features;

use crate::bandit::arms::Arm;
use crate::bandit::linear::{FEATURES, Features, Posterior, dot};
use crate::bandit::pending::Pending;
use crate::bandit::random::Random;
use crate::profile::ItemState;

/// Candidates drawn for: those that stand lower would need more luck than a draw gives.
const DRAWN: usize = 200;
/// New items drawn for besides, wherever they stand.
const FRESH_DRAWN: usize = 50;
/// No propensity is smaller: it divides.
const LEAST_PROPENSITY: f32 = 1e-3;

/// What is believed of an item's appeal.
enum Belief {
    Arm(Arm),
    Normal { mean: f32, sd: f32 },
}

/// A candidate that was drawn for.
struct Drawn {
    /// Its place among the candidates.
    index: usize,
    belief: Belief,
    value: f32,
    /// How far it is from its impression target: 1 never shown, 0 reached or not new.
    need: f32,
    /// Chance that the fresh-item budget gave it a place.
    granted: f32,
}

/// Draws that propensities are counted over, besides the one that counts: of the linear bandit's weights, or of all items.
const REDRAWS: u32 = 32;

/// Adds a draw from what is believed of each item's appeal (Thompson 1933), and gives new items their chance.
///
/// The best 200 candidates and the best 50 new ones are drawn for, from the request's seed and the item's key. The
/// draws, standardised by what is believed of all of them, count `exploration_strength` spreads each. Without
/// exploration, at strength 0 and with fewer than two candidates nothing is touched.
///
/// A propensity is the chance by which an item is listed, before variety and pins, plus what the fresh-item budget
/// adds. Thompson draws are independent: it is the chance that the item's own draw, the others being what they are,
/// reaches the score of its best rival outside the list (of the last item inside, for one that is not listed), and of a
/// new item that it is among those the budget is for. The items of the linear bandit share one draw: it is the share
/// of 32 further draws, and the one that counts, that list the item, the budget of new items held in each.
pub(super) fn draw(scored: &mut [Scored], context: &Context<'_>) {
    let strength = context.policy.exploration_strength;
    if context.policy.exploration == Exploration::None || strength <= 0.0 || scored.len() < 2 {
        return;
    }
    explore(scored, context, strength, false);
}

/// Keeps what is listed until it is known whether it was opened: for the linear bandit, for the levels of variety, and
/// the one place that is told of where a policy is asked about.
#[inline(never)]
pub(super) fn remember(scored: &[Scored], pending: &mut Pending, context: &Context<'_>) {
    let is_linear = context.policy.exploration == Exploration::LinTs;
    let level = context.drawn.map(|drawn| drawn.level);
    let told = judged::told(scored, context);
    for (place, candidate) in scored.iter().enumerate() {
        let odds = told.filter(|(told, _)| *told == place).map(|(_, odds)| odds);
        if is_linear || level.is_some() || odds.is_some() {
            let features = is_linear.then(|| features(candidate, context));
            pending.list(candidate.key, features, level, odds, context.request.now_ms);
        }
    }
}

/// Adds draws at a strength. Chances are counted where they cannot be worked out, and where `is_counted` says so.
#[inline(never)]
fn explore(scored: &mut [Scored], context: &Context<'_>, strength: f32, is_counted: bool) {
    let (mut drawn, redraws) = draws(scored, context);
    let (mean, sd) = moments(&drawn);
    if sd <= 0.0 {
        return;
    }
    let unit = strength * blend::spread(scored) / sd;
    for one in &drawn {
        blend::add(&mut scored[one.index], EXPLORE, unit * (one.value - mean));
    }
    if scored.len() > context.places() && context.places() > 0 {
        let budget = fresh::Budget::of(&drawn, context);
        let bar = fresh::grant(scored, &mut drawn, &budget, context);
        if !is_counted && redraws.is_empty() {
            weigh(scored, &drawn, bar, context, |amount| mean + amount / unit);
        } else {
            count(scored, &drawn, &redraws, &budget, context, unit);
        }
    }
}

/// Those drawn for, and for a linear bandit the values of further draws, one of each of them a draw.
fn draws(scored: &[Scored], context: &Context<'_>) -> (Vec<Drawn>, Vec<Vec<f32>>) {
    let local: Vec<_> = context.sources().iter().map(|&source| locals(context, source)).collect();
    let chosen = chosen(scored, context);
    let known = |index: usize| local[scored[index].source as usize][scored[index].row];
    let mut redraws = Vec::new();
    let beliefs = if context.policy.exploration == Exploration::LinTs {
        linear(scored, &chosen, context, &mut redraws)
    } else {
        arms(scored, &chosen, context, known)
    };
    let one = |(index, (belief, value))| {
        let need = fresh::need(&scored[index], context, known(index));
        Drawn { index, belief, value, need, granted: 0.0 }
    };
    (chosen.into_iter().zip(beliefs).map(one).collect(), redraws)
}

/// Whom to draw for.
fn chosen(scored: &[Scored], context: &Context<'_>) -> Vec<usize> {
    let seed = context.request.seed;
    let mut chosen = blend::best(scored, DRAWN, seed, &|_| true);
    let is_fresh = |index: usize| fresh::need(&scored[index], context, None) > 0.0;
    for index in blend::best(scored, FRESH_DRAWN, seed, &is_fresh) {
        if !chosen.contains(&index) {
            chosen.push(index);
        }
    }
    chosen
}

/// A click rate of its own for each item.
fn arms<'a>(
    scored: &[Scored],
    chosen: &[usize],
    context: &Context<'_>,
    known: impl Fn(usize) -> Option<&'a ItemState>,
) -> Vec<(Belief, f32)> {
    let popularity = |candidate: &Scored| context.table(candidate.source).popularity(candidate.row);
    let most_popular = scored.iter().map(popularity).fold(1e-6, f32::max);
    let one = |&index: &usize| {
        let candidate = &scored[index];
        let share = (popularity(candidate) / most_popular).clamp(0.0, 1.0);
        let arm = Arm::of(context.table(candidate.source), candidate.row, share, known(index));
        (Belief::Arm(arm), arm.draw(&mut Random::of(context.request.seed, candidate.key.0)))
    };
    chosen.iter().map(one).collect()
}

/// One draw of the weights of all features. What is believed is how an item differs from the mean one: what is
/// common to all moves nobody.
fn linear(
    scored: &[Scored],
    chosen: &[usize],
    context: &Context<'_>,
    redraws: &mut Vec<Vec<f32>>,
) -> Vec<(Belief, f32)> {
    let evidence = context.profile.map_or(&[][..], |profile| &profile.linear);
    let posterior = Posterior::of(&context.pool.extras().linear, evidence);
    let seed = context.request.seed;
    let weights = posterior.draw(seed, 0);
    let mut rows: Vec<Features> = chosen.iter().map(|&index| features(&scored[index], context)).collect();
    for feature in 0..FEATURES {
        let mean = rows.iter().fold(0.0, |sum, row| sum + row[feature]) / rows.len() as f32;
        for row in &mut rows {
            row[feature] -= mean;
        }
    }
    for stream in 1..=REDRAWS {
        let other = posterior.draw(seed, stream);
        redraws.push(rows.iter().map(|row| dot(&other, row)).collect());
    }
    let one = |row: &Features| {
        let (mean, sd) = posterior.reward(row);
        (Belief::Normal { mean, sd }, dot(&weights, row))
    };
    rows.iter().map(one).collect()
}

/// What the profile knows of each row of a table.
fn locals<'a>(context: &Context<'a>, source: Source) -> Vec<Option<&'a ItemState>> {
    let table = context.table(source);
    let mut rows = vec![None; table.rows()];
    for item in context.profile.iter().flat_map(|profile| profile.items()) {
        if let Some(row) = table.row_of(item.key) {
            rows[row] = Some(item);
        }
    }
    rows
}

/// Mean and standard deviation of what is believed: of a draw for one of the items, whichever. Those of the draws
/// themselves would make each draw depend on the others.
fn moments(drawn: &[Drawn]) -> (f32, f32) {
    let count = drawn.len() as f32;
    let each = || drawn.iter().map(|one| one.belief.moments());
    let mean = each().fold(0.0, |sum, (mean, _)| sum + mean) / count;
    let squares = each().fold(0.0, |sum, (own, sd)| sum + sd * sd + (own - mean) * (own - mean));
    (mean, (squares / count).sqrt())
}

/// Writes down the propensities of items drawn for by themselves; `drawn_for` gives the draw that adds an amount to
/// the score.
///
/// New items compete among themselves first: below `bar`, the best score among those that the budget left out, a new
/// item would have lost its luck instead.
fn weigh(
    scored: &mut [Scored],
    drawn: &[Drawn],
    bar: f32,
    context: &Context<'_>,
    drawn_for: impl Fn(f32) -> f32,
) {
    let places = context.places();
    let order = blend::best(scored, places + 1, context.request.seed, &|_| true);
    let (inside, outside) = (scored[order[places - 1]].score, scored[order[places]].score);
    for one in drawn {
        let rival = if order[..places].contains(&one.index) { outside } else { inside };
        let candidate = &mut scored[one.index];
        let bare = candidate.score - candidate.parts[EXPLORE];
        let above = |score: f32| match one.belief {
            Belief::Arm(arm) => arm.chance_above(drawn_for(score - bare)),
            Belief::Normal { .. } => 1.0,
        };
        // Merit alone lists some.
        let bar = if one.need > 0.0 && bare <= rival { bar } else { f32::MIN };
        let chance = above(rival.max(bar));
        candidate.propensity = (chance + (above(bar) - chance) * one.granted).clamp(LEAST_PROPENSITY, 1.0);
    }
}

/// Counts the draws that list an item.
fn count(
    scored: &mut [Scored],
    drawn: &[Drawn],
    redraws: &[Vec<f32>],
    budget: &fresh::Budget,
    context: &Context<'_>,
    unit: f32,
) {
    let bare = |one: &Drawn| scored[one.index].score - scored[one.index].parts[EXPLORE];
    let bare: Vec<f32> = drawn.iter().map(bare).collect();
    let mut hits = vec![0.0f32; drawn.len()];
    let mut tally = |scores: &[f32]| {
        let least = fresh::least_of_best(scores, context.places());
        for (hits, &score) in hits.iter_mut().zip(scores) {
            *hits += if score >= least { 1.0 } else { 0.0 };
        }
    };
    let scores: Vec<f32> = drawn.iter().map(|one| scored[one.index].score).collect();
    tally(&scores);
    let mut random = Random::of(context.request.seed, REDRAWS);
    for stream in 0..REDRAWS {
        let mut scores = bare.clone();
        for ((at, one), score) in drawn.iter().enumerate().zip(&mut scores) {
            *score += unit
                * match one.belief {
                    Belief::Arm(arm) => {
                        let seed = context.request.seed.wrapping_add(stream + 1);
                        arm.draw(&mut Random::of(seed, scored[one.index].key.0))
                    }
                    Belief::Normal { .. } => redraws[stream as usize][at],
                };
        }
        budget.hold(drawn, &bare, &mut scores, &mut random);
        tally(&scores);
    }
    for (one, hits) in drawn.iter().zip(hits) {
        let share = hits / (REDRAWS + 1) as f32;
        scored[one.index].propensity = share.max(LEAST_PROPENSITY);
    }
}

impl Belief {
    /// Mean and standard deviation.
    fn moments(&self) -> (f32, f32) {
        match self {
            Self::Arm(arm) => arm.moments(),
            Self::Normal { mean, sd } => (*mean, *sd),
        }
    }
}

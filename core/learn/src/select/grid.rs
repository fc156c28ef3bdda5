//! Which one or two members of the family suit a site.
//!
//! The search runs on a shorter head, where a solve costs a fraction; the winners are then fitted in full. Every
//! item is a target even so, and λ is carried over in visits, so that what wins on the short head is not what
//! suits bestsellers. A coarse grid finds the decays worth a closer look; from the best of them one dimension at
//! a time is followed as long as it helps; then pairs of the best of each kind.

use super::fit::{Choice, Fitter, Setting};
use super::pairs;
use crate::judge::{Judge, Part, Weighted};
use crate::steps::Steps;
use crate::train::TrainError;
use homebody_protocol::Decay;

/// Entries a candidate's list has while settings are compared.
const GRID_LIST_LENGTH: usize = 50;
const FIRST_ALPHAS: [f32; 2] = [0.0, 0.5];
const ALPHAS: [f32; 6] = [0.0, 0.15, 0.3, 0.5, 0.8, 1.0];
const FIRST_LAMBDA: f32 = 1.0;
/// Factor between neighbouring λ.
const LAMBDA_STEP: f32 = 3.0;
const RATES: [f32; 8] = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0];
const FIRST_RATES: [f32; 4] = [0.5, 0.7, 0.9, 1.0];
const FUTURE_RATES: [f32; 4] = [0.3, 0.5, 0.7, 0.9];
const FIRST_FUTURE_RATE: f32 = 0.5;
/// "No decay" in days, finite because formats refuse infinity.
const NO_DECAY_DAYS: f32 = 1e6;
const HALF_LIVES_DAYS: [f32; 5] = [10.0, 30.0, 90.0, 270.0, NO_DECAY_DAYS];
const FIRST_HALF_LIVES_DAYS: [f32; 3] = [30.0, 90.0, NO_DECAY_DAYS];
const FUTURE_HALF_LIVES_DAYS: [f32; 3] = [30.0, 90.0, NO_DECAY_DAYS];
const FIRST_FUTURE_HALF_LIFE_DAYS: f32 = 90.0;
/// Half-lives of what is summed, as shares of the log's span.
const SPAN_SHARES: [f32; 3] = [0.5, 0.25, 0.12];
/// Kinds that are looked at closer.
const CLIMBED: usize = 3;
/// A step must bring this much.
const MIN_STEP: f32 = 1.002;
/// Rounds over all dimensions.
const ROUNDS: usize = 2;
/// Kinds that pairs are made of, the best alone first: the number of pairs grows with the square.
const PAIRED: usize = 12;

/// A setting with what it was judged to be worth.
struct Tried {
    choice: Choice,
    part: Part,
    ndcg: f32,
}

/// The search: what was tried, and the best of each kind. Others' scores are forgotten: a part is large.
struct Search<'a, 'b> {
    fitter: &'a mut Fitter<'b>,
    judge: &'a Judge<'a>,
    steps: Steps,
    span_days: Option<f32>,
    best: Vec<Tried>,
    /// NDCG@10 of each visitor under each setting tried.
    scores: Vec<(Setting, Vec<f32>)>,
    tick: &'a mut dyn FnMut(u32, u32),
    planned: u32,
}

/// Picks one or two settings, the best alone first. `span_days` is the span of a log with times. `tick` is told
/// after every setting.
pub(super) fn choose(
    fitter: &mut Fitter<'_>,
    judge: &Judge<'_>,
    steps: Steps,
    span_days: Option<f32>,
    tick: &mut dyn FnMut(u32, u32),
) -> Result<Vec<Choice>, TrainError> {
    let first = first_round(steps);
    let planned = first.len() as u32 + CLIMBED as u32 * 12;
    let (best, scores) = (Vec::new(), Vec::new());
    let mut search = Search { fitter, judge, steps, span_days, best, scores, tick, planned };
    for setting in first {
        search.judged(setting)?;
    }
    for setting in search.leaders() {
        search.climb(setting)?;
    }
    (search.tick)(search.planned, search.planned);
    Ok(search.winners())
}

/// Every coarse decay × α at one λ; α = 1 last, so that G is kept.
fn first_round(steps: Steps) -> Vec<Setting> {
    let (decays, future) = match steps {
        Steps::Positions => (FIRST_RATES.map(|rate| Decay::Positions { rate }).to_vec(), future_of(steps)),
        Steps::Baskets => {
            (FIRST_HALF_LIVES_DAYS.map(|half_life| Decay::Days { half_life }).to_vec(), future_of(steps))
        }
        Steps::Unordered => (vec![Decay::Days { half_life: NO_DECAY_DAYS }], future_of(steps)),
    };
    let setting = |decay, alpha| Setting { alpha, lambda: FIRST_LAMBDA, decay, future, half_life_days: None };
    let alphas: &[f32] = if steps == Steps::Unordered { &[] } else { &FIRST_ALPHAS };
    let directed = decays.iter().flat_map(|&decay| alphas.iter().map(move |&alpha| setting(decay, alpha)));
    let undirected = decays.iter().map(|&decay| setting(decay, 1.0));
    directed.chain(undirected).collect()
}

fn future_of(steps: Steps) -> Decay {
    match steps {
        Steps::Positions => Decay::Positions { rate: FIRST_FUTURE_RATE },
        _ => Decay::Days { half_life: FIRST_FUTURE_HALF_LIFE_DAYS },
    }
}

impl Search<'_, '_> {
    /// What a setting is worth; each is tried once.
    fn judged(&mut self, setting: Setting) -> Result<f32, TrainError> {
        if let Some((_, each)) = self.scores.iter().find(|(known, _)| *known == setting) {
            return Ok(mean(each));
        }
        let choice = self.fitter.choice(setting);
        let lists = self.fitter.lists(&choice, GRID_LIST_LENGTH)?;
        let part = self.judge.part(&setting.list_set(lists))?;
        let alone = [Weighted { part: &part, weight: 1.0 }];
        let each: Vec<f32> = self.judge.blend(&alone, 0.0).iter().map(|metrics| metrics.ndcg).collect();
        let ndcg = mean(&each);
        self.scores.push((setting, each));
        (self.tick)((self.scores.len() as u32).min(self.planned), self.planned);
        let kind = |setting: &Setting| (setting.decay, setting.directed());
        let tried = Tried { choice, part, ndcg };
        match self.best.iter_mut().find(|known| kind(&known.choice.setting) == kind(&setting)) {
            Some(known) if known.ndcg < ndcg => *known = tried,
            Some(_) => {}
            None => self.best.push(tried),
        }
        Ok(ndcg)
    }

    /// The kinds worth a closer look, the best first.
    fn leaders(&mut self) -> Vec<Setting> {
        self.best.sort_by(|left, right| right.ndcg.total_cmp(&left.ndcg));
        self.best.iter().take(CLIMBED).map(|tried| tried.choice.setting).collect()
    }

    /// Follows one dimension at a time from `start` as long as that helps.
    fn climb(&mut self, start: Setting) -> Result<(), TrainError> {
        let mut at = start;
        let mut bar = self.judged(at)?;
        for _ in 0..ROUNDS {
            let before = at;
            for dimension in [lambdas, alphas, futures, decays] {
                for steps in dimension(&at, self.steps) {
                    self.follow(&steps, &mut at, &mut bar)?;
                }
            }
            let spans = self.spans(&at);
            self.follow(&spans, &mut at, &mut bar)?;
            if at == before {
                break;
            }
        }
        Ok(())
    }

    /// Walks along neighbours until one no longer helps.
    fn follow(&mut self, way: &[Setting], at: &mut Setting, bar: &mut f32) -> Result<(), TrainError> {
        for &setting in way {
            let ndcg = self.judged(setting)?;
            if ndcg <= *bar * MIN_STEP {
                break;
            }
            (*at, *bar) = (setting, ndcg);
        }
        Ok(())
    }

    /// Ever shorter half-lives of what is summed.
    fn spans(&self, at: &Setting) -> Vec<Setting> {
        let Some(span) = self.span_days else { return Vec::new() };
        let shorter = SPAN_SHARES.map(|share| share * span).into_iter();
        let shorter = shorter.filter(|days| at.half_life_days.is_none_or(|known| *days < known));
        shorter.map(|days| Setting { half_life_days: Some(days), ..*at }).collect()
    }

    /// The best pair, or the best one where it is better beyond luck.
    fn winners(mut self) -> Vec<Choice> {
        self.best.sort_by(|left, right| right.ndcg.total_cmp(&left.ndcg));
        self.best.truncate(PAIRED);
        let Some(single) = self.best.first() else { return Vec::new() };
        let (mut choices, mut judged) = (Vec::new(), Vec::new());
        for (index, first) in self.best.iter().enumerate() {
            let others = self.best[index + 1..].iter();
            for second in others.filter(|other| other.choice.setting.decay != first.choice.setting.decay) {
                choices.push(vec![first.choice, second.choice]);
                judged.push(pairs::judged(self.judge, &first.part, &second.part));
            }
        }
        let judged: Vec<&[f32]> = judged.iter().map(Vec::as_slice).collect();
        let singles: Vec<&[f32]> = self.scores.iter().map(|(_, each)| each.as_slice()).collect();
        match pairs::best(&judged, |_| true) {
            Some((best, _)) if !pairs::are_worse(&judged, &singles) => choices.swap_remove(best),
            _ => vec![single.choice],
        }
    }
}

/// Mean of a number of each visitor; 0 without any.
pub(super) fn mean(each: &[f32]) -> f32 {
    each.iter().sum::<f32>() / each.len().max(1) as f32
}

/// Neighbours of a setting in both directions of a dimension, nearest first.
fn both_ways<T: Copy>(values: &[T], at: usize, with: impl Fn(T) -> Setting) -> Vec<Vec<Setting>> {
    let up = values.iter().skip(at + 1).map(|&value| with(value)).collect();
    let down = values.iter().take(at).rev().map(|&value| with(value)).collect();
    vec![up, down]
}

fn lambdas(at: &Setting, _: Steps) -> Vec<Vec<Setting>> {
    let scaled = |factor: f32| Setting { lambda: at.lambda * factor, ..*at };
    let way = |step: f32| vec![scaled(step), scaled(step * step), scaled(step * step * step)];
    vec![way(LAMBDA_STEP), way(1.0 / LAMBDA_STEP)]
}

fn alphas(at: &Setting, steps: Steps) -> Vec<Vec<Setting>> {
    let place = ALPHAS.iter().position(|alpha| *alpha == at.alpha);
    let Some(place) = place.filter(|_| steps != Steps::Unordered) else { return Vec::new() };
    both_ways(&ALPHAS, place, |alpha| Setting { alpha, ..*at })
}

fn decays(at: &Setting, steps: Steps) -> Vec<Vec<Setting>> {
    let values = match steps {
        Steps::Positions => RATES.map(|rate| Decay::Positions { rate }).to_vec(),
        Steps::Baskets => HALF_LIVES_DAYS.map(|half_life| Decay::Days { half_life }).to_vec(),
        Steps::Unordered => Vec::new(),
    };
    let Some(place) = values.iter().position(|decay| *decay == at.decay) else { return Vec::new() };
    both_ways(&values, place, |decay| Setting { decay, ..*at })
}

fn futures(at: &Setting, steps: Steps) -> Vec<Vec<Setting>> {
    let values = match steps {
        Steps::Positions => FUTURE_RATES.map(|rate| Decay::Positions { rate }).to_vec(),
        Steps::Baskets => FUTURE_HALF_LIVES_DAYS.map(|half_life| Decay::Days { half_life }).to_vec(),
        Steps::Unordered => Vec::new(),
    };
    let place = values.iter().position(|future| *future == at.future);
    let Some(place) = place.filter(|_| at.directed()) else { return Vec::new() };
    both_ways(&values, place, |future| Setting { future, ..*at })
}

//! Which one or two members of the family suit a site.
//!
//! The search runs on a shorter head, where a solve costs a fraction; the winners are then fitted in full. It
//! halves: every decay × α at one λ, other λ for the best α of each decay, then pairs of the best of each kind.

use super::fit::{Fitter, Setting};
use crate::judge::{Judge, Part, Weighted};
use crate::metrics::mean;
use crate::seqlin::SeqLin;
use crate::steps::Steps;
use crate::train::TrainError;
use homebody_protocol::Decay;

/// Entries a candidate's list has while settings are compared.
const GRID_LIST_LENGTH: usize = 50;
const ALPHAS: [f32; 4] = [0.0, 0.3, 0.5, 0.8];
const FIRST_LAMBDA: f32 = 3.0;
const OTHER_LAMBDAS: [f32; 2] = [1.0, 10.0];
/// Weights a pair is judged at; see [`robust_ndcg`].
const PAIR_WEIGHTS: [[f32; 2]; 3] = [[1.0, 0.5], [1.0, 1.0], [0.5, 1.0]];
/// "No decay" in days, finite because formats refuse infinity.
const NO_DECAY_DAYS: f32 = 1e6;

/// A setting with what it was judged to be worth.
struct Tried {
    setting: Setting,
    part: Part,
    ndcg: f32,
}

/// Picks one or two settings, the best alone first. `tick` is told after every setting.
pub(super) fn choose(
    fitter: &mut Fitter<'_>,
    judge: &Judge<'_>,
    steps: Steps,
    tick: &mut dyn FnMut(u32, u32),
) -> Result<Vec<Setting>, TrainError> {
    let first = first_round(steps);
    let total = (first.len() + decays(steps).len() * OTHER_LAMBDAS.len()) as u32;
    let mut kept = Kept::default();
    let mut done = 0;
    let mut run = |kept: &mut Kept, settings: &[Setting]| -> Result<(), TrainError> {
        for setting in settings {
            let lists = fitter.lists(setting, GRID_LIST_LENGTH)?;
            let part = judge.part(&setting.list_set(lists))?;
            kept.offer(Tried { setting: *setting, ndcg: judge.ndcg(&part), part });
            done += 1;
            tick(done, total);
        }
        Ok(())
    };
    run(&mut kept, &first)?;
    let second = second_round(&kept.scores, steps);
    run(&mut kept, &second)?;
    Ok(kept.winners(judge))
}

/// Decays a history may have.
fn decays(steps: Steps) -> Vec<Decay> {
    match steps {
        Steps::Positions => [0.6, 0.8, 0.97, 1.0].map(|rate| Decay::Positions { rate }).to_vec(),
        Steps::Baskets => [30.0, 90.0, NO_DECAY_DAYS].map(|half_life| Decay::Days { half_life }).to_vec(),
    }
}

/// Every decay × α at one λ, α = 1 last so that A and C are summed once a decay.
fn first_round(steps: Steps) -> Vec<Setting> {
    let model = |alpha| SeqLin { alpha, lambda: FIRST_LAMBDA };
    let directed = decays(steps)
        .into_iter()
        .flat_map(|decay| ALPHAS.map(|alpha| Setting { model: model(alpha), decay }));
    let undirected = decays(steps).into_iter().map(|decay| Setting { model: model(1.0), decay });
    directed.chain(undirected).collect()
}

/// The other λ for the best α of each decay.
fn second_round(scores: &[(Setting, f32)], steps: Steps) -> Vec<Setting> {
    let best = |decay: Decay| {
        let of_decay = scores.iter().filter(move |(setting, _)| setting.decay == decay);
        of_decay.max_by(|left, right| left.1.total_cmp(&right.1)).map(|(setting, _)| *setting)
    };
    let refined = |setting: Setting| {
        OTHER_LAMBDAS.map(|lambda| Setting { model: SeqLin { lambda, ..setting.model }, ..setting })
    };
    decays(steps).into_iter().filter_map(best).flat_map(refined).collect()
}

/// The best setting of each kind; a kind is a decay, directed or not. Others' scores are forgotten: a part is
/// as large as visitors × rows.
#[derive(Default)]
struct Kept {
    best: Vec<Tried>,
    scores: Vec<(Setting, f32)>,
}

impl Kept {
    fn offer(&mut self, tried: Tried) {
        self.scores.push((tried.setting, tried.ndcg));
        let kind = |setting: &Setting| (setting.decay, setting.directed());
        match self.best.iter_mut().find(|known| kind(&known.setting) == kind(&tried.setting)) {
            Some(known) if known.ndcg < tried.ndcg => *known = tried,
            Some(_) => {}
            None => self.best.push(tried),
        }
    }

    fn winners(mut self, judge: &Judge<'_>) -> Vec<Setting> {
        self.best.sort_by(|left, right| right.ndcg.total_cmp(&left.ndcg));
        let Some(single) = self.best.first() else { return Vec::new() };
        let mut bar = single.ndcg;
        let mut winners = vec![single.setting];
        for (index, first) in self.best.iter().enumerate() {
            for second in &self.best[index + 1..] {
                if first.setting.decay == second.setting.decay {
                    continue;
                }
                let ndcg = robust_ndcg(judge, &first.part, &second.part);
                if ndcg > bar {
                    bar = ndcg;
                    winners = vec![first.setting, second.setting];
                }
            }
        }
        winners
    }
}

/// Mean NDCG@10 over several weights. A pair that needs one exact weight owes it to these visitors, and of many
/// near-equal pairs the plain maximum takes the luckiest. A mean that beats the best single one
/// is worth a second set of lists.
fn robust_ndcg(judge: &Judge<'_>, first: &Part, second: &Part) -> f32 {
    let at = |[left, right]: [f32; 2]| {
        let parts = [Weighted { part: first, weight: left }, Weighted { part: second, weight: right }];
        mean(&judge.blend(&parts, 0.0)).ndcg
    };
    PAIR_WEIGHTS.into_iter().map(at).sum::<f32>() / PAIR_WEIGHTS.len() as f32
}

//! Decisions of the real exploration, told as off-policy sums: what a task would carry that asks what another policy
//! earns.

use anyhow::Result;
use homebody_device::RankRequest;
use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::from_sums::Released;
use homebody_learn::from_sums::off_policy::Weights;
use homebody_protocol::{Exploration, Policy};

use super::Shop;
use super::bandit::{Game, NOW_MS};

/// Visitors that are each shown one item, drawn by Thompson sampling, and say so once.
#[derive(Clone, Copy, Debug)]
pub struct Logged {
    /// Number of items.
    pub items: usize,
    /// Visitors, each with one decision.
    pub visitors: u32,
    /// Impressions of each item that the server learned from before; 0 = no prior. The more, the fewer items are ever
    /// shown.
    pub prior_impressions: u32,
    /// The policy that is asked about shows the item that is clicked most in this share of its decisions, else any
    /// item alike.
    pub best_share: f64,
    /// Standard deviation of the noise of each cell.
    pub sigma: f64,
    /// The same seed gives the same visitors and the same clicks.
    pub seed: u64,
}

/// Clicks a decision, in expectation.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// Of the policy that is asked about.
    pub judged: f64,
}

impl Logged {
    /// How weights become cells here.
    pub const WEIGHTS: Weights = Weights { most: 32.0, levels: 16 };

    /// Plays it; the sums, and what the other policy truly earns.
    ///
    /// # Errors
    /// When the pool cannot be encoded.
    pub fn play(&self) -> Result<(Released, Truth)> {
        let Self { items, prior_impressions, seed, .. } = *self;
        let game = Game { items, places: 1, rounds: 0, by_price: false, prior_impressions, seed };
        let mut shop = Shop::new(items, 4, seed).without_scores();
        let chances = game.chances(&shop);
        game.tell_priors(&mut shop, &chances);
        let judged = self.judged(&chances);
        let device = shop.device(NOW_MS)?;
        let policy = Policy {
            exploration: Exploration::Thompson,
            exploration_strength: 1.0,
            diversity: 1.0,
            ..Policy::default()
        };
        let (mut rng, mut cells) = (SplitMix64(seed ^ 0x0ff), vec![0.0; Self::WEIGHTS.cells()]);
        for visitor in 0..self.visitors {
            let request = RankRequest {
                policy: Some(policy),
                seed: (seed as u32).wrapping_mul(1_000_003).wrapping_add(visitor),
                limit: 1,
                now_ms: NOW_MS,
                ..RankRequest::default()
            };
            let (is_opened, draw) = (rng.unit(), rng.unit());
            for shown in device.rank(&request) {
                let weight = judged[shown.row] / f64::from(shown.propensity);
                cells[Self::WEIGHTS.cell(weight, is_opened < chances[shown.row], draw)] += 1.0;
            }
        }
        cells.iter_mut().for_each(|cell| *cell += self.sigma * normal(&mut rng));
        let truth = judged.iter().zip(&chances).map(|(share, chance)| share * chance).sum();
        let variance = self.sigma * self.sigma;
        Ok((Released { reports: f64::from(self.visitors), cells, variance }, Truth { judged: truth }))
    }

    /// Chance of each item with the policy that is asked about.
    fn judged(&self, chances: &[f64]) -> Vec<f64> {
        let best = chances.iter().copied().fold(0.0, f64::max);
        let any = (1.0 - self.best_share) / chances.len() as f64;
        chances.iter().map(|&chance| any + if chance == best { self.best_share } else { 0.0 }).collect()
    }
}

/// About normal: the sum of twelve uniforms.
fn normal(rng: &mut SplitMix64) -> f64 {
    (0..12).map(|_| rng.unit()).sum::<f64>() - 6.0
}

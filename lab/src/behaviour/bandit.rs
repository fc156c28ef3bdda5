//! Regret: what a list loses against the one that somebody who knows the visitor would show.

use anyhow::Result;
use homebody_device::{Interaction, RankRequest};
use homebody_learn::HistoryRow;
use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::extras::{Columns, linear};
use homebody_learn::journeys::{JourneyBuilder, Journeys};
use homebody_learn::moment::Shelf;
use homebody_protocol::models::ArmPriors;
use homebody_protocol::{Exploration, Kind, Policy};

use super::Shop;

/// Who chooses what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chooser {
    /// The device.
    Device(Exploration),
    /// The highest click rate so far, and a random item every tenth time.
    EpsilonGreedy,
    /// At random.
    Random,
}

/// A game of repeated lists with one visitor.
#[derive(Clone, Copy, Debug)]
pub struct Game {
    /// Number of items.
    pub items: usize,
    /// Places of a list.
    pub places: usize,
    /// Lists.
    pub rounds: u32,
    /// Whether the chance of a click follows the price, so that items say something about one another.
    pub by_price: bool,
    /// Impressions of each item that the server learned from before; 0 = no prior.
    pub prior_impressions: u32,
    /// The same seed gives the same visitor and the same clicks.
    pub seed: u64,
}

impl Game {
    /// Plays it; clicks lost, in expectation, over all rounds.
    ///
    /// # Errors
    /// When the pool cannot be encoded.
    pub fn regret(&self, chooser: Chooser) -> Result<f64> {
        let mut shop = Shop::new(self.items, 4, self.seed).without_scores();
        let chances = self.chances(&shop);
        self.tell_priors(&mut shop, &chances);
        let mut best = chances.clone();
        best.sort_by(|a, b| b.total_cmp(a));
        let best: f64 = best.iter().take(self.places).sum();
        let mut table = Table::new(self.items, self.seed);
        let mut device = shop.device(NOW_MS)?;
        let mut clicks = SplitMix64(self.seed ^ 0x5eed);
        let mut regret = 0.0;
        for round in 0..self.rounds {
            let list = match chooser {
                Chooser::Device(exploration) => {
                    let policy = Policy {
                        exploration,
                        exploration_strength: 1.0,
                        diversity: 1.0,
                        ..Policy::default()
                    };
                    let (policy, seed, limit, now_ms) = (Some(policy), round, self.places, NOW_MS);
                    let request = RankRequest { policy, seed, limit, now_ms, ..RankRequest::default() };
                    device.rank(&request).iter().map(|ranked| ranked.row).collect()
                }
                Chooser::EpsilonGreedy => table.list(self.places, 0.1),
                Chooser::Random => table.list(self.places, 1.0),
            };
            regret += best - list.iter().map(|&item| chances[item]).sum::<f64>();
            for item in list {
                let opened = clicks.unit() < chances[item];
                table.book(item, opened);
                let id = Shop::id(item);
                device.record(&Interaction::new(Kind::Impression, &id), NOW_MS);
                if opened {
                    device.record(&Interaction::new(Kind::Click, &id), NOW_MS);
                }
            }
        }
        Ok(regret)
    }

    /// Chance of a click on each item.
    pub(super) fn chances(&self, shop: &Shop) -> Vec<f64> {
        let mut rng = SplitMix64(self.seed ^ 0xc1c);
        let by_price = |price: f32| 0.45 * (1.0 - level(price)).max(0.0);
        let chance = |row: &homebody_protocol::table::Row| {
            let draw = rng.unit();
            if self.by_price { by_price(row.price.unwrap_or(0.0)) } else { 0.4 * draw * draw * draw }
        };
        shop.pool.rows.iter().map(chance).collect()
    }

    /// What the server learned from others whose taste is much like this visitor's.
    pub(super) fn tell_priors(&self, shop: &mut Shop, chances: &[f64]) {
        if self.prior_impressions == 0 {
            return;
        }
        let mut rng = SplitMix64(self.seed ^ 0x9e1);
        let mut arms = Vec::new();
        for &chance in chances {
            let clicks = (0..self.prior_impressions).filter(|_| rng.unit() < chance).count() as f32;
            arms.push((clicks + 0.5, self.prior_impressions as f32 - clicks + 9.5));
        }
        shop.pool.extras.arms = ArmPriors(arms);
        let prices = shop.pool.rows.iter().map(|row| row.price).collect();
        let shelf = Shelf::new(prices, vec![None; chances.len()]);
        shop.pool.extras.linear = linear(&self.log_of_others(chances), &shelf, Columns::default());
    }

    /// A visitor an item, who is shown nothing else.
    fn log_of_others(&self, chances: &[f64]) -> Journeys {
        let mut rng = SplitMix64(self.seed ^ 0x0147);
        let mut log = JourneyBuilder::default();
        for (item, &chance) in (0u32..).zip(chances) {
            for turn in 0..i64::from(self.prior_impressions) {
                let (visitor, at) = (u64::from(item), NOW_MS as i64 / 1_000 - 60 * turn);
                let mut book =
                    |kind| log.push(HistoryRow { visitor, item, kind, value: 1.0, at, basket: None });
                book(Kind::Impression);
                if rng.unit() < chance {
                    book(Kind::Click);
                }
            }
        }
        log.finish()
    }
}

pub(super) const NOW_MS: u64 = 1_763_900_000_000;

/// The price on a scale of 0 to 1: `log₂` over the range of the shop's prices.
fn level(price: f32) -> f64 {
    f64::from(price).log2() / 10.0
}

/// What ε-greedy remembers.
struct Table {
    clicks: Vec<f64>,
    shown: Vec<f64>,
    rng: SplitMix64,
}

impl Table {
    fn new(items: usize, seed: u64) -> Self {
        Self { clicks: vec![0.0; items], shown: vec![0.0; items], rng: SplitMix64(seed ^ 0xe95) }
    }

    fn list(&mut self, places: usize, epsilon: f64) -> Vec<usize> {
        let items = self.clicks.len();
        let mut list: Vec<usize> = Vec::new();
        while list.len() < places.min(items) {
            let item = if self.rng.unit() < epsilon { self.rng.below(items) } else { self.best(&list) };
            if !list.contains(&item) {
                list.push(item);
            }
        }
        list
    }

    /// The highest rate, smoothed; equals by chance.
    fn best(&mut self, taken: &[usize]) -> usize {
        let turn = self.rng.below(self.clicks.len());
        let rate = |item: &usize| (self.clicks[*item] + 0.5) / (self.shown[*item] + 10.0);
        let others = (0..self.clicks.len()).map(|item| (item + turn) % self.clicks.len());
        others.filter(|item| !taken.contains(item)).max_by(|a, b| rate(a).total_cmp(&rate(b))).unwrap_or(0)
    }

    fn book(&mut self, item: usize, opened: bool) {
        self.shown[item] += 1.0;
        self.clicks[item] += f64::from(u8::from(opened));
    }
}

//! One visitor: a taste, a device, and visits.

use anyhow::Result;
use homebody_device::{Device, Interaction, RankRequest};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::{Kind, Policy};

use super::Shop;

/// Milliseconds between two visits: a day.
const PAUSE_MS: u64 = 86_400_000;
/// When lives begin.
const BIRTH_MS: u64 = 1_763_900_000_000;

/// A visitor of a shop.
#[derive(Debug)]
pub struct Life {
    /// What ranks for the visitor.
    pub device: Device,
    /// Chance of opening an item of each category when it is seen.
    pub taste: Vec<f64>,
    /// The present.
    pub now_ms: u64,
    rng: SplitMix64,
    /// Of the first list; each visit has another, and so has each life.
    seed: u32,
    visits: u32,
}

/// One list that was looked at from top to bottom.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The items shown, by their place in the shop.
    pub shown: Vec<usize>,
    /// Those opened.
    pub opened: Vec<usize>,
}

impl Life {
    /// A life of the given taste.
    ///
    /// # Errors
    /// When the shop's pool cannot be encoded.
    pub fn new(shop: &Shop, taste: Vec<f64>, seed: u64) -> Result<Self> {
        let device = shop.device(BIRTH_MS)?;
        Ok(Self {
            device,
            taste,
            now_ms: BIRTH_MS,
            rng: SplitMix64(seed),
            seed: (seed as u32).wrapping_mul(1_000),
            visits: 0,
        })
    }

    /// The list of this moment, by places in the shop; no trace is left.
    pub fn list(&self, policy: Policy, limit: usize) -> Vec<usize> {
        let (policy, seed, now_ms) = (Some(policy), self.seed.wrapping_add(self.visits), self.now_ms);
        let request = RankRequest { policy, seed, limit, now_ms, ..RankRequest::default() };
        self.device.rank(&request).iter().map(|ranked| ranked.row).collect()
    }

    /// A day later: looks at a list and opens what pleases.
    pub fn visit(&mut self, policy: Policy, limit: usize) -> Visit {
        self.now_ms += PAUSE_MS;
        self.visits += 1;
        let shown = self.list(policy, limit);
        let mut opened = Vec::new();
        for &item in &shown {
            self.act(Kind::Impression, item);
            let chance = self.taste[item % self.taste.len()];
            if self.rng.unit() < chance {
                self.act(Kind::Click, item);
                opened.push(item);
            }
        }
        Visit { shown, opened }
    }

    /// Does something with an item, now.
    pub fn act(&mut self, kind: Kind, item: usize) {
        self.device.record(&Interaction::new(kind, &Shop::id(item)), self.now_ms);
    }

    /// How well a list meets the taste: discounted gain over that of the best possible list (NDCG), 0–1.
    pub fn ndcg(&self, list: &[usize]) -> f64 {
        let best = self.taste.iter().copied().fold(0.0, f64::max);
        let discount = |place: usize| 1.0 / (place as f64 + 2.0).log2();
        let gain = |(place, item): (usize, &usize)| self.taste[item % self.taste.len()] * discount(place);
        let ideal: f64 = (0..list.len()).map(discount).sum::<f64>() * best;
        if ideal > 0.0 { list.iter().enumerate().map(gain).sum::<f64>() / ideal } else { 0.0 }
    }
}

impl Visit {
    /// Entropy of the categories of several lists over the largest possible, 0–1.
    pub fn entropy(visits: &[Self], categories: usize) -> f64 {
        let mut counts = vec![0.0f64; categories];
        for item in visits.iter().flat_map(|visit| &visit.shown) {
            counts[item % categories] += 1.0;
        }
        let total: f64 = counts.iter().sum();
        let shares = counts.iter().map(|count| count / total).filter(|share| *share > 0.0);
        shares.map(|share| share * -share.ln()).fold(0.0, |sum, one| sum + one) / (categories as f64).ln()
    }
}

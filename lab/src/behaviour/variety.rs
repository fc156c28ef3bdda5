//! Visitors who like their lists focused, and visitors who like them varied: what is right for the one is wrong for the
//! other, so that no fixed λ suits both.

use anyhow::Result;
use homebody_device::{Interaction, RankRequest};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::models::DiversityBounds;
use homebody_protocol::{Kind, Policy};

use super::Shop;

/// How a visitor reads a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liking {
    /// Wants the one category and nothing else.
    Focused,
    /// Opens something of a category once, and has seen enough of it.
    Varied,
}

/// How varied lists are.
#[derive(Clone, Copy, Debug)]
pub enum Lambda {
    /// As a placement says.
    Fixed(f32),
    /// As the device chooses between bounds.
    Chosen(DiversityBounds),
}

/// A visitor who comes again and again.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// How the visitor reads.
    pub liking: Liking,
    /// Lists looked at.
    pub lists: u32,
    /// Places of a list.
    pub places: usize,
    /// The same seed gives the same visitor and the same clicks.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Expected openings of all lists.
    pub pleasure: f64,
    /// Distinct categories of each list.
    pub categories: Vec<usize>,
    /// Whether each list was one that a λ of the given grid gives.
    pub is_of_grid: Vec<bool>,
}

impl Visitor {
    /// Lets the visitor read; every list is compared with those of each λ of `grid`.
    ///
    /// # Errors
    /// When the pool cannot be encoded.
    pub fn read(&self, shop: &Shop, lambda: Lambda, grid: &[f32]) -> Result<Reading> {
        let mut shop = shop.clone();
        match lambda {
            Lambda::Fixed(diversity) => shop.pool.extras.policy.diversity = diversity,
            Lambda::Chosen(bounds) => shop.pool.extras.diversity_bounds = bounds,
        }
        let mut device = shop.device(NOW_MS)?;
        let mut clicks = SplitMix64(self.seed ^ 0x11e5);
        let favourite = self.seed as usize % shop.categories;
        // What the ranking is about: a taste for one category, known from before.
        for item in (0..3).map(|turn| favourite + turn * shop.categories) {
            device.record(&Interaction::new(Kind::Click, &Shop::id(item)), NOW_MS);
        }
        let mut reading = Reading::default();
        for seed in 0..self.lists {
            let seed = seed.wrapping_add((self.seed as u32) << 12);
            let ask = |diversity: Option<f32>| {
                let policy = diversity.map(|diversity| Policy { diversity, ..Policy::default() });
                let (limit, now_ms) = (self.places, NOW_MS);
                let request = RankRequest { policy, seed, limit, now_ms, ..RankRequest::default() };
                device.rank(&request).iter().map(|ranked| ranked.row).collect::<Vec<usize>>()
            };
            let shown = ask(None);
            reading.is_of_grid.push(grid.iter().any(|&lambda| ask(Some(lambda)) == shown));
            let mut seen = vec![0; shop.categories];
            for item in shown {
                let category = item % shop.categories;
                let chance = self.chance(category == favourite, seen[category]);
                seen[category] += 1;
                reading.pleasure += chance;
                device.record(&Interaction::new(Kind::Impression, &Shop::id(item)), NOW_MS);
                if clicks.unit() < chance {
                    device.record(&Interaction::new(Kind::View, &Shop::id(item)), NOW_MS);
                }
            }
            reading.categories.push(seen.iter().filter(|&&count| count > 0).count());
        }
        Ok(reading)
    }

    /// Chance that an item is opened, of whose category so many stand before it.
    fn chance(&self, is_favourite: bool, before: usize) -> f64 {
        match self.liking {
            Liking::Focused if is_favourite => 0.3,
            Liking::Focused => 0.03,
            Liking::Varied if before == 0 => 0.3,
            Liking::Varied => 0.03,
        }
    }
}

const NOW_MS: u64 = 1_763_900_000_000;

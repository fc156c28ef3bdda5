//! Decisions of the real exploration, told as off-policy sums by devices as a task asks for them: what another strength of
//! exploration would earn, and what it does earn.

use anyhow::Result;
use homebody_device::contribute::{Facts, measure};
use homebody_device::{Consent, Device, Interaction, Profile, Purpose, RankRequest};
use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::from_sums::Released;
use homebody_protocol::mechanism::Secret;
use homebody_protocol::models::Judged;
use homebody_protocol::task::{Bound, FORMAT, Measurement, Mode, Noise, Task, TaskPurpose, Weights};
use homebody_protocol::{Exploration, Kind, Policy};

use super::Shop;
use super::bandit::{Game, NOW_MS};

const HOUR_MS: u64 = 3_600_000;

/// Visitors that are each shown one list, ordered by popularity and by what exploration draws.
#[derive(Clone, Copy, Debug)]
pub struct Logged {
    /// Number of items.
    pub items: usize,
    /// Places of a list.
    pub places: usize,
    /// Visitors, each with one list and one report.
    pub visitors: u32,
    /// Who draws.
    pub exploration: Exploration,
    /// Impressions of each item that the server learned from before; 0 = no prior.
    pub prior_impressions: u32,
    /// Strength of the lists that are shown.
    pub strength: f32,
    /// Strength that is asked about.
    pub judged: f32,
    /// Standard deviation of the noise of each cell.
    pub sigma: f64,
    /// The same seed gives the same visitors and the same clicks.
    pub seed: u64,
}

/// What devices said, and how it is.
#[derive(Clone, Debug)]
pub struct Played {
    /// The task they answered.
    pub task: Task,
    /// Its sums.
    pub sums: Released,
    /// Clicks a place that lists of the other strength earn, in expectation.
    pub truth: f64,
    /// The same of the lists that were shown.
    pub shown: f64,
}

impl Logged {
    /// Plays it.
    ///
    /// # Errors
    /// When the pool cannot be encoded.
    pub fn play(&self) -> Result<Played> {
        let Self { items, places, prior_impressions, seed, .. } = *self;
        let game = Game { items, places, rounds: 0, by_price: false, prior_impressions, seed };
        let mut shop = Shop::new(items, 4, seed);
        shop.pool.list_sets.clear();
        shop.pool.blend.features.truncate(1);
        let chances = game.chances(&shop);
        game.tell_priors(&mut shop, &chances);
        shop.pool.extras.judged = Judged { exploration_strength: self.judged };
        let earned = |strength| self.earned(&mut shop.clone(), &chances, strength);
        let (shown, truth) = (earned(self.strength)?, earned(self.judged)?);
        let task = self.task();
        shop.pool.extras.policy = self.policy(self.strength);
        let mut device = shop.device(NOW_MS)?;
        let (mut rng, mut cells) = (SplitMix64(seed ^ 0x0ff), vec![0.0; task.length as usize]);
        for visitor in 0..self.visitors {
            self.visit(&mut device, &chances, visitor, &mut rng);
            let said = tell(&mut device, &task, visitor);
            cells.iter_mut().zip(said).for_each(|(cell, one)| *cell += f64::from(one));
        }
        cells.iter_mut().for_each(|cell| *cell += self.sigma * normal(&mut rng));
        let (reports, variance) = (f64::from(self.visitors), self.sigma * self.sigma);
        Ok(Played { task, sums: Released { reports, cells, variance }, truth, shown })
    }

    /// Somebody new looks at a list and opens what they like.
    fn visit(&self, device: &mut Device, chances: &[f64], visitor: u32, rng: &mut SplitMix64) {
        device.set_consent(Consent::none());
        device.set_consent(Consent::none().granted(Purpose::Personalize));
        device.record(&Interaction::new(Kind::Search, ""), NOW_MS);
        for shown in device.rank(&self.request(visitor)) {
            let id = Shop::id(shown.row);
            device.record(&Interaction::new(Kind::Impression, &id), NOW_MS);
            if rng.unit() < chances[shown.row] {
                device.record(&Interaction::new(Kind::Click, &id), NOW_MS);
            }
        }
    }

    /// Clicks a place of lists of a strength.
    fn earned(&self, shop: &mut Shop, chances: &[f64], strength: f32) -> Result<f64> {
        const LISTS: u32 = 4_000;
        shop.pool.extras.policy = self.policy(strength);
        let device = shop.device(NOW_MS)?;
        let list = |visitor| device.rank(&self.request(visitor ^ 0x8000_0000));
        let clicks: f64 = (0..LISTS).flat_map(list).map(|shown| chances[shown.row]).sum();
        Ok(clicks / (f64::from(LISTS) * self.places as f64))
    }

    fn request(&self, visitor: u32) -> RankRequest<'static> {
        let seed = (self.seed as u32).wrapping_mul(1_000_003).wrapping_add(visitor);
        RankRequest { seed, limit: self.places, now_ms: NOW_MS, ..RankRequest::default() }
    }

    fn policy(&self, exploration_strength: f32) -> Policy {
        Policy { exploration: self.exploration, exploration_strength, diversity: 1.0, ..Policy::default() }
    }

    fn task(&self) -> Task {
        let weights = Weights { most: 8.0, levels: 16 };
        let mut task = Task {
            format: FORMAT,
            site: "lab.example".to_owned(),
            name: "off-policy".to_owned(),
            description: String::new(),
            purpose: TaskPurpose::Measure,
            measurement: Measurement::OffPolicy { strength: self.judged, weights },
            length: 0,
            bound: Bound::OneHot,
            mode: Mode::Trusted { noise: Noise::Gaussian { milli_sigma: 10_000 } },
            micro_rho: 0,
            window_s: 604_800,
            time_precision_s: 3_600,
            min_batch_size: 100,
            starts_at: 0,
            ends_at: 604_800,
        };
        task.length = task.measurement.length(&task.bound);
        task.micro_rho = task.least_micro_rho();
        task
    }
}

/// What a device says some hours after the visit.
fn tell(device: &mut Device, task: &Task, visitor: u32) -> Vec<u32> {
    let profile = device.snapshot().and_then(|bytes| Profile::decode(&bytes).ok());
    let mut secret = [7; 32];
    secret[..4].copy_from_slice(&visitor.to_le_bytes());
    let measured = profile.map(|profile| {
        let facts = Facts::new(&profile, NOW_MS + 3 * HOUR_MS);
        measure(task, &task.id(), &facts, &Secret::new(secret), 0).vector
    });
    measured.unwrap_or_else(|| task.default_report())
}

/// About normal: the sum of twelve uniforms.
fn normal(rng: &mut SplitMix64) -> f64 {
    (0..12).map(|_| rng.unit()).sum::<f64>() - 6.0
}

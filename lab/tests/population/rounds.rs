//! Learning in rounds over HTTP goes where learning from all rows goes.

use std::path::Path;

use homebody_device::contribute::{Facts, Visit, measure};
use homebody_lab::population::Mode;
use homebody_lab::population::ask::{self, Asked, Budget};
use homebody_lab::population::people::{Browser, secret};
use homebody_lab::population::run::Sites;
use homebody_lab::population::world::World;
use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::cluster::kmeans::{self, Centroids, KMeansSums};
use homebody_learn::from_sums::{Released, rounds};
use homebody_learn::logistic::{LogisticConfig, LogisticSums, fit, sigmoid};
use homebody_protocol::features::FEATURES;
use homebody_protocol::mechanism::{Secret, Totals};
use homebody_protocol::task::{Measurement, Mode as Summing, Scale, Task};

use crate::stage::{DAY_S, QUIET, has_binary, made_up, report, totals};

#[test]
fn rounds_over_http_go_where_central_ones_go() {
    if !has_binary("k-means and logistic regression over HTTP") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut crowd = Crowd::gather(folder.path());
    let everybody: Vec<[f32; FEATURES]> =
        (0..crowd.features.len()).map(|visitor| crowd.standard(visitor)).collect();

    let start = Centroids::start(3, FEATURES, 4);
    let central = kmeans::run(start.clone(), 5, 0.0, |centres| {
        let mut sums = KMeansSums::new(centres);
        everybody.iter().for_each(|x| assert!(sums.add(centres, x)));
        sums
    });
    let mut centres = start.clone();
    for _ in 0..5 {
        let measurement =
            Measurement::KMeans { scale: crowd.scale.clone(), centres: centres.all.clone(), levels: 4_096 };
        let (task, released) = crowd.round(measurement);
        centres = rounds::k_means(&task, &released).unwrap();
    }
    let apart = |left: &Centroids, right: &Centroids| {
        let all = left.all.iter().flatten().zip(right.all.iter().flatten());
        all.map(|(left, right)| (left - right).abs()).fold(0.0, f32::max)
    };
    let (away, moved) = (apart(&centres, &central.centroids), apart(&start, &central.centroids));
    println!("k-means: {away:.4} from Lloyd's centres, which moved by {moved:.2}");
    assert!(away < 0.02 && moved > 0.2, "{away} {moved}");

    let bought = crowd.bought.clone();
    let central = fit(FEATURES, LogisticConfig { l2: 5.0, ..LogisticConfig::default() }, |weights| {
        let mut sums = LogisticSums::new(weights.len());
        everybody.iter().zip(&bought).for_each(|(x, &bought)| assert!(sums.add(weights, x, bought)));
        sums
    });
    let mut weights = vec![0.0f64; FEATURES + 1];
    for _ in 0..5 {
        let measurement = Measurement::Logistic {
            scale: crowd.scale.clone(),
            weights: weights.iter().map(|weight| *weight as f32).collect(),
            levels: 4_096,
        };
        let (task, released) = crowd.round(measurement);
        weights = rounds::logistic(&task, &released, 5.0).unwrap();
    }
    let away = weights.iter().zip(&central.weights).map(|(left, right)| (left - right).abs());
    let away = away.fold(0.0, f64::max);
    let largest = central.weights.iter().map(|weight| weight.abs()).fold(0.0, f64::max);
    println!("logistic: {away:.4} from Newton's weights, of which the largest is {largest:.2}");
    assert!(away < 0.01 && largest > 0.2, "{away} {largest}");
}

/// Devices whose features a server is not told.
struct Crowd {
    world: World,
    sites: Sites,
    scale: Scale,
    features: Vec<[f32; FEATURES]>,
    bought: Vec<bool>,
    rounds: usize,
}

impl Crowd {
    fn gather(folder: &Path) -> Self {
        let world = made_up(folder);
        let sites = Sites::open(&world, Mode::Trusted).unwrap();
        let mut browser = Browser::open(&sites.leader.pool(0).unwrap()).unwrap();
        let now_ms = Self::now_ms(&sites.asked(DAY_S, 9 * 3_600).unwrap());
        let features: Vec<[f32; FEATURES]> = (0..world.visitors.len())
            .map(|visitor| {
                let rows = &world.visitors[visitor].contributed;
                browser.lives(&world, rows, now_ms).summary(now_ms).features()
            })
            .collect();
        let count = features.len() as f32;
        let mean: Vec<f32> =
            (0..FEATURES).map(|at| features.iter().map(|x| x[at]).sum::<f32>() / count).collect();
        let away = |at: usize| features.iter().map(|x| (x[at] - mean[at]).powi(2)).sum::<f32>() / count;
        let sd = (0..FEATURES).map(|at| away(at).sqrt().max(0.1)).collect();
        let mut crowd = Self {
            scale: Scale { mean, sd, limit: 4.0 },
            bought: Vec::new(),
            features,
            world,
            sites,
            rounds: 0,
        };
        let mut rng = SplitMix64(9);
        crowd.bought = (0..crowd.features.len())
            .map(|visitor| rng.unit() < sigmoid(f64::from(1.5 * crowd.standard(visitor)[0] - 0.3)))
            .collect();
        crowd
    }

    fn now_ms(asked: &Asked) -> u64 {
        u64::from(asked.starts_at + DAY_S - 3_600) * 1_000
    }

    fn standard(&self, visitor: usize) -> [f32; FEATURES] {
        let Scale { mean, sd, limit } = &self.scale;
        core::array::from_fn(|at| ((self.features[visitor][at] - mean[at]) / sd[at]).clamp(-limit, *limit))
    }

    /// Asks all devices, over HTTP, and releases what they say.
    fn round(&mut self, measurement: Measurement) -> (Task, Released) {
        self.rounds += 1;
        let asked = self.sites.asked(DAY_S, 9 * 3_600).unwrap();
        let bound = measurement.integers().unwrap();
        let pairs = ask::pairs(&self.world, Mode::Trusted, Budget::of(1.0), &asked).unwrap();
        let task = Task {
            name: format!("round-{}", self.rounds),
            length: measurement.length(&bound),
            measurement,
            bound,
            mode: Summing::Trusted { noise: QUIET },
            micro_rho: u32::MAX,
            ..pairs
        };
        let task = self.sites.ask(&[task]).unwrap().remove(0);
        let now_ms = Self::now_ms(&asked);
        let mut browser = Browser::open(&self.sites.leader.pool(0).unwrap()).unwrap();
        let said: Vec<Vec<u8>> = (0..self.world.visitors.len())
            .map(|visitor| {
                let (features, purchased) = (self.features[visitor], self.bought[visitor]);
                let visit = Visit { features, predicted: -1.0, purchased, at_ms: now_ms - 60_000 };
                let profile = browser.lives(&self.world, &self.world.visitors[visitor].contributed, now_ms);
                let facts = Facts { visit: Some(&visit), ..Facts::new(profile, now_ms) };
                let said = measure(&task, &task.id(), &facts, &Secret::new(secret(0, visitor)), 0);
                report(&task, visitor, said.vector)
            })
            .collect();
        // The server adds up what comes together in one transaction.
        std::thread::scope(|scope| {
            for some in said.chunks(said.len().div_ceil(16)) {
                let mut door = self.sites.door().unwrap();
                let task = &task;
                scope.spawn(move || some.iter().for_each(|report| door.post_plain(task, report).unwrap()));
            }
        });
        let releases = self.sites.leader.released(self.rounds).unwrap();
        let (reports, cells) = totals(&releases, &task);
        let released = Released::of(&task, &Totals { reports, cells });
        (task, released)
    }
}

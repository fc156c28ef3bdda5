//! Distributions and statistics of our own against a kept library.

use homebody_learn::bandit::{BetaPrior, Exposure};
use homebody_learn::bootstrap::{SplitMix64, paired_bootstrap};
use homebody_learn::cluster::gmm::{Component, Mixture};
use homebody_learn::from_sums::verdict::{self, Verdict};
use homebody_learn::from_sums::{Released, how_many};
use homebody_learn::logistic::sigmoid;
use homebody_learn::moments::Moments;
use homebody_protocol::features::FEATURES;
use homebody_protocol::mechanism::numbers::step_of;
use homebody_protocol::task::{Measurement, Scale, Task};
use proptest::prelude::*;
use statrs::distribution::{
    Beta, Binomial, Continuous, ContinuousCDF, Discrete, DiscreteCDF, Normal, StudentsT,
};
use statrs::statistics::Statistics;

const LIMIT: f64 = 4.0;
const CLUSTERS: usize = 4;

#[cfg(test)]
fn normal() -> Normal {
    Normal::new(0.0, 1.0).unwrap()
}

#[cfg(test)]
fn released(cells: Vec<f64>, reports: f64) -> Released {
    Released { reports, cells, variance: 0.0 }
}

proptest! {
    #[test]
    fn the_gate_is_a_test_at_five_in_a_hundred(apart in 100u64..1_500, share in 0.3f64..0.7) {
        let new = (apart as f64 * share).round();
        let old = apart as f64 - new;
        let reports = 40.0 * apart as f64;
        let decision = verdict::gate(&released(vec![reports - old - new, old, new, 0.0], reports)).unwrap();
        let z = normal().inverse_cdf(0.95) + normal().inverse_cdf(0.8);
        prop_assert!((decision.detectable / decision.error - z).abs() < 1e-5);
        // McNemar's exact test: of the devices that the models treat differently, half would choose either.
        let exact = Binomial::new(0.5, apart).unwrap();
        let beyond = |hits: f64| exact.sf(hits as u64) + 0.5 * exact.pmf(hits as u64);
        let (better, worse) = (beyond(new), beyond(old));
        match decision.verdict {
            Verdict::Promote => prop_assert!(better < 0.055, "{better}"),
            Verdict::Reject => prop_assert!(worse < 0.055, "{worse}"),
            Verdict::Wait => prop_assert!(better > 0.045 && worse > 0.045, "{better} {worse}"),
        }
    }

    #[test]
    fn the_best_of_many_settings_pays_for_its_luck(settings in 1usize..64, own in 500u32..20_000) {
        let own = f64::from(own);
        let leads = |lead: f64| {
            let mut cells = vec![0.0; settings + 1];
            (cells[0], cells[1]) = (own, own + lead);
            verdict::votes(&released(cells, 100_000.0), settings + 1, 0) == 1
        };
        let least = (1..10_000).map(f64::from).find(|&lead| leads(lead)).unwrap();
        let z = least / (2.0 * own + least).sqrt();
        let exact = normal().inverse_cdf(1.0 - 0.05 / (settings + 1) as f64);
        prop_assert!(z > exact && z < exact + 0.25, "{z} {exact}");
    }

    #[test]
    fn components_weigh_as_normal_densities(
        numbers in prop::collection::vec((-3.0f64..3.0, 0.05f64..4.0), 6), share in 0.01f64..0.99, seed: u64,
    ) {
        let component = |share: f64, of: &[(f64, f64)]| Component {
            share,
            mean: of.iter().map(|&(mean, _)| mean).collect(),
            variance: of.iter().map(|&(_, variance)| variance).collect(),
        };
        let mixture = Mixture { all: vec![component(share, &numbers[..3]), component(1.0 - share, &numbers[3..])] };
        let mut rng = SplitMix64(seed);
        let vector: Vec<f32> = (0..3).map(|_| 6.0 * rng.unit() as f32 - 3.0).collect();
        let (responsibilities, density) = mixture.responsibilities(&vector).unwrap();
        let logs: Vec<f64> = mixture.all.iter().map(|one| libm::log(one.share) + log_density(&vector, &one.mean, &one.variance)).collect();
        let whole = libm::log(logs.iter().map(|&log| libm::exp(log)).sum::<f64>());
        prop_assert!((density - whole).abs() < 1e-6 * (1.0 + whole.abs()), "{density} {whole}");
        prop_assert!((responsibilities[0] - libm::exp(logs[0] - whole)).abs() < 1e-6);
    }

    #[test]
    fn moments_are_those_of_textbooks(rows in prop::collection::vec((-50.0f32..50.0, -2.0f32..2.0), 2..60)) {
        let mut moments = Moments::new(2);
        rows.iter().for_each(|&(left, right)| assert!(moments.add(&[left, right])));
        let left: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let right: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
        prop_assert!((moments.mean()[0] - left.as_slice().mean()).abs() < 1e-9);
        prop_assert!((moments.covariance(0, 0) - left.as_slice().population_variance()).abs() < 1e-6);
        prop_assert!((moments.covariance(0, 1) - left.as_slice().population_covariance(right.as_slice())).abs() < 1e-7);
    }

    #[test]
    fn a_margin_is_a_log_odds(margin in -40.0f64..40.0) {
        prop_assert!((sigmoid(margin) - statrs::function::logistic::logistic(margin)).abs() < 1e-12);
    }

    #[test]
    fn bic_of_sums_is_that_of_the_visitors_themselves(seed: u64, is_mixture: bool) {
        let crowd = Crowd::of(seed, is_mixture);
        let (task, sums) = crowd.summed();
        let found = how_many::choose(&task, &sums, CLUSTERS - 1, CLUSTERS).unwrap();
        let apart: Vec<Vec<usize>> = (0..CLUSTERS).map(|cluster| vec![cluster]).collect();
        let pairs = (0..CLUSTERS).flat_map(|left| (left + 1..CLUSTERS).map(move |right| (left, right)));
        let merged = pairs.map(|(left, right)| {
            let rest = (0..CLUSTERS).filter(|cluster| ![left, right].contains(cluster)).map(|one| vec![one]);
            crowd.bic(&rest.chain([vec![left, right]]).collect::<Vec<_>>())
        });
        let expected = [merged.fold(f64::INFINITY, f64::min), crowd.bic(&apart)];
        for (tried, expected) in found.tried.iter().zip(expected) {
            prop_assert!((tried.bic - expected).abs() < 1e-6, "{:?} {expected}", tried);
        }
        prop_assert_eq!(found.merged.is_some(), expected[0] <= expected[1]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn resampled_intervals_are_as_wide_as_students(seed: u64, visitors in 60usize..200, sd in 0.1f64..5.0) {
        let mut rng = SplitMix64(seed);
        let draws: Vec<f32> = (0..visitors).map(|_| (sd * normal().inverse_cdf(0.5 * (rng.unit() + rng.unit()).max(1e-9))) as f32).collect();
        let found = paired_bootstrap(&draws, &vec![0.0; visitors], 2_000, SplitMix64(1)).unwrap();
        let wide: Vec<f64> = draws.iter().map(|&draw| f64::from(draw)).collect();
        let t = StudentsT::new(0.0, 1.0, visitors as f64 - 1.0).unwrap().inverse_cdf(0.975);
        let width = 2.0 * t * wide.as_slice().std_dev() / (visitors as f64).sqrt();
        prop_assert!((f64::from(found.high - found.low) / width - 1.0).abs() < 0.2, "{found:?} {width}");
    }

    #[test]
    fn priors_of_click_rates_are_found_again(seed: u64, rate in 0.03f64..0.3, strength in 10.0f64..60.0) {
        let rates = Beta::new(rate * strength, (1.0 - rate) * strength).unwrap();
        let mut rng = SplitMix64(seed);
        let groups: Vec<Exposure> = (0..600)
            .map(|_| {
                let own = rates.inverse_cdf(rng.unit());
                let clicks = (0..400).filter(|_| rng.unit() < own).count() as f64;
                Exposure { impressions: 400.0, clicks }
            })
            .collect();
        let found = BetaPrior::of_groups(&groups).unwrap();
        prop_assert!((found.rate() / rate - 1.0).abs() < 0.2, "{found:?}");
        prop_assert!((found.strength() / strength - 1.0).abs() < 0.4, "{} {strength}", found.strength());
    }
}

#[cfg(test)]
fn log_density(vector: &[f32], mean: &[f64], variance: &[f64]) -> f64 {
    let one = |((&x, &mean), &variance): ((&f32, &f64), &f64)| {
        Normal::new(mean, f64::sqrt(variance)).unwrap().ln_pdf(f64::from(x))
    };
    vector.iter().zip(mean).zip(variance).map(one).sum()
}

/// Visitors, and how much of each every cluster has.
struct Crowd {
    visitors: Vec<Vec<f32>>,
    shares: Vec<[f64; CLUSTERS]>,
    is_mixture: bool,
}

#[cfg(test)]
impl Crowd {
    fn of(seed: u64, is_mixture: bool) -> Self {
        let mut rng = SplitMix64(seed);
        let spread = 2.5 * rng.unit();
        let mut crowd = Self { visitors: Vec::new(), shares: Vec::new(), is_mixture };
        for visitor in 0..60 {
            let own = visitor % CLUSTERS;
            let at = |index: usize| if index % CLUSTERS == own { spread } else { 0.0 };
            crowd.visitors.push((0..FEATURES).map(|index| (at(index) + rng.unit() - 0.5) as f32).collect());
            let mut shares = core::array::from_fn(|cluster| {
                if cluster == own {
                    1.0
                } else if is_mixture {
                    0.3 * rng.unit()
                } else {
                    0.0
                }
            });
            let whole: f64 = shares.iter().sum();
            shares.iter_mut().for_each(|share| *share /= whole);
            crowd.shares.push(shares);
        }
        crowd
    }

    /// The task, and what its cells hold without any rounding.
    fn summed(&self) -> (Task, Released) {
        let scale = Scale { mean: vec![0.0; FEATURES], sd: vec![1.0; FEATURES], limit: LIMIT as f32 };
        let (means, levels) = (vec![vec![0.0; FEATURES]; CLUSTERS], 64);
        let (name, measurement) = if self.is_mixture {
            let (shares, variances) = (vec![0.25; CLUSTERS], vec![vec![1.0; FEATURES]; CLUSTERS]);
            (MIXTURE, Measurement::Mixture { scale, shares, means, variances, levels })
        } else {
            (K_MEANS, Measurement::KMeans { scale, centres: means, levels })
        };
        let bound = measurement.integers().unwrap();
        let task =
            Task { length: measurement.length(&bound), bound, measurement, ..Task::from_json(name).unwrap() };
        let mut natural = Vec::new();
        for cluster in 0..CLUSTERS {
            let sum = |value: &dyn Fn(f64) -> f64, index: usize| -> f64 {
                let own = self.visitors.iter().zip(&self.shares);
                own.map(|(visitor, shares)| shares[cluster] * value(f64::from(visitor[index]))).sum()
            };
            natural.push(sum(&|_| 1.0, 0));
            // Sums are moved by the limit, so that no cell is below 0.
            natural.extend((0..FEATURES).map(|index| sum(&|x| x + LIMIT, index)));
            if self.is_mixture {
                natural.extend((0..FEATURES).map(|index| sum(&|x| x * x, index)));
            }
        }
        let cells = natural
            .iter()
            .enumerate()
            .map(|(index, value)| value / step_of(&task.measurement, index))
            .collect();
        let released = released(cells, self.visitors.len() as f64);
        (task, released)
    }

    /// The criterion of clusters taken together, from every visitor by themselves, over the number of visitors. Of k-means
    /// without Σ |x|².
    fn bic(&self, groups: &[Vec<usize>]) -> f64 {
        let visitors = self.visitors.len() as f64;
        let mut doubled = 0.0;
        for group in groups {
            let share = |shares: &[f64; CLUSTERS]| group.iter().map(|&cluster| shares[cluster]).sum::<f64>();
            let all =
                || self.visitors.iter().zip(&self.shares).map(|(visitor, shares)| (visitor, share(shares)));
            let whole: f64 = all().map(|(_, share)| share).sum();
            let mean = |value: &dyn Fn(f64) -> f64, index: usize| {
                all().map(|(visitor, share)| share * value(f64::from(visitor[index]))).sum::<f64>() / whole
            };
            let means: Vec<f64> = (0..FEATURES).map(|index| mean(&|x| x, index)).collect();
            let variance = |index: usize| {
                if self.is_mixture {
                    mean(&|x| (x - means[index]) * (x - means[index]), index).max(1e-2)
                } else {
                    1.0
                }
            };
            let variances: Vec<f64> = (0..FEATURES).map(variance).collect();
            for (visitor, share) in all() {
                let length: f64 = visitor.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
                let left_out = if self.is_mixture { 0.0 } else { 0.5 * length };
                doubled += 2.0
                    * share
                    * (libm::log(whole / visitors) + log_density(visitor, &means, &variances) + left_out);
            }
        }
        let numbers = groups.len() * if self.is_mixture { 1 + 2 * FEATURES } else { 1 + FEATURES } - 1;
        (numbers as f64 * libm::log(visitors) - doubled) / visitors
    }
}

const K_MEANS: &str = include_str!("../../protocol/testdata/tasks/k-means.json");
const MIXTURE: &str = include_str!("../../protocol/testdata/tasks/mixture.json");

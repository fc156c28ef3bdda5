//! Logistic regression, calibration and priors against libraries, slow arithmetic and real visits.

use homebody_learn::bandit::{BetaPrior, Exposure, MAX_STRENGTH, MIN_STRENGTH, linear_prior};
use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::calibration::{Calibration, ScoreHistogram};
use homebody_learn::logistic::{Logistic, LogisticConfig, LogisticSums, fit, margin, sigmoid};
use homebody_learn::moments::{Moments, Standard};
use linfa::prelude::*;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use proptest::prelude::*;

type Visits = Vec<(Vec<f32>, bool)>;

/// Visitors whose log-odds are −1 + 2 a − b; c is noise.
#[cfg(test)]
fn visits(count: usize, seed: u64) -> Visits {
    let mut rng = SplitMix64(seed);
    let mut visit = || {
        let x: Vec<f32> = (0..3).map(|_| 4.0 * rng.unit() as f32 - 2.0).collect();
        let bought = rng.unit() < sigmoid(-1.0 + 2.0 * f64::from(x[0]) - f64::from(x[1]));
        (x, bought)
    };
    (0..count).map(|_| visit()).collect()
}

#[cfg(test)]
fn round(weights: &[f64], visits: &[(Vec<f32>, bool)]) -> LogisticSums {
    let mut sums = LogisticSums::new(weights.len());
    assert!(visits.iter().all(|(x, bought)| sums.add(weights, x, *bought)));
    sums
}

#[cfg(test)]
fn fitted(visits: &Visits, l2: f64) -> Logistic {
    let config = LogisticConfig { l2, ..LogisticConfig::default() };
    fit(visits[0].0.len(), config, |weights| {
        let mut merged = LogisticSums::new(weights.len());
        for batch in visits.chunks(100) {
            assert!(merged.merge(&round(weights, batch)));
        }
        merged
    })
}

#[test]
fn federated_newton_steps_end_where_the_library_ends() {
    let visits = visits(800, 3);
    let ours = fitted(&visits, 2.0);
    assert!(ours.converged && ours.rounds < 15, "{} rounds", ours.rounds);
    let x = Array2::from_shape_fn((visits.len(), 3), |(row, column)| f64::from(visits[row].0[column]));
    let y = Array1::from_iter(visits.iter().map(|(_, bought)| *bought));
    let library = LogisticRegression::default()
        .alpha(2.0)
        .max_iterations(1000)
        .gradient_tolerance(1e-7)
        .fit(&Dataset::new(x, y))
        .unwrap();
    let sign = if library.labels().pos.class { 1.0 } else { -1.0 };
    assert!((ours.weights[0] - sign * library.intercept()).abs() < 1e-3, "{ours:?} {}", library.intercept());
    for index in 0..3 {
        assert!((ours.weights[index + 1] - sign * library.params()[index]).abs() < 1e-3, "{ours:?}");
    }
    let rest: f64 = (1..4).map(|index| (ours.sums.gradient()[index] - 2.0 * ours.weights[index]).abs()).sum();
    assert!(rest < 1e-4, "the gradient vanishes: {rest}");
}

#[test]
fn a_perfect_feature_does_not_run_away() {
    let visits: Visits = (0..200).map(|i| (vec![if i % 2 == 0 { 1e9 } else { -1e9 }], i % 2 == 0)).collect();
    let model = fitted(&visits, 1.0);
    assert!(model.weights.iter().all(|weight| weight.is_finite() && weight.abs() < 10.0), "{model:?}");
    assert!(margin(&model.weights, &[1e9]) > 2.0 && margin(&model.weights, &[-1e9]) < -2.0);
    let nobody = fit(2, LogisticConfig::default(), |weights| LogisticSums::new(weights.len()));
    assert_eq!(nobody.weights, [0.0; 3]);
    let mut sums = LogisticSums::new(2);
    assert!(!sums.add(&[0.0; 2], &[f32::NAN], true) && !sums.add(&[0.0; 2], &[1.0, 2.0], true));
    assert!(!sums.merge(&LogisticSums::new(3)));
}

proptest! {
    #[test]
    fn sums_of_halves_are_the_sums_of_all(seed in 0u64..1000, cut in 1usize..59, w in prop::array::uniform4(-2.0f64..2.0)) {
        let visits = visits(60, seed);
        let (left, right) = visits.split_at(cut);
        let mut merged = round(&w, left);
        prop_assert!(merged.merge(&round(&w, right)));
        let all = round(&w, &visits);
        prop_assert_eq!((merged.visitors(), merged.positives()), (all.visitors(), all.positives()));
        prop_assert!((merged.mean_log_likelihood() - all.mean_log_likelihood()).abs() < 1e-9);
        for (a, b) in merged.gradient().iter().zip(all.gradient()) {
            prop_assert!((a - b).abs() < 1e-9);
        }
        let told = |visits: &[(Vec<f32>, bool)]| {
            let mut histogram = ScoreHistogram::default();
            visits.iter().for_each(|(x, bought)| assert!(histogram.add(sigmoid(margin(&w, x)), *bought)));
            histogram
        };
        let mut merged = told(left);
        merged.merge(&told(right));
        prop_assert!((merged.brier() - told(&visits).brier()).abs() < 1e-9);
        prop_assert_eq!(merged.auc().is_some(), told(&visits).auc().is_some());
    }

    #[test]
    fn the_binned_area_holds_the_true_one(scores in prop::collection::vec((0.0f64..=1.0, any::<bool>()), 2..80)) {
        let mut histogram = ScoreHistogram::default();
        scores.iter().for_each(|&(score, outcome)| assert!(histogram.add(score, outcome)));
        let of = |wanted| scores.iter().filter(move |(_, outcome)| *outcome == wanted).map(|(score, _)| *score);
        let (mut won, mut pairs) = (0.0, 0.0);
        for high in of(true) {
            for low in of(false) {
                won += if high > low { 1.0 } else if high == low { 0.5 } else { 0.0 };
                pairs += 1.0;
            }
        }
        match histogram.auc() {
            None => prop_assert_eq!(pairs, 0.0),
            Some(auc) => prop_assert!((auc.area - won / pairs).abs() <= auc.error + 1e-9),
        }
    }
}

#[test]
fn overconfident_scores_are_straightened() {
    let visits = visits(6000, 17);
    let model = fitted(&visits, 1.0);
    let told: Vec<(f64, bool)> =
        visits.iter().map(|(x, y)| (2.0 * margin(&model.weights, x) + 1.0, *y)).collect();
    let histogram = |calibration: Calibration| {
        let mut histogram = ScoreHistogram::default();
        told.iter().for_each(|&(margin, y)| assert!(histogram.add(calibration.probability(margin), y)));
        histogram
    };
    let calibration = Calibration::fit(&told);
    assert!(
        (calibration.slope - 0.5).abs() < 0.05 && (calibration.offset + 0.5).abs() < 0.1,
        "{calibration:?}"
    );
    let (crooked, straight) = (histogram(Calibration::IDENTITY), histogram(calibration));
    assert!(straight.calibration_error() < 0.02 && crooked.calibration_error() > 0.08);
    assert!(straight.brier() < crooked.brier());
    assert_eq!(Calibration::fit(&[(1.0, true), (2.0, true)]), Calibration::IDENTITY);
    let backwards: Vec<(f64, bool)> = (0..100).map(|i| (f64::from(i - 50) / 10.0, i < 50)).collect();
    assert_eq!(Calibration::fit(&backwards), Calibration::IDENTITY, "an order is never turned around");
    let mut empty = ScoreHistogram::default();
    assert!(!empty.add(f64::NAN, true) && !empty.add(1.1, true));
    assert_eq!(
        (empty.auc(), empty.brier(), empty.calibration_error(), empty.base_rate()),
        (None, 0.0, 0.0, 0.0)
    );
}

#[test]
fn a_known_spread_of_click_rates_is_recovered() {
    let mut rng = SplitMix64(4);
    // Beta(2, 18) as the 2nd smallest of 19 uniforms.
    let mut groups = Vec::new();
    for _ in 0..600 {
        let mut draws: Vec<f64> = (0..19).map(|_| rng.unit()).collect();
        draws.sort_by(f64::total_cmp);
        let clicks = (0..200).filter(|_| rng.unit() < draws[1]).count();
        groups.push(Exposure { impressions: 200.0, clicks: clicks as f64 });
    }
    let prior = BetaPrior::of_groups(&groups).unwrap();
    assert!((prior.rate() - 0.1).abs() < 0.01 && (prior.strength() - 20.0).abs() < 4.0, "{prior:?}");
    let hot = prior.of_group(Exposure { impressions: 50.0, clicks: 20.0 });
    assert!((hot.rate() - (prior.clicks + 20.0) / (prior.strength() + 50.0)).abs() < 1e-9);
    assert!(prior.of_group(Exposure { impressions: 1e9, clicks: 1e8 }).strength() <= MAX_STRENGTH + 1e-9);
    let alike = vec![Exposure { impressions: 1000.0, clicks: 50.0 }; 40];
    assert!(
        (BetaPrior::of_groups(&alike).unwrap().strength() - MAX_STRENGTH).abs() < 1e-9,
        "no spread: a firm prior"
    );
    let torn =
        [Exposure { impressions: 1000.0, clicks: 1000.0 }, Exposure { impressions: 1000.0, clicks: 0.0 }];
    assert!((BetaPrior::of_groups(&torn).unwrap().strength() - MIN_STRENGTH).abs() < 1e-9);
    assert_eq!(BetaPrior::of_groups(&[Exposure { impressions: f64::NAN, clicks: -1.0 }]), None);
    let none = BetaPrior::of_groups(&[Exposure { impressions: 5.0, clicks: 99.0 }]).unwrap();
    assert!(none.clicks > 0.0 && none.left_alone > 0.0);
}

#[test]
fn a_linear_prior_is_ridge_regression_and_bounded() {
    let mut rng = SplitMix64(6);
    let mut moments = Moments::new(3);
    for _ in 0..5000 {
        let x = rng.unit() as f32;
        let click = rng.unit() < 0.1 + 0.3 * f64::from(x);
        moments.add(&[1.0, x, f32::from(u8::from(click))]);
    }
    let prior = linear_prior(&moments, 1.0).unwrap();
    assert!((prior.mean[0] - 0.1).abs() < 0.03 && (prior.mean[1] - 0.3).abs() < 0.05, "{prior:?}");
    assert!((prior.noise - 0.185).abs() < 0.02, "p (1 − p) on average: {}", prior.noise);
    assert!(
        (prior.precision[0] - (MAX_STRENGTH as f32 + 1.0)).abs() < 0.1,
        "as heavy as {MAX_STRENGTH} impressions"
    );
    assert_eq!(prior.precision[1], prior.precision[2]);
    assert_eq!(linear_prior(&Moments::new(3), 1.0), None);
    assert_eq!(linear_prior(&Moments::new(1), 1.0), None);
}

#[cfg(test)]
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "June", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A visit of the shop's log: month, features without anything known only after a purchase, outcome.
#[cfg(test)]
fn shopper(line: &str) -> Option<(usize, Vec<f32>, bool)> {
    let cells: Vec<&str> = line.trim().split(';').collect();
    let number = |index: usize| cells.get(index)?.parse::<f32>().ok();
    let month = MONTHS.iter().position(|name| *name == cells[10])?;
    let mut x: Vec<f32> = (0..6).filter_map(number).map(|value| libm::log1pf(value.max(0.0))).collect();
    x.extend([number(6)?, number(7)?, number(9)?]);
    x.push(f32::from(u8::from(cells[15] == "Returning_Visitor")));
    x.push(f32::from(u8::from(cells[15] == "New_Visitor")));
    x.push(f32::from(u8::from(cells[16] == "TRUE")));
    for (column, values) in [(11, 8), (12, 13), (13, 9), (14, 20)] {
        let code = number(column)? as usize;
        x.extend((1..=values).map(|value| f32::from(u8::from(value == code))));
    }
    Some((month, x, cells[17] == "TRUE"))
}

/// Area under the curve, Brier score and calibration error on `new` of a model trained on `old`.
#[cfg(test)]
fn judged(old: &Visits, new: &Visits) -> (f64, f64, f64) {
    let mut moments = Moments::new(old[0].0.len());
    assert!(old.iter().all(|(x, _)| moments.add(x)));
    let standard = Standard::of(&moments);
    let scaled =
        |visits: &Visits| visits.iter().map(|(x, y)| (standard.apply(x, 4.0), *y)).collect::<Visits>();
    let model = fitted(&scaled(old), 10.0);
    assert!(model.converged);
    let mut histogram = ScoreHistogram::default();
    for (x, y) in scaled(new) {
        histogram.add(sigmoid(margin(&model.weights, &x)), y);
    }
    (histogram.auc().unwrap().area, histogram.brier(), histogram.calibration_error())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test, not the crate, reads the data set")]
fn real_visits_are_told_apart_as_well_as_is_honest() {
    let Some(folder) = std::env::var_os("HOMEBODY_DATA") else {
        println!("skipped: HOMEBODY_DATA does not name the folder of the data sets");
        return;
    };
    let file = std::path::Path::new(&folder).join("shoppers/sessions.csv");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("skipped: there is no {}", file.display());
        return;
    };
    let visits: Vec<_> = text.lines().skip(1).filter_map(shopper).collect();
    assert!(visits.len() > 12_000);
    let keep = |wanted: &dyn Fn(usize, usize) -> bool| -> Visits {
        let kept = visits.iter().enumerate().filter(|(row, (month, ..))| wanted(*row, *month));
        kept.map(|(_, (_, x, y))| (x.clone(), *y)).collect()
    };
    let temporal = judged(&keep(&|_, month| month < 10), &keep(&|_, month| month >= 10));
    let random = judged(&keep(&|row, _| row * 7919 % 10 < 7), &keep(&|row, _| row * 7919 % 10 >= 7));
    println!("temporal: AUC, Brier, ECE {temporal:?}; random: {random:?}");
    assert!((0.70..0.74).contains(&temporal.0), "{temporal:?}");
    assert!((0.70..0.77).contains(&random.0) && random.2 < 0.03, "{random:?}");
}

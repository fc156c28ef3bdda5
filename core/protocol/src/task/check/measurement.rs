//! The parameters of what is measured.

use std::collections::BinaryHeap;

use crate::features::FEATURES;
use crate::models::Judged;
use crate::task::{BLEND_PARTS, Edges, Head, Measurement, Scale, Setting, TaskId, Unit, Weights};

use super::{Checked, IDS, fit, is_id, range};

const PER_FEATURE: &str = "16 numbers, one a feature";

/// The parameters of a measurement, with the place of what is wrong.
pub(super) fn check(measurement: &Measurement) -> Checked {
    use Measurement as M;
    match measurement {
        M::Segments { segments } => {
            range((1..=16).contains(segments), &at("segments", "segments"), "1 to 16")
        }
        M::KMeans { .. }
        | M::Mixture { .. }
        | M::SecondMoments { .. }
        | M::Logistic { .. }
        | M::Blend { .. } => round(measurement),
        M::Popularity { head: keys } => head(keys, &at("popularity", "head")),
        M::CoOccurrence { head: keys, shards } => pairs(keys, *shards, "co_occurrence"),
        M::DirectedPairs { head: keys, shards } => pairs(keys, *shards, "directed_pairs"),
        M::Intent { edges: borders } => edges(borders, &at("intent", "edges")),
        M::Drift { edges: borders } => edges(borders, &at("drift", "edges")),
        _ => judgement(measurement),
    }
}

/// Rounds of learners.
fn round(measurement: &Measurement) -> Checked {
    use Measurement as M;
    match measurement {
        M::KMeans { scale: by, centres, levels: steps } => {
            scale(by, "measurement.k_means")?;
            vectors(centres, &at("k_means", "centres"), false)?;
            levels(*steps, "measurement.k_means")
        }
        M::Mixture { .. } => mixture(measurement),
        M::SecondMoments { scale: by, levels: steps } => {
            scale(by, "measurement.second_moments")?;
            levels(*steps, "measurement.second_moments")
        }
        M::Logistic { scale: by, weights, levels: steps } => {
            scale(by, "measurement.logistic")?;
            let is_whole = weights.len() == FEATURES + 1 && is_finite(weights);
            range(is_whole, &at("logistic", "weights"), "17 finite numbers, the bias first")?;
            levels(*steps, "measurement.logistic")
        }
        M::Blend { model, weights, levels: steps } => {
            hash(model, &at("blend", "model"))?;
            let is_whole = weights.len() == BLEND_PARTS && is_finite(weights);
            range(is_whole, &at("blend", "weights"), "14 finite numbers, one a part of a score")?;
            levels(*steps, "measurement.blend")
        }
        _ => Ok(()),
    }
}

/// Models, lists and experiments judged.
fn judgement(measurement: &Measurement) -> Checked {
    use Measurement as M;
    match measurement {
        M::Experiment { experiment, variants, outcomes } => {
            range(is_id(experiment), &at("experiment", "experiment"), IDS)?;
            range((1..=16).contains(variants), &at("experiment", "variants"), "1 to 16")?;
            range((1..=64).contains(outcomes), &at("experiment", "outcomes"), "1 to 64")
        }
        M::Metric { experiment, variants, metric, limit, levels: steps } => {
            range(is_id(experiment), &at("metric", "experiment"), IDS)?;
            range((1..=16).contains(variants), &at("metric", "variants"), "1 to 16")?;
            let most = if metric.unit() == Unit::Share { 1 } else { 1_000_000 };
            range(
                (1..=most).contains(limit),
                &at("metric", "limit"),
                "1 to 1,000,000; 1 for a metric that is a share of visitors",
            )?;
            levels(*steps, "measurement.metric")
        }
        M::Calibration { bins } => range((2..=50).contains(bins), &at("calibration", "bins"), "2 to 50"),
        M::Diversity { bins } => range((2..=20).contains(bins), &at("diversity", "bins"), "2 to 20"),
        M::Gate { champion, candidate, top } => {
            hash(champion, &at("gate", "champion"))?;
            hash(candidate, &at("gate", "candidate"))?;
            range((1..=1_000).contains(top), &at("gate", "top"), "1 to 1,000")
        }
        M::Votes { model, settings: all, top } => {
            hash(model, &at("votes", "model"))?;
            settings(all)?;
            range((1..=1_000).contains(top), &at("votes", "top"), "1 to 1,000")
        }
        M::Evaluation { model, ranks } => {
            hash(model, &at("evaluation", "model"))?;
            let ascends = ranks.windows(2).all(|two| two[0] < two[1]) && !ranks.contains(&0);
            range(
                ascends && (1..=32).contains(&ranks.len()),
                &at("evaluation", "ranks"),
                "1 to 32 ranks, ascending from 1",
            )
        }
        M::OffPolicy { strength, weights: Weights { most, levels } } => {
            let is_strength = *strength > 0.0 && *strength <= Judged::MOST;
            range(is_strength, &at("off_policy", "strength"), "above 0, at most 100")?;
            let is_most = *most > 0.0 && *most <= 1_000.0;
            range(is_most, &at("off_policy", "weights.most"), "above 0, at most 1,000")?;
            range((1..=64).contains(levels), &at("off_policy", "weights.levels"), "1 to 64")
        }
        _ => Ok(()),
    }
}

fn at(word: &str, field: &str) -> String {
    told!("measurement.{word}.{field}")
}

fn mixture(measurement: &Measurement) -> Checked {
    let Measurement::Mixture { scale: by, shares, means, variances, levels: steps } = measurement else {
        return Ok(());
    };
    let at = |field: &str| told!("measurement.mixture.{field}");
    scale(by, "measurement.mixture")?;
    let are_shares = (1..=16).contains(&shares.len()) && is_positive(shares);
    range(are_shares, &at("shares"), "1 to 16 finite numbers above 0")?;
    vectors(means, &at("means"), false)?;
    vectors(variances, &at("variances"), true)?;
    let is_alike = means.len() == shares.len() && variances.len() == shares.len();
    fit(is_alike, &at("means"), || "each component has a share, a mean and a variance".to_owned())?;
    levels(*steps, "measurement.mixture")
}

fn settings(all: &[Setting]) -> Checked {
    range((2..=64).contains(&all.len()), "measurement.votes.settings", "2 to 64 settings")?;
    let is_share = |value: f32| (0.0..=1.0).contains(&value);
    for (index, setting) in all.iter().enumerate() {
        let path = told!("measurement.votes.settings[{index}]");
        range((-1.0..=1.0).contains(&setting.alpha), &told!("{path}.alpha"), "-1 to 1")?;
        range(is_share(setting.diversity), &told!("{path}.diversity"), "0 to 1")?;
        range(is_share(setting.calibration), &told!("{path}.calibration"), "0 to 1")?;
    }
    Ok(())
}

fn head(head: &Head, path: &str) -> Checked {
    let keys = told!("{path}.keys");
    range((2..=4_096).contains(&head.keys.len()), &keys, "2 to 4,096 keys")?;
    // A heap's sort: the standard library's others are ten times the code, which devices load.
    let sorted = BinaryHeap::from(head.keys.clone()).into_sorted_vec();
    let are_distinct = sorted.windows(2).all(|two| two[0] != two[1]) && !sorted.contains(&0);
    range(are_distinct, &keys, "different keys, none of them 0")
}

fn pairs(keys: &Head, shards: u32, word: &str) -> Checked {
    head(keys, &told!("measurement.{word}.head"))?;
    let path = told!("measurement.{word}.shards");
    range((1..=1_024).contains(&shards), &path, "1 to 1,024")
}

fn scale(scale: &Scale, path: &str) -> Checked {
    let is_mean = scale.mean.len() == FEATURES && is_finite(&scale.mean);
    range(is_mean, &told!("{path}.scale.mean"), PER_FEATURE)?;
    let is_sd = scale.sd.len() == FEATURES && is_positive(&scale.sd);
    range(is_sd, &told!("{path}.scale.sd"), "16 numbers above 0, one a feature")?;
    let is_limit = scale.limit > 0.0 && scale.limit <= 8.0;
    range(is_limit, &told!("{path}.scale.limit"), "above 0, at most 8")
}

fn vectors(all: &[Vec<f32>], path: &str, positive: bool) -> Checked {
    range((1..=16).contains(&all.len()), path, "1 to 16 vectors")?;
    for (index, vector) in all.iter().enumerate() {
        let is_sound = if positive { is_positive(vector) } else { is_finite(vector) };
        range(vector.len() == FEATURES && is_sound, &told!("{path}[{index}]"), PER_FEATURE)?;
    }
    Ok(())
}

fn levels(levels: u32, path: &str) -> Checked {
    let is_even = levels.is_multiple_of(2) && (2..=4_096).contains(&levels);
    range(is_even, &told!("{path}.levels"), "even, 2 to 4,096")
}

fn edges(edges: &Edges, path: &str) -> Checked {
    range(edges.0.len() == FEATURES, path, "16 lists of borders, one a feature")?;
    for (index, borders) in edges.0.iter().enumerate() {
        let ascends = borders.windows(2).all(|two| two[0] < two[1]) && is_finite(borders);
        range(ascends && borders.len() <= 63, &told!("{path}[{index}]"), "at most 63 borders, ascending")?;
    }
    range(edges.cells() > 0, path, "borders for one feature at least")
}

fn hash(text: &str, path: &str) -> Checked {
    range(TaskId::from_hex(text).is_some(), path, "64 lower-case hex digits, the SHA-256 of a blob")
}

fn is_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

fn is_positive(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite() && *value > 0.0)
}

//! Segments of visitors: k-means over standardised features, k at the elbow, named by what sets them apart.

use super::MAX_VISITORS;
use crate::cluster::kmeans::{Centroids, KMeans, KMeansSums, elbow, run};
use crate::journeys::Journeys;
use crate::moment::{Shelf, sessions, summary};
use crate::moments::{Moments, Standard};
use crate::pca::{components, separability};
use homebody_protocol::features::{FEATURE_NAMES, FEATURES};
use homebody_protocol::models::{Segment, Segments};
use std::collections::BTreeMap;

/// Moments of one visitor: the bound on what one adds.
const MOMENTS_PER_VISITOR: usize = 3;
/// Fewer visitors are not cut into segments.
const MIN_VISITORS: usize = 100;
/// Standardised features count within ± this.
const LIMIT: f32 = 4.0;
/// Most segments tried.
const MOST: usize = 8;
const ROUNDS: usize = 25;
/// Starts of each k; the one with the least inertia stands.
const STARTS: u64 = 2;
const TOLERANCE: f64 = 1e-4;
/// Below this share of variance between segments there are none.
pub(crate) const MIN_SEPARABILITY: f64 = 0.1;
/// Log units by which another segment must be likelier before a visitor moves.
pub(crate) const HYSTERESIS: f32 = 1.0;
/// How far (in standard deviations) a segment must stand out to be named after it.
const MIN_STANDING_OUT: f32 = 0.25;

pub(super) fn learn(
    journeys: &Journeys,
    shelf: &Shelf,
    metrics: &mut BTreeMap<&'static str, f64>,
) -> Segments {
    if journeys.visitors() < MIN_VISITORS {
        return Segments::default();
    }
    let features = features(journeys, shelf);
    let standard = standard(&features);
    let vectors: Vec<Vec<f32>> = features.iter().map(|vector| standard.apply(vector, LIMIT)).collect();
    let runs: Vec<KMeans> = (1..=MOST).map(|clusters| best_run(&vectors, clusters)).collect();
    let within: Vec<f64> = runs.iter().map(|run| run.sums.within()).collect();
    let chosen = elbow(&within).max(2);
    let apart = separability(within[chosen - 1], within[0]);
    metrics.insert("segments_separability", apart);
    metrics.insert("segments_plane", plane(&vectors));
    if apart < MIN_SEPARABILITY {
        return Segments::default();
    }
    metrics.insert("segments", chosen as f64);
    of(&runs[chosen - 1].centroids, standard)
}

/// Share of what tells visitors apart that two axes show, those of the largest variance: how far a drawing of the
/// segments on paper can be believed.
fn plane(vectors: &[Vec<f32>]) -> f64 {
    let mut moments = Moments::new(FEATURES);
    for vector in vectors {
        moments.add(vector);
    }
    components(&moments, 0).map_or(0.0, |found| found.explained().iter().take(2).sum())
}

fn standard(features: &[[f32; FEATURES]]) -> Standard {
    let mut moments = Moments::new(FEATURES);
    features.iter().for_each(|vector| {
        moments.add(vector);
    });
    Standard::of(&moments).holding(features.iter().map(<[f32; FEATURES]>::as_slice), LIMIT)
}

/// A few moments of each visitor, spread over what is known of them, the newest included.
fn features(journeys: &Journeys, shelf: &Shelf) -> Vec<[f32; FEATURES]> {
    let mut features = Vec::new();
    // Visitors stand in the order of a hash: the first ones are a fair sample.
    for (_, steps) in journeys.iter().take(MAX_VISITORS) {
        let starts = sessions(steps);
        let mut before = 0;
        for part in 1..=MOMENTS_PER_VISITOR {
            let end = steps.len() * part / MOMENTS_PER_VISITOR;
            if end > before {
                let known = starts.partition_point(|&start| start < end);
                features.push(summary(&steps[..end], &starts[..known], shelf).features());
            }
            before = end;
        }
    }
    features
}

fn best_run(vectors: &[Vec<f32>], clusters: usize) -> KMeans {
    let one = |seed: u64| {
        run(Centroids::start(clusters, FEATURES, seed), ROUNDS, TOLERANCE, |centroids| {
            let mut sums = KMeansSums::new(centroids);
            for vector in vectors {
                sums.add(centroids, vector);
            }
            sums
        })
    };
    let mut best = one(1);
    for seed in 2..=STARTS {
        let other = one(seed);
        if other.sums.within() < best.sums.within() {
            best = other;
        }
    }
    best
}

/// Equal shares and unit variances: the device then takes the nearest centre.
fn of(centroids: &Centroids, standard: Standard) -> Segments {
    let share = 1.0 / centroids.all.len() as f32;
    let names = names(&centroids.all);
    let segment = |(centre, name): (&Vec<f32>, String)| {
        let mut mean = [0.0; FEATURES];
        mean.copy_from_slice(centre);
        Segment { name, share, mean, variance: [1.0; FEATURES] }
    };
    let all = centroids.all.iter().zip(names).map(segment).collect();
    Segments { mean: standard.mean, sd: standard.sd, hysteresis: HYSTERESIS, all }
}

/// A name and the features that speak for it (+) or against it (−).
type Rule = (&'static str, &'static [(&'static str, f32)]);

const RULES: [Rule; 8] = [
    ("buyer", &[("purchases_30d", 1.0)]),
    ("cart filler", &[("items_in_cart", 0.5), ("cart_adds_7d", 0.5), ("purchases_30d", -0.5)]),
    ("deal hunter", &[("price_level", -1.0)]),
    ("big spender", &[("price_level", 0.5), ("mean_order_value", 0.5)]),
    ("explorer", &[("category_variety", 1.0)]),
    ("browser", &[("opens_7d", 1.0), ("purchases_30d", -0.5)]),
    ("regular", &[("sessions_30d", 1.0)]),
    ("newcomer", &[("sessions_30d", -0.5), ("opens_30d", -0.5), ("days_since_last_session", 0.5)]),
];

/// Each name goes to the segment that it fits best, best fits first; what no name fits is numbered.
pub(crate) fn names(centres: &[Vec<f32>]) -> Vec<String> {
    let fit = |centre: &[f32], rule: &Rule| -> f32 {
        let place = |name: &str| FEATURE_NAMES.iter().position(|known| *known == name);
        rule.1.iter().filter_map(|(name, weight)| place(name).map(|place| weight * centre[place])).sum()
    };
    let mut fits: Vec<(f32, usize, &str)> = Vec::new();
    for (index, centre) in centres.iter().enumerate() {
        fits.extend(RULES.iter().map(|rule| (fit(centre, rule), index, rule.0)));
    }
    fits.retain(|(fit, ..)| *fit >= MIN_STANDING_OUT);
    fits.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut names: Vec<Option<&str>> = vec![None; centres.len()];
    for (_, index, name) in fits {
        if names[index].is_none() && !names.contains(&Some(name)) {
            names[index] = Some(name);
        }
    }
    let name = |(index, name): (usize, Option<&str>)| {
        name.map_or_else(|| format!("group {}", index + 1), str::to_owned)
    };
    names.into_iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_once_and_to_the_best_fit() {
        let mut centres = vec![vec![0.0; FEATURES]; 4];
        let place = |name: &str| FEATURE_NAMES.iter().position(|known| *known == name).unwrap();
        centres[0][place("purchases_30d")] = 1.0;
        centres[1][place("purchases_30d")] = 2.0;
        centres[1][place("price_level")] = -0.1;
        centres[2][place("price_level")] = -1.0;
        assert_eq!(names(&centres), ["group 1", "buyer", "deal hunter", "group 4"]);
    }

    #[test]
    fn a_device_measures_the_distances_that_centres_were_found_by() {
        let mut all = vec![[0.0f32; FEATURES]; 500];
        (0..500).for_each(|index| all[index][0] = index as f32 / 500.0);
        all[77][5] = 3.0;
        let standard = standard(&all);
        for features in &all {
            let cut = standard.apply(features, LIMIT);
            for (index, value) in features.iter().enumerate() {
                let scaled = (value - standard.mean[index]) / standard.sd[index];
                assert!((scaled - cut[index]).abs() < 1e-4, "{scaled} of feature {index}");
            }
        }
    }
}

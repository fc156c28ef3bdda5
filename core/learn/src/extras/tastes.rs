//! Clusters of visitors by taste, and the questions that tell them apart.

use super::MAX_VISITORS;
use crate::catalogue::Catalogue;
use crate::cluster::kmeans::{Centroids, KMeansSums, elbow, run};
use crate::journeys::{Journeys, Step};
use crate::moments::{Moments, Standard};
use crate::questions::{Questionnaire, TasteSums};
use homebody_protocol::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Facets that visitors are clustered by and asked about: those that most visitors touched.
const FACETS: usize = 48;
/// Most clusters tried.
const MOST: usize = 8;
const ROUNDS: usize = 20;
const STARTS: u64 = 3;
const TOLERANCE: f64 = 1e-4;
const LIMIT: f32 = 3.0;
/// Most questions.
const QUESTIONS: usize = 12;
/// Fewer visitors with enough items do not show tastes.
const MIN_VISITORS: usize = 100;
/// Distinct items from which a visitor shows a taste.
const MIN_ITEMS: usize = 3;
/// Newest distinct items of a visitor that count.
const MAX_ITEMS: usize = 100;
/// A facet that nearly everybody or nearly nobody touches tells nobody apart.
const ASKED_SHARES: (f64, f64) = (0.02, 0.95);

pub(super) fn learn(journeys: &Journeys, catalogue: &Catalogue) -> Questionnaire {
    let sample = journeys.iter().take(MAX_VISITORS).map(|(_, steps)| wanted(steps));
    let visitors: Vec<BTreeMap<u16, f32>> =
        sample.filter(|items| items.len() >= MIN_ITEMS).map(|items| shares(&items, catalogue)).collect();
    if visitors.len() < MIN_VISITORS {
        return Questionnaire::default();
    }
    let facets = head(&visitors);
    if facets.len() < 2 {
        return Questionnaire::default();
    }
    let (vectors, standard) = vectors(&visitors, &facets);
    let clusters = cluster(&vectors, facets.len());
    let mut sums = TasteSums::new(clusters.all.len(), facets.len());
    for (vector, shares) in vectors.iter().zip(&visitors) {
        let Some((cluster, _)) = clusters.nearest(vector) else { continue };
        // A visitor likes what fills more of their history than of the average one.
        let like = |(place, facet): (usize, &u16)| {
            let share = shares.get(facet).copied().unwrap_or(0.0);
            share > 0.0 && share.sqrt() >= standard.mean[place]
        };
        let likes: Vec<bool> = facets.iter().enumerate().map(like).collect();
        sums.add(cluster, &likes);
    }
    by_catalogue(sums.questionnaire(QUESTIONS), &facets)
}

/// Distinct items that the visitor wants, newest first.
fn wanted(steps: &[Step]) -> BTreeSet<u32> {
    let mut items = BTreeSet::new();
    for step in steps.iter().rev() {
        if items.len() < MAX_ITEMS && step.kind != Kind::Impression && step.kind.weight(step.value) > 0.0 {
            items.insert(step.item);
        }
    }
    items
}

/// Share of the items that carry each facet.
fn shares(items: &BTreeSet<u32>, catalogue: &Catalogue) -> BTreeMap<u16, f32> {
    let mut shares: BTreeMap<u16, f32> = BTreeMap::new();
    for item in items.iter().filter_map(|&item| catalogue.items.get(item as usize)) {
        for facet in &item.facets {
            *shares.entry(*facet).or_default() += 1.0 / items.len() as f32;
        }
    }
    shares
}

/// The facets most visitors touched, those that (nearly) all or none did left out.
fn head(visitors: &[BTreeMap<u16, f32>]) -> Vec<u16> {
    let mut touched: BTreeMap<u16, f64> = BTreeMap::new();
    for facet in visitors.iter().flat_map(BTreeMap::keys) {
        *touched.entry(*facet).or_default() += 1.0 / visitors.len() as f64;
    }
    let mut facets: Vec<(u16, f64)> = touched.into_iter().collect();
    facets.retain(|(_, share)| (ASKED_SHARES.0..=ASKED_SHARES.1).contains(share));
    facets.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    facets.truncate(FACETS);
    facets.into_iter().map(|(facet, _)| facet).collect()
}

/// Square roots of the shares (which tame the largest, Hellinger 1909), standardised.
fn vectors(visitors: &[BTreeMap<u16, f32>], facets: &[u16]) -> (Vec<Vec<f32>>, Standard) {
    let raw = |shares: &BTreeMap<u16, f32>| -> Vec<f32> {
        facets.iter().map(|facet| shares.get(facet).copied().unwrap_or(0.0).sqrt()).collect()
    };
    let raw: Vec<Vec<f32>> = visitors.iter().map(raw).collect();
    let mut moments = Moments::new(facets.len());
    for vector in &raw {
        moments.add(vector);
    }
    let standard = Standard::of(&moments);
    (raw.iter().map(|vector| standard.apply(vector, LIMIT)).collect(), standard)
}

/// k-means with k at the elbow, two clusters at least.
fn cluster(vectors: &[Vec<f32>], dimensions: usize) -> Centroids {
    let one = |clusters: usize, seed: u64| {
        run(Centroids::start(clusters, dimensions, seed), ROUNDS, TOLERANCE, |centroids| {
            let mut sums = KMeansSums::new(centroids);
            for vector in vectors {
                sums.add(centroids, vector);
            }
            sums
        })
    };
    let mut runs = Vec::new();
    for clusters in 1..=MOST {
        let mut best = one(clusters, 1);
        for seed in 2..=STARTS {
            let other = one(clusters, seed);
            if other.sums.within() < best.sums.within() {
                best = other;
            }
        }
        runs.push(best);
    }
    let within: Vec<f64> = runs.iter().map(|run| run.sums.within()).collect();
    runs.swap_remove(elbow(&within).max(2) - 1).centroids
}

/// The questionnaire over the catalogue's facets.
fn by_catalogue(mut questionnaire: Questionnaire, facets: &[u16]) -> Questionnaire {
    let renumber = |place: &mut usize| *place = usize::from(facets[*place]);
    questionnaire.questions.iter_mut().for_each(|(facet, _)| renumber(facet));
    questionnaire.tastes.iter_mut().flatten().for_each(|(facet, _)| renumber(facet));
    questionnaire
}

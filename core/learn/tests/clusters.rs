//! Clusters from sums against slow arithmetic on the whole data, and against a library.

use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::cluster::gmm::{Mixture, MixtureSums};
use homebody_learn::cluster::kmeans::{Centroids, KMeansSums, elbow};
use homebody_learn::cluster::{gmm, kmeans};
use linfa::prelude::*;
use linfa_clustering::{GaussianMixtureModel, KMeansInit};
use ndarray::Array2;
use proptest::prelude::*;

/// Visitors around `centres`, more around the first ones, wider along the second number.
#[cfg(test)]
fn blobs(centres: &[[f32; 2]], each: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut rng = SplitMix64(seed);
    let mut normal = || (0..12).map(|_| rng.unit()).sum::<f64>() as f32 - 6.0;
    let around = |(index, centre): (usize, &[f32; 2])| {
        (0..each * (centres.len() - index))
            .map(|_| vec![centre[0] + 0.5 * normal(), centre[1] + normal()])
            .collect::<Vec<_>>()
    };
    centres.iter().enumerate().flat_map(around).collect()
}

#[cfg(test)]
fn sums(centroids: &Centroids, visitors: &[Vec<f32>]) -> KMeansSums {
    let mut sums = KMeansSums::new(centroids);
    assert!(visitors.iter().all(|visitor| sums.add(centroids, visitor)));
    sums
}

/// Ten devices' worth of sums, merged.
#[cfg(test)]
fn federated(centroids: &Centroids, visitors: &[Vec<f32>]) -> KMeansSums {
    let mut merged = KMeansSums::new(centroids);
    for batch in visitors.chunks(visitors.len().div_ceil(10)) {
        assert!(merged.merge(&sums(centroids, batch)));
    }
    merged
}

/// Lloyd's algorithm on all visitors at once.
#[cfg(test)]
fn lloyd(mut centres: Vec<Vec<f64>>, visitors: &[Vec<f32>], rounds: usize) -> Vec<Vec<f64>> {
    for _ in 0..rounds {
        let mut groups = vec![Vec::new(); centres.len()];
        for visitor in visitors {
            let distance = |c: &Vec<f64>| {
                c.iter().zip(visitor).map(|(a, b)| (a - f64::from(*b)) * (a - f64::from(*b))).sum::<f64>()
            };
            let nearest =
                (0..centres.len()).min_by(|&a, &b| distance(&centres[a]).total_cmp(&distance(&centres[b])));
            groups[nearest.unwrap()].push(visitor);
        }
        for (centre, group) in centres.iter_mut().zip(groups).filter(|(_, group)| !group.is_empty()) {
            for (index, value) in centre.iter_mut().enumerate() {
                *value =
                    group.iter().map(|visitor| f64::from(visitor[index])).sum::<f64>() / group.len() as f64;
            }
        }
    }
    centres
}

const CENTRES: [[f32; 2]; 3] = [[-4.0, 0.0], [4.0, 2.0], [0.0, 9.0]];

#[test]
fn federated_rounds_equal_central_ones_and_the_library() {
    let visitors = blobs(&CENTRES, 60, 5);
    let start = Centroids::start(3, 2, 11);
    let found = kmeans::run(start.clone(), 100, 0.0, |centroids| federated(centroids, &visitors));
    let wide = start.all.iter().map(|centre| centre.iter().map(|&v| f64::from(v)).collect()).collect();
    let central = lloyd(wide, &visitors, 100);
    let data = Array2::from_shape_fn((visitors.len(), 2), |(row, column)| f64::from(visitors[row][column]));
    let init = Array2::from_shape_fn((3, 2), |(row, column)| f64::from(start.all[row][column]));
    let library = linfa_clustering::KMeans::params(3)
        .init_method(KMeansInit::Precomputed(init))
        .n_runs(1)
        .max_n_iterations(200)
        .tolerance(1e-12)
        .fit(&DatasetBase::from(data))
        .unwrap();
    for (cluster, centre) in found.centroids.all.iter().enumerate() {
        for (index, &value) in centre.iter().enumerate() {
            assert!((f64::from(value) - central[cluster][index]).abs() < 1e-4);
            assert!((f64::from(value) - library.centroids()[(cluster, index)]).abs() < 1e-3);
        }
    }
    assert!((found.sums.within() / visitors.len() as f64 - library.inertia()).abs() < 1e-3);
    assert!(found.rounds < 100, "it settles");
}

#[test]
fn elbow_and_criterion_find_how_many_groups_there_are() {
    let visitors = blobs(&CENTRES, 100, 8);
    let best = |clusters: usize| {
        let one = |seed| {
            kmeans::run(Centroids::start(clusters, 2, seed), 50, 1e-9, |c| federated(c, &visitors)).sums
        };
        (1..=8).map(one).min_by(|a, b| a.within().total_cmp(&b.within())).unwrap()
    };
    let runs: Vec<KMeansSums> = (1..=7).map(best).collect();
    let within: Vec<f64> = runs.iter().map(KMeansSums::within).collect();
    assert_eq!(elbow(&within), 3, "{within:?}");
    assert!(runs[2].bic() < runs[1].bic() && runs[2].bic() < runs[0].bic());
    assert_eq!((elbow(&[]), elbow(&[3.0]), elbow(&[1.0, 1.0, 1.0])), (1, 1, 1));
    assert_eq!(KMeansSums::new(&Centroids::start(3, 2, 1)).bic(), f64::INFINITY);
}

#[test]
fn bad_vectors_and_empty_clusters_do_no_harm() {
    let centroids = Centroids { all: vec![vec![0.0, 0.0], vec![100.0, 100.0]] };
    let mut sums = KMeansSums::new(&centroids);
    assert!(!sums.add(&centroids, &[1.0]) && !sums.add(&centroids, &[f32::NAN, 1.0]));
    assert!(!sums.merge(&KMeansSums::new(&Centroids::start(3, 2, 1))));
    assert!(sums.add(&centroids, &[1.0, 3.0]));
    let next = sums.update(&centroids);
    assert_eq!(next.all, [vec![1.0, 3.0], vec![100.0, 100.0]], "nobody near keeps its place");
    assert_eq!(Centroids::default().nearest(&[1.0]), None);
    assert_eq!(Centroids::start(99, 2, 1).all.len(), kmeans::MAX_CLUSTERS);
    assert!(Centroids::start(0, 2, 1).all.is_empty());
}

proptest! {
    #[test]
    fn sums_of_halves_are_the_sums_of_all(seed in 0u64..1000, cut in 1usize..59) {
        let visitors = blobs(&CENTRES, 10, seed);
        let start = Centroids::start(4, 2, seed);
        let (left, right) = visitors.split_at(cut);
        let mut merged = sums(&start, left);
        prop_assert!(merged.merge(&sums(&start, right)));
        let all = sums(&start, &visitors);
        prop_assert_eq!(merged.counts(), all.counts());
        prop_assert!((merged.within() - all.within()).abs() < 1e-6);
        for (a, b) in merged.update(&start).all.iter().flatten().zip(all.update(&start).all.iter().flatten()) {
            prop_assert!((a - b).abs() < 1e-5);
        }
        let mixture = Mixture::around(&start);
        let mut halves = mixture_sums(&mixture, left);
        prop_assert!(halves.merge(&mixture_sums(&mixture, right)));
        let all = mixture_sums(&mixture, &visitors);
        prop_assert!((halves.bic(&mixture) - all.bic(&mixture)).abs() < 1e-6);
        let (a, b) = (halves.update(&mixture), all.update(&mixture));
        for (a, b) in a.all.iter().zip(&b.all) {
            prop_assert!((a.share - b.share).abs() < 1e-9 && (a.mean[0] - b.mean[0]).abs() < 1e-9);
        }
    }

    #[test]
    fn inertia_never_rises_nor_does_the_likelihood_fall(seed in 0u64..200) {
        let visitors = blobs(&CENTRES, 15, seed);
        let mut centroids = Centroids::start(3, 2, seed);
        let mut mixture = Mixture::around(&centroids);
        let (mut within, mut likely) = (f64::INFINITY, f64::NEG_INFINITY);
        for _ in 0..8 {
            let round = sums(&centroids, &visitors);
            prop_assert!(round.within() <= within + 1e-6);
            within = round.within();
            centroids = round.update(&centroids);
            let round = mixture_sums(&mixture, &visitors);
            prop_assert!(round.mean_log_likelihood() >= likely - 1e-6);
            likely = round.mean_log_likelihood();
            mixture = round.update(&mixture);
        }
    }
}

#[cfg(test)]
fn mixture_sums(mixture: &Mixture, visitors: &[Vec<f32>]) -> MixtureSums {
    let mut sums = MixtureSums::new(mixture);
    assert!(visitors.iter().all(|visitor| sums.add(mixture, visitor)));
    sums
}

#[cfg(test)]
fn fitted(clusters: usize, visitors: &[Vec<f32>]) -> gmm::Fitted {
    let one = |seed| {
        let start =
            kmeans::run(Centroids::start(clusters, 2, seed), 20, 1e-6, |c| federated(c, visitors)).centroids;
        gmm::run(Mixture::around(&start), 200, 1e-9, |mixture| mixture_sums(mixture, visitors))
    };
    let likely = |fitted: &gmm::Fitted| fitted.sums.mean_log_likelihood();
    (1..=4).map(one).max_by(|a, b| likely(a).total_cmp(&likely(b))).unwrap()
}

#[test]
fn a_known_mixture_is_recovered_as_by_the_library() {
    let visitors = blobs(&CENTRES, 200, 21);
    let runs: Vec<gmm::Fitted> = (1..=5).map(|clusters| fitted(clusters, &visitors)).collect();
    let criterion = |run: &gmm::Fitted| run.sums.bic(&run.mixture);
    let best = runs.iter().min_by(|a, b| criterion(a).total_cmp(&criterion(b))).unwrap();
    assert_eq!(best.mixture.all.len(), 3, "{:?}", runs.iter().map(criterion).collect::<Vec<_>>());
    let data = Array2::from_shape_fn((visitors.len(), 2), |(row, column)| f64::from(visitors[row][column]));
    let library = GaussianMixtureModel::params(3).n_runs(3).fit(&DatasetBase::from(data)).unwrap();
    for (index, centre) in CENTRES.iter().enumerate() {
        let near = |mean: &[f64]| {
            (mean[0] - f64::from(centre[0])).abs() + (mean[1] - f64::from(centre[1])).abs() < 0.3
        };
        let component = best.mixture.all.iter().find(|component| near(&component.mean)).unwrap();
        assert!((component.share - (3 - index) as f64 / 6.0).abs() < 0.01, "{component:?}");
        assert!((component.variance[0] - 0.25).abs() < 0.05 && (component.variance[1] - 1.0).abs() < 0.15);
        let row = (0..3).find(|&row| near(&[library.means()[(row, 0)], library.means()[(row, 1)]])).unwrap();
        assert!((component.share - library.weights()[row]).abs() < 0.005);
        for side in 0..2 {
            assert!((component.mean[side] - library.means()[(row, side)]).abs() < 0.02);
            assert!((component.variance[side] - library.covariances()[(row, side, side)]).abs() < 0.02);
        }
    }
}

#[test]
fn a_component_never_collapses_and_strangers_are_refused() {
    let twins = vec![vec![1.0, 1.0]; 20];
    let start = Mixture::around(&Centroids { all: vec![vec![1.0, 1.0], vec![9.0, 9.0]] });
    let found = gmm::run(start, 50, 0.0, |mixture| mixture_sums(mixture, &twins));
    let shares: f64 = found.mixture.all.iter().map(|component| component.share).sum();
    assert!((shares - 1.0).abs() < 1e-9);
    assert!(found.mixture.all.iter().flat_map(|c| &c.variance).all(|&v| v >= gmm::MIN_VARIANCE));
    assert!(found.mixture.all.iter().all(|component| component.share > 0.0));
    let mut sums = MixtureSums::new(&found.mixture);
    assert!(!sums.add(&found.mixture, &[1.0]) && !sums.add(&found.mixture, &[f32::INFINITY, 0.0]));
    assert!(!sums.merge(&MixtureSums::default()));
    assert_eq!(sums.bic(&found.mixture), f64::INFINITY);
    assert_eq!(Mixture::default().responsibilities(&[1.0]), None);
}

//! How many segments there are is found out by the sums of a chain that began with more.

use homebody_learn::cluster::gmm::{Component, Mixture};
use homebody_learn::cluster::kmeans::Centroids;
use homebody_protocol::features::FEATURES;
use homebody_protocol::task::{Measurement, Task};
use homebody_server::store::SectionState;
use homebody_server::train::TrainOptions;

use crate::learners::{answer, ask, run, scale};
use crate::shop::Shop;

/// Standardised features of a visitor; each of so many kinds stands out in features of its own.
fn features(visitor: u64, kinds: u64) -> [f32; FEATURES] {
    let mut state = visitor.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    core::array::from_fn(|index| {
        let own: f64 = (0..4)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
            })
            .sum();
        let stands_out = kinds > 1 && index as u64 % kinds == visitor % kinds;
        (own + if stands_out { 1.6 } else { -0.4 }) as f32
    })
}

/// What a visitor answers to a round, of either kind.
fn natural(task: &Task, visitor: u64, kinds: u64) -> Vec<f64> {
    let vector = features(visitor, kinds);
    let x = vector.map(f64::from);
    if let Measurement::KMeans { centres, .. } = &task.measurement {
        let (nearest, _) = Centroids { all: centres.clone() }.nearest(&vector).unwrap();
        let mut natural = vec![0.0; task.length as usize];
        natural[nearest * (1 + FEATURES)] = 1.0;
        natural[nearest * (1 + FEATURES) + 1..][..FEATURES].copy_from_slice(&x);
        return natural;
    }
    let (shares, _) = mixture(task).responsibilities(&vector).unwrap();
    let cells = |r: f64| [vec![r], x.map(|x| r * x).to_vec(), x.map(|x| r * x * x).to_vec()].concat();
    shares.into_iter().flat_map(cells).collect()
}

fn mixture(task: &Task) -> Mixture {
    let Measurement::Mixture { shares, means, variances, .. } = &task.measurement else {
        panic!("a mixture")
    };
    let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect();
    let component = |((share, mean), variance): ((&f32, &Vec<f32>), &Vec<f32>)| Component {
        share: f64::from(*share),
        mean: wide(mean),
        variance: wide(variance),
    };
    Mixture { all: shares.iter().zip(means).zip(variances).map(component).collect() }
}

/// Rounds that begin with six clusters at places that nobody's data was needed for.
fn starts() -> [Measurement; 2] {
    let means = Centroids::start(6, FEATURES, 3).all;
    let (shares, variances) = (vec![1.0 / 6.0; 6], vec![vec![1.0; FEATURES]; 6]);
    [
        Measurement::KMeans { scale: scale(), centres: means.clone(), levels: 64 },
        Measurement::Mixture { scale: scale(), shares, means, variances, levels: 256 },
    ]
}

fn clusters(task: &Task) -> usize {
    match &task.measurement {
        Measurement::KMeans { centres, .. } => centres.len(),
        Measurement::Mixture { shares, .. } => shares.len(),
        _ => panic!("clusters"),
    }
}

/// Clusters of each round, in order.
fn asked(shop: &Shop) -> Vec<usize> {
    let mut tasks: Vec<Task> = shop.store.tasks().unwrap().iter().map(|task| shop.asked(&task.id)).collect();
    let round = |task: &Task| task.name.rsplit_once("-r").map_or(1, |(_, number)| number.parse().unwrap());
    tasks.sort_by_key(round);
    tasks.iter().map(clusters).collect()
}

/// Reasons of what was rejected, in order.
fn rejected(shop: &Shop) -> Vec<String> {
    let mut sections = shop.store.sections().unwrap();
    sections.retain(|section| section.state == SectionState::Rejected);
    sections.into_iter().map(|section| section.reason).collect()
}

#[test]
fn three_kinds_of_visitors_become_three_segments() {
    for start in starts() {
        let shop = Shop::open();
        let first = ask(&shop, "segments", start);
        let (rounds, outcome) = run(&shop, &first, |task, visitor| natural(task, visitor, 3));
        assert!(outcome.starts_with("segments published: "), "{outcome}");
        assert!(outcome.contains("; 3 segments by BIC a visitor (2: "), "{outcome}");
        let segments = shop.pool().extras().segments.clone();
        let stands_out = |index: usize| segments.all.iter().filter(|one| one.mean[index] > 1.2).count();
        assert!(segments.all.len() == 3 && (0..FEATURES).all(|index| stands_out(index) == 1), "{segments:?}");
        let asked = asked(&shop);
        assert_eq!((asked[0], asked.last(), asked.len()), (6, Some(&3), rounds as usize), "{asked:?}");
        let reasons = rejected(&shop);
        for number in [2, 4] {
            let why = format!("{number} segments: BIC ");
            assert_eq!(reasons.iter().filter(|reason| reason.starts_with(&why)).count(), 1, "{reasons:?}");
        }
        assert!(shop.printed(&["models"]).contains("segments  rejected: 4 segments: BIC "));
    }
}

#[test]
fn one_kind_of_visitor_is_cut_into_as_few_as_may_be_and_makes_no_segments() {
    for start in starts() {
        let shop = Shop::open();
        let first = ask(&shop, "segments", start);
        let (_, outcome) = run(&shop, &first, |task, visitor| natural(task, visitor, 1));
        assert!(outcome.starts_with("segments rejected: "), "{outcome}");
        assert_eq!(asked(&shop).last(), Some(&2), "{outcome}");
        assert!(!shop.pool().extras().segments.are_known());
    }
}

#[test]
fn a_site_that_knows_the_number_says_so() {
    let mut shop = Shop::open();
    shop.options = TrainOptions { segments: 4..=4, ..shop.options };
    let [start, _] = starts();
    let first = ask(&shop, "segments", start);
    let (_, outcome) = run(&shop, &first, |task, visitor| natural(task, visitor, 3));
    assert!(outcome.starts_with("segments published: "), "{outcome}");
    assert_eq!(shop.pool().extras().segments.all.len(), 4, "BIC alone would make it three");
}

#[test]
fn fewer_segments_cost_no_more_and_the_binary_goes_on_with_them() {
    let shop = Shop::open();
    // Two centres for each kind.
    let kind = |index: usize, of: usize| if index % 3 == of % 3 { 1.6 } else { -0.4 };
    let centre = |of: usize| {
        let away = if of < 3 { 0.2 } else { -0.2 };
        (0..FEATURES).map(|index| kind(index, of) + if index < 3 { away } else { 0.0 }).collect()
    };
    let centres = (0..6).map(centre).collect();
    let id = ask(&shop, "segments", Measurement::KMeans { scale: scale(), centres, levels: 64 });
    answer(&shop, &id, |task, visitor| natural(task, visitor, 3));
    let output = shop.homebody(&["train"]).env("HOMEBODY_TRAIN_ROUNDS", "1").output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("goes on with 3 segments by BIC a visitor (2: "), "{told}");
    let round = shop.store.round(&id).unwrap().unwrap();
    let (before, now) = (shop.asked(&id), shop.asked(&round.next));
    assert_eq!((clusters(&before), clusters(&now)), (6, 3));
    assert_eq!((now.micro_rho, &now.mode, now.window_s), (before.micro_rho, &before.mode, before.window_s));
    assert!(now.length < before.length && now.least_micro_rho() <= now.micro_rho);
}

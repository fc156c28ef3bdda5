//! Learners of several rounds: each round's task is signed and opened out of the sums of the one before.

use homebody_protocol::features::FEATURES;
use homebody_protocol::mechanism::{Draw, Secret, numbers};
use homebody_protocol::task::{BLEND_PARTS, Bound, Measurement, Noise, Scale, Task, TaskId};
use homebody_server::store::{SectionKind, SectionState};
use homebody_server::train::Outcome;

use crate::shop::{NOW, Shop, WEEK_S};

pub(crate) const VISITORS: u64 = 2_000;

pub(crate) fn scale() -> Scale {
    Scale { mean: vec![1.0; FEATURES], sd: vec![2.0; FEATURES], limit: 3.0 }
}

pub(crate) fn ask(shop: &Shop, name: &str, measurement: Measurement) -> String {
    let bound = measurement.integers().unwrap();
    shop.add(&shop.task(name, measurement, bound, Noise::Gaussian { milli_sigma: 100_000 }))
}

/// Releases what devices answer to a task: the natural statistics of each, through the rounding of real reports.
pub(crate) fn answer(shop: &Shop, id: &str, natural: impl Fn(&Task, u64) -> Vec<f64>) {
    let task = shop.asked(id);
    let mut cells = vec![0i64; task.length as usize];
    for visitor in 0..VISITORS {
        let mut stream = Secret::new([1; 32]).draw(Draw::Round, &TaskId([0; 32]), visitor);
        let report = numbers::encode(&task.measurement, &natural(&task, visitor), &mut stream);
        cells.iter_mut().zip(report).for_each(|(cell, value)| *cell += i64::from(value));
    }
    shop.release(id, 0, VISITORS, cells);
}

/// Standardised features of a visitor: one in four buys, and is far from the others.
fn features(visitor: u64, apart: f64) -> [f64; FEATURES] {
    let at = if visitor.is_multiple_of(4) { apart } else { -apart / 3.0 };
    core::array::from_fn(|index| {
        let own = (visitor.wrapping_mul(2_654_435_761) >> (index + 3)) & 0xff;
        at + (own as f64 / 255.0 - 0.5)
    })
}

fn nearest(task: &Task, visitor: u64, apart: f64) -> Vec<f64> {
    let Measurement::KMeans { centres, .. } = &task.measurement else { panic!("centres") };
    let x = features(visitor, apart);
    let away = |centre: &Vec<f32>| -> f64 {
        centre.iter().zip(x).map(|(centre, x)| (f64::from(*centre) - x) * (f64::from(*centre) - x)).sum()
    };
    let first = usize::from(away(&centres[1]) < away(&centres[0]));
    let mut natural = vec![0.0; centres.len() * (1 + FEATURES)];
    natural[first * (1 + FEATURES)] = 1.0;
    natural[first * (1 + FEATURES) + 1..][..FEATURES].copy_from_slice(&x);
    natural
}

/// Runs a chain to its end; numbers of the rounds and the last outcome.
pub(crate) fn run(shop: &Shop, first: &str, natural: impl Fn(&Task, u64) -> Vec<f64>) -> (u32, String) {
    let mut id = first.to_owned();
    for week in 1..20 {
        answer(shop, &id, &natural);
        let Outcome::Round { number, next, outcome, .. } = shop.step(NOW + week * WEEK_S) else {
            panic!("a round")
        };
        assert_eq!(u64::from(number), week);
        assert!(shop.store.task(&id).unwrap().unwrap().closed_at.is_some(), "its sums are used");
        let Some(next) = next else { return (number, outcome) };
        let (before, now) = (shop.asked(&id), shop.asked(&next));
        assert_eq!(now.name, format!("{}-r{}", shop.asked(first).name, number + 1));
        assert_eq!(
            (now.mode, now.micro_rho, now.min_batch_size),
            (before.mode, before.micro_rho, before.min_batch_size)
        );
        assert_ne!(now.measurement, before.measurement);
        id = next;
    }
    panic!("no end")
}

fn start() -> Measurement {
    let centres = vec![vec![-0.1; FEATURES], vec![0.4; FEATURES]];
    Measurement::KMeans { scale: scale(), centres, levels: 64 }
}

#[test]
fn segments_are_found_in_rounds_and_travel_with_the_pool() {
    let shop = Shop::open();
    assert!(!shop.pool().extras().segments.are_known());
    let first = ask(&shop, "segments", start());
    let (rounds, outcome) = run(&shop, &first, |task, visitor| nearest(task, visitor, 1.5));
    assert!(rounds > 1 && outcome.starts_with("segments published: "), "{rounds} {outcome}");
    let segments = shop.pool().extras().segments.clone();
    assert_eq!((segments.all.len(), segments.mean[0], segments.sd[0]), (2, 1.0, 2.0));
    let centre = |segment: usize| segments.all[segment].mean.iter().sum::<f32>() / FEATURES as f32;
    assert!((centre(0) + 0.5).abs() < 0.1 && (centre(1) - 1.5).abs() < 0.1, "{} {}", centre(0), centre(1));
    assert_eq!(shop.step(NOW + 30 * WEEK_S), Outcome::NothingNew, "no round is used twice");
}

#[test]
fn visitors_who_are_all_alike_make_no_segments() {
    let shop = Shop::open();
    let first = ask(&shop, "segments", start());
    let (_, outcome) = run(&shop, &first, |task, visitor| nearest(task, visitor, 0.05));
    assert!(outcome.starts_with("segments rejected: visitors do not fall apart"), "{outcome}");
    assert!(!shop.pool().extras().segments.are_known());
    assert!(shop.store.section(SectionKind::Segments, SectionState::Rejected).unwrap().is_some());
}

/// SplitMix64.
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A visit's gradient and curvature at the weights of the round; `weight` is how much the first feature really says.
fn visit(task: &Task, visitor: u64, weight: f64) -> Vec<f64> {
    let Measurement::Logistic { weights, .. } = &task.measurement else { panic!("weights") };
    // Another window, other visits.
    let round = task.name.bytes().map(u64::from).sum::<u64>() * 1_000_003;
    let mut draws = Draws(visitor + round);
    let x: Vec<f64> =
        core::iter::once(1.0).chain((0..FEATURES).map(|_| 4.0 * (draws.unit() - 0.5))).collect();
    let bought = draws.unit() < 1.0 / (1.0 + (1.0 - weight * x[1]).exp());
    let margin: f64 = x.iter().zip(weights).map(|(x, weight)| x * f64::from(*weight)).sum();
    let p = 1.0 / (1.0 + (-margin).exp());
    let rest = f64::from(u8::from(bought)) - p;
    let products =
        x.iter().enumerate().flat_map(|(row, left)| x[row..].iter().map(move |right| left * right));
    x.iter().map(|x| rest * x).chain(products.map(|product| p * (1.0 - p) * product)).collect()
}

fn logistic() -> Measurement {
    Measurement::Logistic { scale: scale(), weights: vec![0.0; FEATURES + 1], levels: 256 }
}

#[test]
fn intent_is_learned_by_newton_rounds_and_travels_with_the_pool() {
    let shop = Shop::open();
    let first = ask(&shop, "purchase", logistic());
    let (rounds, outcome) = run(&shop, &first, |task, visitor| visit(task, visitor, 1.2));
    assert!(rounds > 2 && outcome.starts_with("intent published: a gain of "), "{rounds} {outcome}");
    let intent = shop.pool().extras().intent.clone();
    assert!((intent.weights[0] - 1.2).abs() < 0.3 && intent.weights[5].abs() < 0.3, "{:?}", intent.weights);
    assert!((intent.bias + 1.0).abs() < 0.3 && intent.slope == 1.0, "{}", intent.bias);
}

/// A shop with a published intent, and a question how well it predicts, whose window 20 comes after it.
fn predicting() -> (Shop, String) {
    let shop = Shop::open();
    let first = ask(&shop, "purchase", logistic());
    run(&shop, &first, |task, visitor| visit(task, visitor, 1.2));
    let noise = Noise::Gaussian { milli_sigma: 10_000 };
    let task = shop.task("calibration", Measurement::Calibration { bins: 10 }, Bound::OneHot, noise);
    let task = shop.add(&Task { ends_at: task.starts_at + 40 * task.window_s, ..task });
    (shop, task)
}

/// Visits of ten bins, and how many in a hundred of each ended with a purchase.
fn predictions(shop: &Shop, task: &str, window: u32, share: impl Fn(usize) -> i64) {
    let mut cells = vec![0; 21];
    for bin in 0..10 {
        cells[2 * bin] = 9 * (100 - share(bin));
        cells[2 * bin + 1] = 9 * share(bin);
    }
    shop.release(task, window, 9_000, cells);
}

#[test]
fn published_intent_is_judged_by_how_visits_ended() {
    let (shop, task) = predicting();
    let before = shop.pool().extras().intent.clone();
    let honest = |bin: usize| 10 * bin as i64 + 5;
    predictions(&shop, &task, 0, |_| 50);
    assert_eq!(shop.step(NOW + 30 * WEEK_S), Outcome::NothingNew, "that window began before the intent did");
    predictions(&shop, &task, 30, honest);
    let Outcome::IntentJudged { reason, version: None } = shop.step(NOW + 31 * WEEK_S) else {
        panic!("honest")
    };
    assert!(reason.starts_with("stands: 9000 visits: AUC 0.8"), "{reason}");
    assert_eq!((shop.step(NOW + 31 * WEEK_S), &shop.pool().extras().intent), (Outcome::NothingNew, &before));

    predictions(&shop, &task, 31, |bin| if bin < 5 { 33 } else { 67 });
    predictions(&shop, &task, 32, |bin| if bin < 5 { 33 } else { 67 });
    let Outcome::IntentJudged { reason, version: Some(_) } = shop.step(NOW + 33 * WEEK_S) else {
        panic!("too sure")
    };
    assert!(reason.starts_with("straightened: "), "{reason}");
    let after = shop.pool().extras().intent.clone();
    assert!(after.slope < 0.9 && after.weights == before.weights, "{}", after.slope);
}

#[test]
fn intent_that_turns_out_to_tell_nothing_is_withdrawn() {
    let (shop, task) = predicting();
    predictions(&shop, &task, 30, |_| 20);
    let Outcome::IntentJudged { reason, version: Some(_) } = shop.step(NOW + 31 * WEEK_S) else {
        panic!("useless")
    };
    assert!(reason.starts_with("withdrawn: 9000 visits: AUC 0.500"), "{reason}");
    assert!(!shop.pool().extras().intent.is_known());
}

#[test]
fn intent_that_predicts_nothing_is_kept_and_not_published() {
    let shop = Shop::open();
    let first = ask(&shop, "purchase", logistic());
    let (_, outcome) = run(&shop, &first, |task, visitor| visit(task, visitor, 0.0));
    assert!(outcome.starts_with("intent rejected: no gain on visitors of another window"), "{outcome}");
    assert!(!shop.pool().extras().intent.is_known());
}

#[test]
fn what_devices_weigh_anew_goes_before_the_gate() {
    let shop = Shop::open();
    let model = shop.promote(NOW);
    let weights = |shop: &Shop| shop.pool().list_sets().map(|set| set.weight()).collect::<Vec<f32>>();
    let before = weights(&shop);
    let table = shop.manifest().catalog.unwrap().sha256;
    let measurement = Measurement::Blend { model: table, weights: vec![1.0; BLEND_PARTS], levels: 64 };
    let first = ask(&shop, "blend", measurement);
    // Every device prefers what its second list set speaks for, and the first one speaks against it.
    let natural = |task: &Task, visitor: u64| {
        let Measurement::Blend { weights, .. } = &task.measurement else { panic!("weights") };
        let mut apart = [0.0; BLEND_PARTS];
        apart[0] = if visitor.is_multiple_of(3) { 1.5 } else { -1.0 };
        apart[1] = if visitor.is_multiple_of(5) { -1.0 } else { 1.5 };
        let margin: f64 = apart.iter().zip(weights).map(|(d, weight)| d * f64::from(*weight)).sum();
        let p = 1.0 / (1.0 + (-margin).exp());
        let products = apart.iter().enumerate().flat_map(|(row, left)| {
            let left = *left;
            apart[row..].iter().map(move |right| left * right).collect::<Vec<f64>>()
        });
        let curve: Vec<f64> = products.map(|product| p * (1.0 - p) * product).collect();
        apart.iter().map(|d| (1.0 - p) * d).chain(curve).collect()
    };
    let (rounds, outcome) = run(&shop, &first, natural);
    assert!(rounds > 1 && outcome.starts_with("blend waiting: waits for the gate"), "{outcome}");
    let Outcome::Asked { model: weighed, gate } = shop.step(NOW + 20 * WEEK_S) else { panic!("the gate") };
    assert!(weighed > model);
    assert_eq!(shop.store.models().unwrap()[0].cause, "blend: devices have weighed the parts anew");
    assert_eq!(weights(&shop), before, "nothing is published that devices have not judged");
    shop.release(&gate, 0, 4_000, vec![3_300, 150, 500, 50]);
    assert!(matches!(shop.step(NOW + 21 * WEEK_S), Outcome::Promoted { .. }));
    assert!(shop.store.section(SectionKind::Blend, SectionState::Published).unwrap().is_some());
    let after = weights(&shop);
    assert!(
        after.len() == 2 && after[0] < 0.8 * before[0] && after[1] > 1.2 * before[1],
        "{before:?} {after:?}"
    );
}

//! The alarm: raised where visitors shift, and not where they do not.

use homebody_protocol::features::FEATURES;
use homebody_protocol::task::{Bound, Edges, Measurement, Noise};
use homebody_server::train::{Drift, Outcome, Triggers};

use crate::shop::{NOW, Shop, WEEK_S};

/// A number from 0 to 1 that looks drawn.
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal.
    pub(crate) fn normal(&mut self, sigma: f64) -> f64 {
        ((0..12).map(|_| self.unit()).sum::<f64>() - 6.0) * sigma
    }
}

/// A window of devices that each tell the bin of eight features, with the noise of a release. Of feature 3 a share of them has
/// moved to the last bins.
fn window(seed: u64, moved: f64) -> (u64, Vec<i64>) {
    let (mut draws, devices) = (Draws(seed), 3_000);
    let mut cells = vec![0i64; 4 * FEATURES];
    for device in 0..devices {
        for feature in (device % 2..FEATURES).step_by(2) {
            let shift = if feature == 3 { moved } else { 0.0 };
            let bin = (4.0 * (draws.unit() * (1.0 - shift) + shift)).min(3.0) as usize;
            cells[4 * feature + bin] += 1;
        }
    }
    cells.iter_mut().for_each(|cell| *cell += draws.normal(30.0).round() as i64);
    (devices as u64, cells)
}

/// A shop whose first model was rejected, that learns by drift alone, and its questions about drift and pairs.
fn watchful() -> (Shop, String, String) {
    let mut shop = Shop::open();
    let edges = Edges(vec![vec![0.5, 1.0, 2.0]; FEATURES]);
    let noise = Noise::Gaussian { milli_sigma: 30_000 };
    let task = shop.task("drift", Measurement::Drift { edges }, Bound::MultiHot { ones: 8 }, noise);
    let drift = shop.add(&task);
    let (reports, cells) = window(1, 0.0);
    shop.release(&drift, 0, reports, cells);
    let pairs = shop.release_pairs();
    let Outcome::Asked { gate, .. } = shop.step(NOW) else { panic!("the first") };
    shop.release(&gate, 0, 4_000, vec![3_500, 350, 100, 50]);
    assert!(matches!(shop.step(NOW + 60), Outcome::Rejected { .. }));
    shop.options.triggers = Triggers { every_s: 0, new_reports: 0, drift_psi: 0.25 };
    (shop, drift, pairs)
}

#[test]
fn luck_and_noise_raise_no_alarm() {
    let (shop, drift, pairs) = watchful();
    for week in 1..7 {
        let (reports, cells) = window(10 + u64::from(week), 0.0);
        shop.release(&drift, week, reports, cells);
        shop.release(&pairs, week, 2_000, shop.pair_cells());
        assert_eq!(shop.step(NOW + u64::from(week) * WEEK_S), Outcome::NotDue);
        let seen = Drift::latest(&shop.store).unwrap().unwrap();
        assert!(!seen.is_alarm && seen.window == week && seen.compared_with == 0, "{seen:?}");
    }
    assert!(shop.actions().iter().all(|action| !action.starts_with("drift")));
}

#[test]
fn visitors_who_change_raise_it_and_ask_for_a_model() {
    let (shop, drift, pairs) = watchful();
    let (reports, cells) = window(20, 0.45);
    shop.release(&drift, 1, reports, cells);
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NothingNew, "nothing to learn from yet");
    let alarm = Drift::latest(&shop.store).unwrap().unwrap();
    assert!(alarm.is_alarm && alarm.moved[0].feature == "cart_adds_7d", "{alarm:?}");
    assert!(alarm.moved[0].psi > 0.25 && alarm.moved[0].js > 0.031);
    assert_eq!(shop.actions()[0], "drift_alarm");
    let printed = shop.printed(&["models"]);
    assert!(printed.starts_with("DRIFT: cart_adds_7d moved by PSI "), "{printed}");
    assert!(printed.contains("rejected  shared from contributions (schedule: the first): "), "{printed}");
    assert!(shop.printed(&["--json", "models"]).contains("\"is_alarm\":true"));
    shop.release(&pairs, 1, 2_000, shop.pair_cells());
    let Outcome::Asked { .. } = shop.step(NOW + WEEK_S) else { panic!("drift asks for a model") };
    let cause = shop.store.models().unwrap()[0].cause.clone();
    assert!(cause.starts_with("drift: cart_adds_7d moved by PSI "), "{cause}");

    // The new model has seen the shift: the next window is like the one it was made on.
    let (reports, cells) = window(21, 0.45);
    shop.release(&drift, 2, reports, cells);
    assert!(matches!(shop.step(NOW + 2 * WEEK_S), Outcome::Waiting { .. }));
    let seen = Drift::latest(&shop.store).unwrap().unwrap();
    assert!(!seen.is_alarm && seen.compared_with == 1, "{seen:?}");
    assert_eq!(shop.actions()[0], "drift_over");
    assert!(!shop.printed(&["models"]).contains("DRIFT"));
}

#[test]
fn nobody_looks_where_the_threshold_is_nought() {
    let (mut shop, drift, _) = watchful();
    shop.options.triggers.drift_psi = 0.0;
    let (reports, cells) = window(20, 0.45);
    shop.release(&drift, 1, reports, cells);
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NothingNew);
    assert_eq!(Drift::latest(&shop.store).unwrap(), None);
}

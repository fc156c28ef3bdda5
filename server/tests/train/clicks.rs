//! The alarm of click-through: raised where fewer visitors open something, and not where as many do.

use homebody_learn::from_sums::clicks::Limits;
use homebody_protocol::features::FEATURES;
use homebody_protocol::task::{Bound, Edges, Measurement, Noise};
use homebody_server::train::{Clicks, Outcome, Triggers};

use crate::drift::Draws;
use crate::shop::{NOW, Shop, WEEK_S};

/// A window of devices that each tell eight features, with the noise of a release. Of the visitors a share opened
/// something.
fn window(seed: u64, opened: f64) -> (u64, Vec<i64>) {
    let (mut draws, devices) = (Draws(seed), 3_000);
    let mut cells = vec![0i64; 4 * FEATURES];
    for device in 0..devices {
        for feature in (device % 2..FEATURES).step_by(2) {
            let is_none = feature < 3 && draws.unit() >= opened;
            let bin = if is_none { 0.0 } else { 1.0 + (3.0 * draws.unit()).min(2.0) };
            cells[4 * feature + bin as usize] += 1;
        }
    }
    cells.iter_mut().for_each(|cell| *cell += draws.normal(30.0).round() as i64);
    (devices as u64, cells)
}

/// A shop whose first model was rejected, that learns by click-through alone, and its questions about drift and
/// pairs. Seven visitors in ten open something.
fn watchful(limits: Limits) -> (Shop, String, String) {
    let mut shop = Shop::open();
    let edges = Edges(vec![vec![0.5, 1.0, 2.0]; FEATURES]);
    let noise = Noise::Gaussian { milli_sigma: 30_000 };
    let task = shop.task("drift", Measurement::Drift { edges }, Bound::MultiHot { ones: 8 }, noise);
    let drift = shop.add(&task);
    let (reports, cells) = window(1, 0.7);
    shop.release(&drift, 0, reports, cells);
    let pairs = shop.release_pairs();
    let Outcome::Asked { gate, .. } = shop.step(NOW) else { panic!("the first") };
    shop.release(&gate, 0, 4_000, vec![3_500, 350, 100, 50]);
    assert!(matches!(shop.step(NOW + 60), Outcome::Rejected { .. }));
    shop.options.triggers = Triggers { every_s: 0, new_reports: 0, drift_psi: 0.0 };
    shop.options.click_through = limits;
    (shop, drift, pairs)
}

fn next(shop: &Shop, drift: &str, week: u32, opened: f64) {
    let (reports, cells) = window(30 + u64::from(week), opened);
    shop.release(drift, week, reports, cells);
}

#[test]
fn six_windows_of_luck_and_noise_raise_no_alarm() {
    let (shop, drift, pairs) = watchful(Limits { floor: 0.6, fall: 0.1 });
    for week in 1..7 {
        next(&shop, &drift, week, 0.7);
        shop.release(&pairs, week, 2_000, shop.pair_cells());
        assert_eq!(shop.step(NOW + u64::from(week) * WEEK_S), Outcome::NotDue);
        let seen = Clicks::latest(&shop.store).unwrap().unwrap();
        assert!(!seen.is_alarm && seen.window == week && seen.compared_with == Some(0), "{seen:?}");
        assert!((seen.share - 0.7).abs() < 4.0 * seen.error && seen.days == 7, "{seen:?}");
    }
    assert!(shop.actions().iter().all(|action| !action.starts_with("click")));
}

#[test]
fn fewer_clicks_raise_it_and_ask_for_a_model() {
    let (shop, drift, pairs) = watchful(Limits { floor: 0.0, fall: 0.1 });
    next(&shop, &drift, 1, 0.5);
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NothingNew, "nothing to learn from yet");
    let alarm = Clicks::latest(&shop.store).unwrap().unwrap();
    assert!(alarm.is_alarm && alarm.limit.as_deref() == Some("fall"), "{alarm:?}");
    assert_eq!(shop.actions()[0], "click_through_alarm");
    let printed = shop.printed(&["models"]);
    assert!(printed.starts_with("CLICK-THROUGH: ") && printed.contains(" in window 1 of drift"), "{printed}");
    assert!(shop.printed(&["--json", "models"]).contains("\"limit\":\"fall\""));
    shop.release(&pairs, 1, 2_000, shop.pair_cells());
    let Outcome::Asked { .. } = shop.step(NOW + WEEK_S) else { panic!("fewer clicks ask for a model") };
    let cause = shop.store.models().unwrap()[0].cause.clone();
    assert!(cause.starts_with("click-through: ") && cause.contains(" before"), "{cause}");

    // The new model has seen it: the next window is like the one it was made on.
    next(&shop, &drift, 2, 0.5);
    assert!(matches!(shop.step(NOW + 2 * WEEK_S), Outcome::Waiting { .. }));
    let seen = Clicks::latest(&shop.store).unwrap().unwrap();
    assert!(!seen.is_alarm && seen.compared_with == Some(1), "{seen:?}");
    assert_eq!(shop.actions()[0], "click_through_over");
    assert!(!shop.printed(&["models"]).contains("CLICK-THROUGH"));
}

#[test]
fn a_floor_needs_no_other_window_and_stays_until_it_is_reached() {
    let (shop, drift, _) = watchful(Limits { floor: 0.6, fall: 0.0 });
    for (week, opened, is_alarm) in [(1, 0.45, true), (2, 0.45, true), (3, 0.7, false)] {
        next(&shop, &drift, week, opened);
        shop.step(NOW + u64::from(week) * WEEK_S);
        let seen = Clicks::latest(&shop.store).unwrap().unwrap();
        assert_eq!(
            (seen.is_alarm, seen.limit.as_deref()),
            (is_alarm, is_alarm.then_some("floor")),
            "{seen:?}"
        );
    }
}

#[test]
fn nobody_looks_where_both_limits_are_nought() {
    let (shop, drift, _) = watchful(Limits { floor: 0.0, fall: 0.0 });
    let before = Clicks::latest(&shop.store).unwrap();
    next(&shop, &drift, 1, 0.2);
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NothingNew);
    assert_eq!(Clicks::latest(&shop.store).unwrap(), before);
}

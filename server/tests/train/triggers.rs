//! What asks for a new model: the clock, a number of reports, visitors who have changed.

use homebody_server::train::{Outcome, Triggers};

use crate::shop::{DAY_S, NOW, Shop, WEEK_S};

/// The first model was made and rejected.
fn settled(triggers: Triggers) -> (Shop, String) {
    let mut shop = Shop::open();
    let pairs = shop.release_pairs();
    let Outcome::Asked { gate, .. } = shop.step(NOW) else { panic!("the first is made at once") };
    assert_eq!(shop.store.models().unwrap()[0].cause, "schedule: the first");
    shop.release(&gate, 0, 4_000, vec![3_500, 350, 100, 50]);
    assert!(matches!(shop.step(NOW + 60), Outcome::Rejected { .. }));
    shop.options.triggers = triggers;
    (shop, pairs)
}

const OFF: Triggers = Triggers { every_s: 0, new_reports: 0, drift_psi: 0.0 };

#[test]
fn by_schedule_a_model_is_made_once_it_is_time_and_something_is_new() {
    let (shop, pairs) = settled(Triggers { every_s: DAY_S, ..OFF });
    assert_eq!(shop.step(NOW + 2 * DAY_S), Outcome::NothingNew);
    shop.release(&pairs, 1, 2_000, shop.pair_cells());
    assert_eq!(shop.step(NOW + DAY_S - 1), Outcome::NotDue);
    assert!(matches!(shop.step(NOW + DAY_S), Outcome::Asked { .. }));
    assert_eq!(shop.store.models().unwrap()[0].cause, "schedule: 24 hours after the last");
}

#[test]
fn by_count_it_is_made_once_enough_reports_are_in() {
    let (shop, pairs) = settled(Triggers { new_reports: 3_000, ..OFF });
    shop.release(&pairs, 1, 2_000, shop.pair_cells());
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NotDue);
    // Reports about something else are no reason.
    shop.release(&"ab".repeat(32), 0, 9_000, vec![1; 4]);
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NotDue);
    shop.release(&pairs, 2, 1_000, shop.pair_cells());
    assert!(matches!(shop.step(NOW + WEEK_S), Outcome::Asked { .. }));
    assert_eq!(shop.store.models().unwrap()[0].cause, "count: 3000 new reports");
    assert!(shop.actions().iter().any(|action| action == "candidate"));
}

#[test]
fn each_release_is_read_once() {
    let shop = Shop::open();
    let pairs = shop.ask_pairs();
    for window in 0..5 {
        shop.release(&pairs, window, 500 + u64::from(window), shop.pair_cells());
    }
    assert_eq!((shop.store.add_up().unwrap(), shop.store.add_up().unwrap()), (5, 0));
    shop.release(&pairs, 5, 600, shop.pair_cells());
    assert_eq!(shop.store.add_up().unwrap(), 1);
    let totals = shop.store.totals(&pairs).unwrap();
    assert_eq!((totals.len(), totals[0].windows, totals[0].reports), (1, 6, 3_110));
    let six: Vec<i64> = shop.pair_cells().iter().map(|cell| 6 * cell).collect();
    assert_eq!(totals[0].cells, six);
    assert_eq!(totals[0].newest, shop.store.newest_release().unwrap());
}

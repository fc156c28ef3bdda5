//! Devices vote for the numbers of the policy.

use homebody_protocol::task::{Bound, Measurement, Noise, Setting};
use homebody_server::train::Outcome;

use crate::shop::{NOW, Shop, WEEK_S};

fn ask(shop: &Shop) -> String {
    let setting = |alpha, calibration| Setting { alpha, diversity: 0.85, calibration };
    let measurement = Measurement::Votes {
        model: shop.manifest().catalog.unwrap().sha256,
        settings: vec![setting(-1.0, 0.0), setting(0.25, 0.0), setting(0.75, 0.5)],
        top: 10,
    };
    let noise = Noise::Gaussian { milli_sigma: 20_000 };
    shop.add(&shop.task("votes", measurement, Bound::MultiHot { ones: 3 }, noise))
}

#[test]
fn the_setting_with_the_most_hits_is_published_where_the_configuration_says_nothing() {
    let mut shop = Shop::open();
    let votes = ask(&shop);
    shop.release(&votes, 0, 2_000, vec![500, 520, 540]);
    assert_eq!(shop.step(NOW), Outcome::NothingNew, "within chance and noise");
    shop.release(&votes, 1, 2_000, vec![500, 520, 900]);
    let Outcome::Voted { reason, version } = shop.step(NOW + WEEK_S) else { panic!("chosen") };
    assert_eq!(reason, "alpha 0.75, diversity 0.85, calibration 0.5: 1440 votes to 1000");
    assert_eq!(u64::from(shop.manifest().version), version);
    let policy = shop.pool().extras().policy;
    assert_eq!((policy.alpha, policy.diversity, policy.calibration), (0.75, 0.85, 0.5));
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NothingNew, "counted once");

    // What the configuration says for itself stands.
    shop.options.publish.placements[0].policy.alpha = 0.1;
    homebody_server::publish::publish(&shop.store, &shop.signer, &shop.options.publish).unwrap();
    let policy = shop.pool().extras().policy;
    assert_eq!((policy.alpha, policy.calibration), (0.1, 0.5));
}

#[test]
fn a_later_vote_replaces_an_earlier_one() {
    let shop = Shop::open();
    let votes = ask(&shop);
    shop.release(&votes, 0, 2_000, vec![300, 800, 350]);
    assert!(matches!(shop.step(NOW), Outcome::Voted { .. }));
    assert_eq!(shop.pool().extras().policy.alpha, 0.25);
    shop.release(&votes, 1, 6_000, vec![900, 900, 3_000]);
    assert!(matches!(shop.step(NOW + WEEK_S), Outcome::Voted { .. }));
    assert_eq!(shop.pool().extras().policy.alpha, 0.75);
    assert_eq!(shop.store.sections().unwrap().len(), 2, "the earlier one is kept");
}

#[test]
fn the_table_that_is_voted_on_stays_as_long_as_anybody_is_asked() {
    let shop = Shop::open();
    let voted_on = shop.manifest().catalog.unwrap().sha256;
    let votes = ask(&shop);
    shop.import(14);
    let options = &shop.options.publish;
    for _ in 0..4 {
        homebody_server::publish::publish(&shop.store, &shop.signer, options).unwrap();
    }
    let is_named = |shop: &Shop| shop.manifest().placements.values().any(|blob| blob.sha256 == voted_on);
    assert!(is_named(&shop));
    shop.store.close_task(&votes, NOW).unwrap();
    homebody_server::publish::publish(&shop.store, &shop.signer, options).unwrap();
    assert!(!is_named(&shop));
}

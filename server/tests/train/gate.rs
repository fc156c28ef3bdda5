//! Devices decide what is published.

use homebody_protocol::task::{Aggregators, Measurement, Mode, Task};
use homebody_server::publish::{CANDIDATE_BLOB, CHAMPION_BLOB, PublishOptions, publish};
use homebody_server::store::ModelState;
use homebody_server::train::Outcome;

use crate::shop::{NOW, Shop, WEEK_S};

#[test]
fn devices_decide_what_is_published() {
    let shop = Shop::open();
    assert_eq!(shop.step(NOW), Outcome::NothingNew);
    shop.release_pairs();
    let Outcome::Asked { model, gate } = shop.step(NOW) else { panic!("a candidate") };
    let manifest = shop.manifest();
    let candidate = manifest.placements[CANDIDATE_BLOB].sha256.clone();
    let champion = manifest.catalog.unwrap().sha256;
    assert_ne!(candidate, champion);
    assert_eq!(manifest.model.name, "none", "nothing is published that devices have not judged");
    assert_eq!(
        shop.asked(&gate).measurement,
        Measurement::Gate { champion: champion.clone(), candidate: candidate.clone(), top: 10 }
    );

    assert_eq!(shop.step(NOW + 60), Outcome::Waiting { model, reports: 0, difference: 0.0 });
    shop.release(&gate, 0, 1_000, vec![900, 45, 50, 5]);
    assert!(matches!(shop.step(NOW + WEEK_S), Outcome::Waiting { reports: 1_000, .. }), "too few to tell");
    shop.release(&gate, 1, 3_000, vec![2_500, 100, 380, 20]);
    let Outcome::Promoted { version, .. } = shop.step(NOW + 2 * WEEK_S) else { panic!("better") };
    let manifest = shop.manifest();
    assert_eq!((u64::from(manifest.version), manifest.model.name.as_str()), (version, "shared"));
    assert_eq!(manifest.catalog.unwrap().sha256, candidate, "what was judged is what is published");
    assert!(!manifest.placements.contains_key(CANDIDATE_BLOB));
    assert_eq!(shop.step(NOW + 2 * WEEK_S), Outcome::NothingNew);
}

#[test]
fn what_is_worse_is_never_published_and_kept_with_the_reason() {
    let shop = Shop::open();
    shop.release_pairs();
    let Outcome::Asked { gate, .. } = shop.step(NOW) else { panic!("a candidate") };
    shop.release(&gate, 0, 4_000, vec![3_500, 350, 100, 50]);
    let before = shop.manifest().catalog;
    let Outcome::Rejected { reason, .. } = shop.step(NOW + WEEK_S) else { panic!("worse") };
    assert_eq!(reason, "4000 devices: -6.25 hits in a hundred");
    assert_eq!(shop.manifest().catalog, before);
    assert!(shop.store.latest_model().unwrap().is_none());
    let models = shop.store.models().unwrap();
    assert_eq!((models[0].state, models[0].reason.as_str()), (ModelState::Rejected, reason.as_str()));
    assert_eq!(shop.step(NOW + WEEK_S), Outcome::NothingNew, "the same sums are not tried again");
}

/// The operator closes our question and asks the same of two aggregators: their answers decide.
#[test]
fn a_gate_that_is_asked_as_split_by_hand_decides() {
    let shop = Shop::open();
    shop.release_pairs();
    let Outcome::Asked { gate, .. } = shop.step(NOW) else { panic!("a candidate") };
    let asked = shop.asked(&gate);
    shop.store.close_task(&gate, NOW + 60).unwrap();
    let aggregators = Aggregators {
        leader: "https://shop.example/dap/".to_owned(),
        helper: "https://sums.partner.example/".to_owned(),
        helper_operator: "Partner".to_owned(),
    };
    let noise = asked.mode.noise().unwrap();
    let by_hand = Task { mode: Mode::Split { noise, aggregators }, name: "gate-by-hand".to_owned(), ..asked };
    let by_hand = shop.add(&by_hand);
    assert!(matches!(shop.step(NOW + 120), Outcome::Waiting { reports: 0, .. }), "ours is not asked again");
    shop.release(&by_hand, 0, 6_000, vec![4_950, 225, 750, 75]);
    assert!(matches!(shop.step(NOW + WEEK_S), Outcome::Promoted { .. }));
}

#[test]
fn nobody_waits_for_ever() {
    let shop = Shop::open();
    shop.release_pairs();
    let Outcome::Asked { model, .. } = shop.step(NOW) else { panic!("a candidate") };
    assert!(matches!(shop.step(NOW + 4 * WEEK_S), Outcome::Waiting { .. }));
    let Outcome::Rejected { model: rejected, reason } = shop.step(NOW + 5 * WEEK_S) else { panic!("over") };
    assert_eq!(
        (rejected, reason.as_str()),
        (model, "0 devices in time, and no difference beyond chance and noise")
    );
}

#[test]
fn another_catalogue_leaves_the_question_and_its_tables_as_they_are() {
    let shop = Shop::open();
    shop.release_pairs();
    let Outcome::Asked { model, gate } = shop.step(NOW) else { panic!("a candidate") };
    let asked = shop.manifest();
    shop.import(14);
    publish(&shop.store, &shop.signer, &PublishOptions { now: NOW + 60, ..shop.options.publish.clone() })
        .unwrap();
    let now = shop.manifest();
    assert_ne!(now.catalog, asked.catalog, "visitors get today's");
    for name in [CANDIDATE_BLOB, CHAMPION_BLOB] {
        assert_eq!(now.placements[name], asked.placements[name], "{name}");
    }
    assert_eq!(shop.step(NOW + 3_600), Outcome::Waiting { model, reports: 0, difference: 0.0 });
    shop.release(&gate, 0, 4_000, vec![3_500, 100, 350, 50]);
    assert!(matches!(shop.step(NOW + WEEK_S), Outcome::Promoted { .. }));
    assert!(shop.store.task(&gate).unwrap().unwrap().closed_at.is_some(), "nobody is asked any more");
}

//! After a publication: devices watch the model, and it goes back by itself or by hand.

use homebody_protocol::task::Measurement;
use homebody_server::publish::{CANDIDATE_BLOB, CHAMPION_BLOB, PublishOptions, publish, rollback};
use homebody_server::store::ModelState;
use homebody_server::train::{Outcome, TrainOptions};

use crate::shop::{DAY_S, NOW, Shop, WEEK_S};

/// A shop whose new model is published and watched; the model, the task, and the table of before.
fn watched() -> (Shop, u64, String, String) {
    let mut shop = Shop::open();
    let before = shop.manifest().catalog.unwrap().sha256;
    shop.options = TrainOptions { watch_s: 14 * DAY_S, ..shop.options };
    let model = shop.promote(NOW);
    let now = shop.manifest();
    assert_eq!(now.model.name, "shared");
    for (name, table) in [(CHAMPION_BLOB, &before), (CANDIDATE_BLOB, &now.catalog.as_ref().unwrap().sha256)] {
        assert_eq!(&now.placements[name].sha256, table, "both tables stay while they are compared");
    }
    let watching = Outcome::Watching { model, reports: 0, difference: 0.0 };
    assert_eq!(shop.step(NOW + WEEK_S), watching);
    let task = shop.store.models().unwrap()[0].watch.clone().unwrap();
    let asked = shop.asked(&task);
    let tables =
        Measurement::Gate { champion: now.catalog.unwrap().sha256, candidate: before.clone(), top: 10 };
    assert_eq!((asked.measurement, asked.ends_at - asked.starts_at), (tables, 2 * 604_800));
    assert_eq!(shop.step(NOW + WEEK_S + 60), watching);
    (shop, model, task, before)
}

#[test]
fn a_model_that_turns_out_worse_is_taken_back_by_itself() {
    let (shop, model, task, before) = watched();
    shop.release(&task, 0, 4_000, vec![3_400, 100, 450, 50]);
    let Outcome::TakenBack { reason, version, .. } = shop.step(NOW + 2 * WEEK_S) else { panic!("worse") };
    assert_eq!(reason, "4000 devices since: -8.75 hits in a hundred");
    let manifest = shop.manifest();
    assert_eq!((u64::from(manifest.version), manifest.model.name.as_str()), (version, "none"));
    assert_eq!(manifest.catalog.unwrap().sha256, before, "the tables of before");
    assert!(!manifest.placements.contains_key(CANDIDATE_BLOB));
    let models = shop.store.models().unwrap();
    assert_eq!(
        (models[0].id, models[0].state, models[0].reason.as_str()),
        (model, ModelState::Rejected, reason.as_str())
    );
    assert!(shop.store.task(&task).unwrap().unwrap().closed_at.is_some());
    assert!(shop.actions().iter().any(|action| action == "take_back"));
    assert_eq!(shop.step(NOW + 2 * WEEK_S), Outcome::NothingNew, "the same sums are not tried again");
}

#[test]
fn a_model_that_stays_better_is_kept_and_asks_no_longer() {
    let (shop, model, task, _) = watched();
    shop.release(&task, 0, 4_000, vec![3_300, 450, 200, 50]);
    let Outcome::Kept { reason, .. } = shop.step(NOW + 2 * WEEK_S) else { panic!("kept") };
    assert_eq!(reason, "4000 devices since: +6.25 hits in a hundred");
    let models = shop.store.models().unwrap();
    assert_eq!((models[0].id, models[0].state, &models[0].watch), (model, ModelState::Champion, &None));
    assert!(!shop.manifest().placements.contains_key(CANDIDATE_BLOB));
    assert_eq!(shop.manifest().model.name, "shared");
}

#[test]
fn without_a_difference_it_is_kept_when_the_time_is_over() {
    let (shop, model, task, _) = watched();
    shop.release(&task, 0, 600, vec![500, 50, 50, 0]);
    assert_eq!(shop.step(NOW + 3 * WEEK_S), Outcome::Watching { model, reports: 600, difference: 0.0 });
    let Outcome::Kept { reason, .. } = shop.step(NOW + 3 * WEEK_S + 2 * DAY_S) else { panic!("over") };
    assert!(reason.ends_with("no difference beyond chance and noise"), "{reason}");
}

#[test]
fn an_imported_catalogue_changes_neither_the_watch_nor_its_tables() {
    let (shop, model, ..) = watched();
    let asked = shop.manifest();
    shop.import(14);
    publish(
        &shop.store,
        &shop.signer,
        &PublishOptions { now: NOW + WEEK_S + 90, ..shop.options.publish.clone() },
    )
    .unwrap();
    let now = shop.manifest();
    assert_ne!(now.catalog, asked.catalog);
    assert_eq!(now.placements[CANDIDATE_BLOB], asked.placements[CANDIDATE_BLOB]);
    assert_eq!(shop.step(NOW + WEEK_S + 120), Outcome::Watching { model, reports: 0, difference: 0.0 });
}

#[test]
fn by_hand_the_model_goes_back_with_its_tables_and_no_publication_brings_it_again() {
    let (shop, model, task, before) = watched();
    let report = rollback(&shop.store, &shop.signer, Some(1), NOW + WEEK_S + 100).unwrap();
    assert_eq!(report.model, "none");
    let manifest = shop.manifest();
    assert_eq!(manifest.catalog.unwrap().sha256, before);
    let models = shop.store.models().unwrap();
    assert_eq!(models[0].reason, "rolled back by hand");
    assert_eq!((models[0].id, models[0].state), (model, ModelState::Rejected));
    assert_eq!(shop.step(NOW + WEEK_S + 200), Outcome::NothingNew);
    assert!(shop.store.task(&task).unwrap().unwrap().closed_at.is_some(), "nobody watches it any more");
    publish(
        &shop.store,
        &shop.signer,
        &PublishOptions { now: NOW + 2 * WEEK_S, ..shop.options.publish.clone() },
    )
    .unwrap();
    assert_eq!(shop.manifest().model.name, "none");
}

#[test]
fn going_back_while_a_candidate_waits_asks_about_it_anew() {
    let shop = Shop::open();
    shop.import(13);
    publish(&shop.store, &shop.signer, &PublishOptions { now: NOW + 1, ..shop.options.publish.clone() })
        .unwrap();
    shop.release_pairs();
    let Outcome::Asked { model, gate } = shop.step(NOW + 60) else { panic!("a candidate") };
    rollback(&shop.store, &shop.signer, Some(1), NOW + 120).unwrap();
    assert!(!shop.manifest().placements.contains_key(CANDIDATE_BLOB), "what was compared then is settled");
    let Outcome::Asked { model: again, gate: anew } = shop.step(NOW + 7_200) else { panic!("asked anew") };
    assert!(again == model && anew != gate);
    assert!(shop.store.task(&gate).unwrap().unwrap().closed_at.is_some());
}

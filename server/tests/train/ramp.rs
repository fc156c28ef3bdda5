//! From a tenth of the devices to all of them, or back.

use homebody_protocol::table::Table;
use homebody_server::publish::{CATALOG_BLOB, PublishOptions, RAMP_BLOB, publish};
use homebody_server::store::ModelState;
use homebody_server::train::{Outcome, TrainOptions};

use crate::shop::{DAY_S, NOW, Shop, WEEK_S};

/// A shop whose devices have just chosen a new model.
fn chosen() -> (Shop, u64) {
    let mut shop = Shop::open();
    shop.options = TrainOptions { watch_s: 21 * DAY_S, ramp_s: 16 * DAY_S, ..shop.options };
    let model = shop.promote(NOW);
    (shop, model)
}

const SINCE: u64 = NOW + WEEK_S;

#[test]
fn a_new_model_goes_to_a_tenth_then_to_half_then_to_all() {
    let (shop, model) = chosen();
    let everybody = shop.manifest();
    let ramp = everybody.ramp.clone().unwrap();
    assert_eq!(
        (everybody.model.name.as_str(), ramp.model.name.as_str(), ramp.per_mille),
        ("none", "shared", 100)
    );
    assert_eq!(ramp.placements.keys().collect::<Vec<_>>(), ["home"]);
    assert_ne!(ramp.catalog, everybody.catalog);
    assert!(everybody.placements.keys().all(|name| !name.starts_with(RAMP_BLOB)));
    // All of them are served.
    let current = shop.store.current().unwrap().unwrap();
    for table in [&ramp.placements["home"].sha256, &ramp.catalog.as_ref().unwrap().sha256] {
        let file = current.blobs.iter().find(|file| file.sha256 == *table).unwrap();
        Table::read(shop.store.blob(file).unwrap()).unwrap();
    }
    assert!(current.blobs.iter().any(|file| file.name == format!("{RAMP_BLOB}{CATALOG_BLOB}")));

    assert!(matches!(shop.step(SINCE + 60), Outcome::Watching { .. }));
    assert!(shop.printed(&["models"]).trim_end().ends_with("; devices watch it; 10 % use it"));
    assert!(matches!(shop.step(SINCE + 9 * DAY_S), Outcome::Watching { .. }), "no answers, no more devices");
    let watch = shop.store.models().unwrap()[0].watch.clone().unwrap();
    shop.release(&watch, 0, 600, vec![500, 50, 50, 0]);
    assert!(matches!(shop.step(SINCE + 8 * DAY_S - 1), Outcome::Watching { .. }));
    let Outcome::Widened { per_mille: 500, .. } = shop.step(SINCE + 8 * DAY_S) else { panic!("half") };
    assert_eq!(shop.manifest().ramp.unwrap().per_mille, 500);
    assert_eq!(shop.manifest().ramp.unwrap().catalog, ramp.catalog);
    assert!(matches!(shop.step(SINCE + 10 * DAY_S), Outcome::Watching { .. }));
    let Outcome::Widened { per_mille: 1_000, version, .. } = shop.step(SINCE + 16 * DAY_S) else {
        panic!("all")
    };
    let all = shop.manifest();
    assert_eq!((u64::from(all.version), all.model.name.as_str(), all.ramp), (version, "shared", None));
    assert_eq!(all.catalog, ramp.catalog);
    assert_eq!(shop.actions().iter().filter(|action| *action == "ramp").count(), 2);
    let models = shop.store.models().unwrap();
    assert_eq!((models[0].id, models[0].state, models[0].per_mille), (model, ModelState::Champion, 1_000));
}

#[test]
fn when_the_sums_get_worse_everybody_has_the_old_one_again() {
    let (shop, model) = chosen();
    let before = shop.manifest().catalog;
    assert!(matches!(shop.step(SINCE + 60), Outcome::Watching { .. }));
    let watch = shop.store.models().unwrap()[0].watch.clone().unwrap();
    shop.release(&watch, 0, 4_000, vec![3_400, 100, 450, 50]);
    let Outcome::TakenBack { .. } = shop.step(SINCE + 8 * DAY_S) else { panic!("worse, and so not widened") };
    let now = shop.manifest();
    assert_eq!((now.model.name.as_str(), &now.ramp, &now.catalog), ("none", &None, &before));
    let models = shop.store.models().unwrap();
    assert_eq!((models[0].id, models[0].state), (model, ModelState::Rejected));
}

#[test]
fn a_catalogue_that_is_imported_meanwhile_reaches_both_sides() {
    let (shop, _) = chosen();
    let before = shop.manifest();
    shop.import(14);
    publish(&shop.store, &shop.signer, &PublishOptions { now: SINCE + 60, ..shop.options.publish.clone() })
        .unwrap();
    let now = shop.manifest();
    let (old, new) = (before.ramp.unwrap(), now.ramp.unwrap());
    assert_eq!(new.per_mille, old.per_mille);
    assert!(new.catalog != old.catalog && now.catalog != before.catalog);
}

#[test]
fn by_hand_a_ramp_ends_with_the_old_model() {
    let (shop, model) = chosen();
    let before = shop.manifest();
    let printed = shop.printed(&["rollback"]);
    assert!(printed.contains(&format!("version {}", before.version + 1)), "{printed}");
    assert_eq!(shop.manifest().version, before.version + 1);
    assert_eq!(
        shop.manifest().catalog,
        before.catalog,
        "the tables of the version before, in place of the ramp's"
    );
    assert!(shop.actions()[..2].iter().any(|action| action == "rollback"), "{:?}", shop.actions());
    assert_eq!((shop.manifest().ramp, shop.manifest().model.name.as_str()), (None, "none"));
    let models = shop.store.models().unwrap();
    assert_eq!((models[0].id, models[0].state), (model, ModelState::Rejected));
    assert_eq!(shop.step(SINCE + 120), Outcome::NothingNew);
}

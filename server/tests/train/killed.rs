//! Killed in the middle: the next step goes on, and nothing is published or asked twice.
//!
//! What a step was about to write is refused by the database (a trigger of the test's own), so that it ends exactly there; and
//! the real binary is killed with SIGKILL at moments that nobody chose.

use std::process::{Command, Stdio};
use std::time::Duration;

use homebody_server::store::{DATABASE_FILE, ModelState, Store};
use homebody_server::train::{Outcome, TrainOptions, step};

use crate::shop::{DAY_S, NOW, Shop, WEEK_S};

/// Refuses a write until it is dropped.
struct Broken<'a>(&'a Shop);

impl<'a> Broken<'a> {
    fn at(shop: &'a Shop, what: &str) -> Self {
        let sql =
            format!("CREATE TRIGGER broken BEFORE {what} BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END");
        connection(shop).execute_batch(&sql).unwrap();
        Self(shop)
    }
}

impl Drop for Broken<'_> {
    fn drop(&mut self) {
        connection(self.0).execute_batch("DROP TRIGGER broken").unwrap();
    }
}

fn connection(shop: &Shop) -> rusqlite::Connection {
    rusqlite::Connection::open(shop.dir.path().join(DATABASE_FILE)).unwrap()
}

/// A step that ends where a write is refused.
fn killed(shop: &Shop, what: &str, now: u64) {
    let _broken = Broken::at(shop, what);
    step(&shop.store, &shop.signer, &shop.options, now).unwrap_err();
}

fn gates(shop: &Shop) -> usize {
    shop.store.tasks().unwrap().iter().filter(|task| task.name.starts_with("gate-")).count()
}

#[test]
fn between_release_and_candidate() {
    let shop = Shop::open();
    shop.release_pairs();
    killed(&shop, "INSERT ON part_totals", NOW);
    killed(&shop, "INSERT ON models", NOW);
    assert!(shop.store.models().unwrap().is_empty());
    assert!(matches!(shop.step(NOW + 60), Outcome::Asked { .. }));
    assert_eq!(shop.store.totals(&shop.store.tasks().unwrap()[0].id).unwrap()[0].reports, 2_000);
}

#[test]
fn between_candidate_and_question() {
    let shop = Shop::open();
    shop.release_pairs();
    killed(&shop, "INSERT ON publications", NOW);
    assert_eq!((shop.store.models().unwrap().len(), shop.versions()), (1, 1));
    killed(&shop, "INSERT ON tasks", NOW + 60);
    assert_eq!(shop.versions(), 2, "the tables are published");
    killed(&shop, "UPDATE ON models", NOW + 120);
    let Outcome::Asked { model, .. } = shop.step(NOW + 10_000) else { panic!("asked") };
    assert_eq!((gates(&shop), shop.versions(), shop.store.models().unwrap().len()), (1, 2, 1));
    assert_eq!(shop.step(NOW + 10_060), Outcome::Waiting { model, reports: 0, difference: 0.0 });
}

#[test]
fn between_verdict_and_publication() {
    for (cells, name) in [(vec![3_300, 150, 500, 50], "shared"), (vec![3_300, 500, 150, 50], "none")] {
        let shop = Shop::open();
        shop.release_pairs();
        let Outcome::Asked { gate, .. } = shop.step(NOW) else { panic!("a candidate") };
        shop.release(&gate, 0, 4_000, cells);
        killed(&shop, "INSERT ON publications", NOW + WEEK_S);
        let state = shop.store.models().unwrap()[0].state;
        assert_eq!(state == ModelState::Champion, name == "shared", "the verdict stands");
        assert_eq!((shop.versions(), shop.manifest().model.name.as_str()), (2, "none"));
        // And once more after the publication, before anybody wrote down that it was done.
        killed(
            &shop,
            "UPDATE ON settings WHEN new.key = 'publication_due' AND new.value = ''",
            NOW + WEEK_S + 60,
        );
        assert_eq!((shop.versions(), shop.manifest().model.name.as_str()), (3, name));
        assert_eq!(shop.step(NOW + WEEK_S + 120), Outcome::NothingNew);
        assert_eq!(shop.versions(), 3, "not published twice");
        assert!(shop.store.task(&gate).unwrap().unwrap().closed_at.is_some());
    }
}

#[test]
fn while_the_model_goes_back() {
    let mut shop = Shop::open();
    shop.options = TrainOptions { watch_s: 14 * DAY_S, ..shop.options };
    shop.promote(NOW);
    killed(&shop, "UPDATE OF watch ON models", NOW + WEEK_S);
    assert!(matches!(shop.step(NOW + WEEK_S + 7_200), Outcome::Watching { .. }));
    let open = shop.store.tasks().unwrap();
    let open: Vec<_> = open.iter().filter(|task| task.name.starts_with("watch-")).collect();
    assert_eq!(open.len(), 1, "asked once");
    shop.release(&open[0].id, 0, 4_000, vec![3_400, 100, 450, 50]);
    killed(&shop, "INSERT ON publications", NOW + 2 * WEEK_S);
    assert_eq!(shop.manifest().model.name, "shared");
    assert_eq!(shop.step(NOW + 2 * WEEK_S + 60), Outcome::NothingNew);
    assert_eq!(shop.manifest().model.name, "none");
}

/// A step by the binary, as an operator's cron would call it.
fn train(shop: &Shop) -> Command {
    let mut command = shop.homebody(&["--json", "train"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn by_sigkill_whenever_it_comes() {
    let shop = Shop::open();
    shop.release_pairs();
    for attempt in 0..24u64 {
        let mut child = train(&shop).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(500 + attempt * attempt * 230));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(Store::open(shop.dir.path()).unwrap().audit_break().unwrap().is_none());
    }
    assert!(train(&shop).status().unwrap().success());
    let models = shop.store.models().unwrap();
    assert_eq!((models.len(), models[0].state), (1, ModelState::Candidate));
    assert_eq!((gates(&shop), shop.versions()), (1, 2));
    let gate = models[0].gate.clone().unwrap();
    shop.release(&gate, 0, 4_000, vec![3_300, 150, 500, 50]);
    for attempt in 0..24u64 {
        let mut child = train(&shop).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(500 + attempt * attempt * 230));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(train(&shop).status().unwrap().success());
    let ramp = shop.manifest().ramp.unwrap();
    assert_eq!((ramp.model.name.as_str(), ramp.per_mille), ("shared", 100));
    assert_eq!((shop.versions(), shop.store.models().unwrap()[0].state), (3, ModelState::Champion));
}

//! A history's small models through the public door: imported, published, and read as a device reads them.

use std::fmt::Write as _;
use std::io::Cursor;

use homebody_protocol::Extras;
use homebody_protocol::models::{Intent, Questions, Segments};
use homebody_protocol::table::{FacetKind, Table};
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::history::{self, HistoryFormat, HistoryImport};
use homebody_server::intake::Source;
use homebody_server::publish::{CATALOG_BLOB, Placement, PublishOptions, publish};
use homebody_server::signing::Signer;
use homebody_server::store::Store;

const NOW: u64 = 1_795_428_000;
const ITEMS: u32 = 60;

/// Sixty items of six categories, and one of them twice.
#[cfg(test)]
fn shop() -> (tempfile::TempDir, Store, Signer) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let mut text = String::new();
    for id in 0..ITEMS {
        let _ = writeln!(
            text,
            "{{\"id\":\"item-{id}\",\"title\":\"thing number{id} of its own\",\"price\":{id}.5,\"currency\":\"EUR\",\"category\":\"c{}\"}}",
            id % 6
        );
    }
    text += "{\"id\":\"twin\",\"title\":\"Thing number7 of its OWN\",\"price\":7.5,\"currency\":\"EUR\",\"category\":\"c1\"}\n";
    let source = Source::from_reader("items", Cursor::new(text)).unwrap();
    let options = CatalogImport { format: Some(Format::Jsonl), now: NOW, ..CatalogImport::default() };
    catalog::import(&store, source, &options, &mut |_| {}).unwrap();
    let signer = Signer::load_or_create(dir.path(), None).unwrap();
    (dir, store, signer)
}

/// Two kinds of taste, and two kinds of visitors: those who buy what they put into the cart, and those who look around.
#[cfg(test)]
fn log(visitors: u32) -> String {
    let mut text = "visitor,item,kind,ts\n".to_owned();
    for visitor in 0..visitors {
        let (taste, buyer) = (3 * (visitor % 2), visitor % 4 < 2);
        for visit in 0..3 {
            let start = 1_790_000_000 + visit * 260_000 + visitor * 977 % 50_000;
            for step in 0..if buyer { 3 } else { 9 } {
                let (pick, at) = (visitor * 31 + visit * 7 + step * 5, start + step * 60);
                let item = 6 * (pick % 10) + taste + pick / 10 % 3;
                let shown = (pick * 13) % ITEMS;
                let _ = writeln!(text, "v{visitor},item-{shown},impression,{at}");
                if shown.is_multiple_of(10) && pick.is_multiple_of(2) {
                    let _ = writeln!(text, "v{visitor},item-{shown},click,{at}");
                }
                let _ = writeln!(text, "v{visitor},item-{item},view,{at}");
                if buyer && step > 0 && pick % 5 > 0 {
                    let kind = ["cart_add", "purchase"][step as usize - 1];
                    let _ = writeln!(text, "v{visitor},item-{item},{kind},{}", at + 9);
                }
            }
        }
    }
    text
}

#[cfg(test)]
fn import_log(store: &Store, text: String) -> history::HistoryReport {
    let source = Source::from_reader("log", Cursor::new(text)).unwrap();
    let options = HistoryImport { format: Some(HistoryFormat::Csv), now: NOW, ..HistoryImport::default() };
    history::import(store, source, &options, &mut |_| {}).unwrap()
}

#[cfg(test)]
fn options(sensitive: &[&str]) -> PublishOptions {
    PublishOptions {
        site: "shop.example".to_owned(),
        placements: vec![Placement { size: 40, ..Placement::default() }],
        table_items: 20_000,
        table_bytes: 16_000_000,
        sensitive_tags: sensitive.iter().map(|name| (*name).to_owned()).collect(),
        keep: 10,
        now: NOW + 60,
    }
}

#[cfg(test)]
fn table(store: &Store, name: &str) -> Table<Vec<u8>> {
    let current = store.current().unwrap().unwrap();
    let blob = current.blobs.iter().find(|blob| blob.name == name).unwrap();
    Table::read(std::fs::read(&blob.raw).unwrap()).unwrap()
}

#[test]
fn a_history_gives_every_pool_its_small_models() {
    let (_dir, store, signer) = shop();
    let report = import_log(&store, log(400));
    assert!(report.metrics["intent_auc"].as_f64().unwrap() > 0.7, "{}", report.metrics);
    publish(&store, &signer, &options(&[])).unwrap();
    let pool = table(&store, "home");
    let Extras { segments, intent, questions, arms, .. } = pool.extras();
    assert!(segments.all.iter().any(|segment| segment.name == "buyer"), "{segments:?}");
    let (newcomer, eager) = (
        Default::default(),
        homebody_protocol::features::VisitorSummary {
            opens_1d: 2.0,
            opens_7d: 2.0,
            opens_30d: 2.0,
            cart_adds_7d: 1.0,
            items_in_cart: 1.0,
            sessions_30d: 1.0,
            session_interactions: 5.0,
            session_minutes: 2.0,
            ..Default::default()
        },
    );
    let chance = |summary: &homebody_protocol::features::VisitorSummary| {
        intent.probability(&summary.features()).unwrap()
    };
    assert!(chance(&eager) > chance(&newcomer), "{} {}", chance(&eager), chance(&newcomer));
    assert_eq!(arms.0.len(), pool.rows());
    let rate = |id: &str| {
        (0..pool.rows())
            .find(|&row| pool.id(row) == id)
            .map(|row| arms.0[row].0 / (arms.0[row].0 + arms.0[row].1))
    };
    assert!(rate("item-10").unwrap_or(1.0) > 0.2 && rate("item-11").unwrap_or(0.0) < 0.1);
    let first = &questions.all[0];
    assert_eq!(first.facet, FacetKind::Category.key(pool.header().id_seed, &first.text));
    assert!(first.text.starts_with('c') && questions.shares.len() == first.yes.len());
    let catalogue = table(&store, CATALOG_BLOB);
    assert_eq!(catalogue.extras().arms.0.len(), catalogue.rows());
    assert_eq!(catalogue.extras().segments, Segments::default(), "models of visitors travel with pools");
}

#[test]
fn near_duplicates_share_a_group_and_nothing_else_does() {
    let (_dir, store, signer) = shop();
    publish(&store, &signer, &options(&[])).unwrap();
    let catalogue = table(&store, CATALOG_BLOB);
    let groups = &catalogue.extras().duplicates.0;
    let paired: Vec<&str> =
        (0..catalogue.rows()).filter(|&row| groups[row] > 0).map(|row| catalogue.id(row)).collect();
    assert_eq!(paired.len(), 2, "{paired:?}");
    assert!(paired.contains(&"item-7") && paired.contains(&"twin"));
    let pool = table(&store, "home");
    assert_eq!(
        (pool.extras().intent.clone(), pool.extras().questions.clone()),
        (Intent::default(), Questions::default())
    );
    assert!(pool.extras().arms.0.is_empty());
}

#[test]
fn what_became_sensitive_is_not_asked_about() {
    let (_dir, store, signer) = shop();
    import_log(&store, log(400));
    publish(&store, &signer, &options(&[])).unwrap();
    let before = table(&store, "home").extras().questions.clone();
    let asked = before.all[0].text.clone();
    publish(&store, &signer, &options(&[&asked])).unwrap();
    let pool = table(&store, "home");
    let after = &pool.extras().questions;
    assert!(after.all.len() < before.all.len() && after.all.iter().all(|question| question.text != asked));
    let key = FacetKind::Category.key(pool.header().id_seed, &asked);
    assert!(after.tastes.iter().flatten().all(|(facet, _)| *facet != key));
}

#[test]
fn rows_without_kinds_teach_no_intent_and_still_publish() {
    let (_dir, store, signer) = shop();
    let plain: String = log(300).lines().filter(|line| !line.contains(",impression,")).fold(
        String::new(),
        |mut text, line| {
            let cells: Vec<&str> = line.split(',').collect();
            let _ = writeln!(text, "{},{},{}", cells[0], cells[1], cells[3]);
            text
        },
    );
    import_log(&store, plain);
    publish(&store, &signer, &options(&[])).unwrap();
    let pool = table(&store, "home");
    assert!(!pool.extras().intent.is_known() && pool.extras().arms.0.is_empty());
    assert!(pool.extras().segments.all.iter().all(|segment| segment.name != "buyer"));
}

//! Rules of a placement, from the site's file to the order on a device.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::Cursor;

use homebody_device::{Consent, Device, Interaction, RankRequest};
use homebody_protocol::{DeviceClass, Kind, PageContext, Policy};
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::intake::Source;
use homebody_server::publish::{Placement, PublishOptions, publish};
use homebody_server::signing::Signer;
use homebody_server::store::Store;

const NOW: u64 = 1_767_225_600;

const RULES: &str = r#"{"rules":[
    {"name":"On the way","when":{"all":[{"device":"phone"},{"hour":{"from":7,"to":9}},{"tag":"short"}]},"then":{"boost":5}},
    {"name":"The hero","when":{"id":"film-9"},"then":{"pin":1}},
    {"name":"Not here","when":{"category":"Horror"},"then":{"exclude":true}}]}"#;

/// The published pool of a shop with films, every third of them short.
fn pool(rules: Option<&str>) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let item = |id: u64| {
        let (category, tag) =
            (["Comedy", "Drama", "Horror"][id as usize % 3], ["long", "short"][usize::from(id % 4 == 3)]);
        let added_at = NOW - 86_400 * id;
        format!(
            "{{\"id\":\"film-{id}\",\"title\":\"Film {id}\",\"category\":\"{category}\",\"tags\":[\"{tag}\"],\"added_at\":{added_at}}}\n"
        )
    };
    let items: String = (0..12).map(item).collect();
    let options = CatalogImport { format: Some(Format::Jsonl), now: NOW, ..CatalogImport::default() };
    catalog::import(&store, Source::from_reader("items", Cursor::new(items)).unwrap(), &options, &mut |_| {})
        .unwrap();
    let path = rules.map(|rules| {
        let path = folder.path().join("rules.json");
        std::fs::write(&path, rules).unwrap();
        path
    });
    let policy = Policy { diversity: 1.0, ..Policy::default() };
    let options = PublishOptions {
        site: "shop.example".to_owned(),
        placements: vec![Placement { rules: path, policy, ..Placement::default() }],
        table_items: 0,
        table_bytes: 16_000_000,
        sensitive_tags: Vec::new(),
        keep: 10,
        now: NOW,
    };
    publish(&store, &Signer::from_seed(&[1; 32]), &options).unwrap();
    let publication = store.current().unwrap().unwrap();
    std::fs::read(&publication.blobs.iter().find(|blob| blob.name == "home").unwrap().raw).unwrap()
}

fn list(pool: Vec<u8>, page: PageContext, neutral: bool) -> Vec<String> {
    let mut device = Device::new();
    device.set_consent(Consent::from_bits(1, 1));
    device.load_pool(pool).unwrap();
    device.record(&Interaction::new(Kind::Search, "anything"), NOW * 1_000);
    let ranked = device.rank(&RankRequest { neutral, page, now_ms: NOW * 1_000, ..RankRequest::default() });
    ranked.iter().map(|item| device.id_of(item.key).unwrap().to_owned()).collect()
}

#[test]
fn published_rules_change_the_order_on_the_device() {
    let desk = PageContext { device: DeviceClass::Desktop, hour: Some(8), ..PageContext::default() };
    let phone = PageContext { device: DeviceClass::Phone, ..desk };
    assert_eq!(list(pool(None), phone, true)[..3], ["film-0", "film-1", "film-2"], "the newest first");
    assert_eq!(list(pool(Some(RULES)), phone, true)[..4], ["film-9", "film-3", "film-7", "film-0"]);
    assert_eq!(list(pool(Some(RULES)), desk, true)[..3], ["film-9", "film-0", "film-1"]);
    // Nothing is learned yet, so that a personal order is that of the rules and then of the seed.
    let personal = list(pool(Some(RULES)), phone, false);
    assert_eq!((personal.len(), personal[0].as_str()), (8, "film-9"), "no horror, and the hero first");
    let mut short = personal[1..3].to_vec();
    short.sort();
    assert_eq!(short, ["film-3", "film-7"]);
}

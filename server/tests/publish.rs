//! Publishing through the public door: what is signed is what is on disk, and what a device can read.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{Cursor, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use homebody_protocol::manifest::{Envelope, Manifest};
use homebody_protocol::models::{DiversityBounds, Judged};
use homebody_protocol::table::{Table, TableKind};
use homebody_protocol::{Exploration, ItemKey, Policy, derive_key};
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::history::{self, HistoryFormat, HistoryImport};
use homebody_server::intake::Source;
use homebody_server::publish::{CATALOG_BLOB, Placement, PublishOptions, publish, rollback};
use homebody_server::signing::Signer;
use homebody_server::store::{BlobFiles, Publication, Store};
use sha2::{Digest, Sha256};

const NOW: u64 = 1_795_428_000;

fn options() -> PublishOptions {
    PublishOptions {
        site: "shop.example".to_owned(),
        placements: vec![Placement::default()],
        table_items: 20_000,
        table_bytes: 16_000_000,
        sensitive_tags: Vec::new(),
        keep: 10,
        now: NOW + 60,
    }
}

fn import_items(store: &Store, text: &str) {
    let source = Source::from_reader("items", Cursor::new(text.to_owned())).unwrap();
    let options = CatalogImport { format: Some(Format::Jsonl), now: NOW, ..CatalogImport::default() };
    catalog::import(store, source, &options, &mut |_| {}).unwrap();
}

fn item(id: u32) -> String {
    let (category, tag) = (["Kitchen", "Garden"][id as usize % 2], ["red", "blue", "green"][id as usize % 3]);
    format!(
        "{{\"id\":\"item-{id}\",\"title\":\"{tag} {category} thing {id}\",\"price\":{id}.5,\"currency\":\"EUR\",\
         \"category\":\"{category}\",\"tags\":[\"{tag}\"],\"added_at\":{}}}\n",
        1_700_000_000 + id
    )
}

fn shop(items: u32) -> (tempfile::TempDir, Store, Signer) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    import_items(&store, &(0..items).map(item).collect::<String>());
    let signer = Signer::load_or_create(dir.path(), None).unwrap();
    (dir, store, signer)
}

/// Verifies the envelope as a browser does and returns the manifest.
fn verified(publication: &Publication, signer: &Signer) -> Manifest {
    let envelope: Envelope = serde_json::from_slice(&publication.envelope_json).unwrap();
    let key: [u8; 32] = STANDARD.decode(signer.public_key_base64()).unwrap().try_into().unwrap();
    let signature = Signature::from_slice(&STANDARD.decode(&envelope.signature).unwrap()).unwrap();
    VerifyingKey::from_bytes(&key).unwrap().verify(envelope.payload.as_bytes(), &signature).unwrap();
    assert_eq!(envelope.key_id, signer.key_id());
    Manifest::parse(&envelope.payload).unwrap()
}

fn bytes(publication: &Publication, name: &str) -> Vec<u8> {
    std::fs::read(&file(publication, name).raw).unwrap()
}

fn file<'a>(publication: &'a Publication, name: &str) -> &'a BlobFiles {
    publication.blobs.iter().find(|blob| blob.name == name).unwrap()
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_is_signed_is_what_is_on_disk() {
    let (_dir, store, signer) = shop(30);
    assert_eq!(store.current().unwrap(), None);
    let report = publish(&store, &signer, &options()).unwrap();
    assert_eq!((report.version, report.model.as_str()), (1, "none"));
    let current = store.current().unwrap().unwrap();
    let manifest = verified(&current, &signer);
    assert_eq!((manifest.site.as_str(), manifest.version, manifest.format), ("shop.example", 1, 1));
    assert_eq!(manifest.model.source, "none");
    let named = [(CATALOG_BLOB, manifest.catalog.as_ref().unwrap()), ("home", &manifest.placements["home"])];
    for (name, reference) in named {
        let plain = bytes(&current, name);
        assert_eq!((hash(&plain), plain.len()), (reference.sha256.clone(), reference.bytes as usize));
        let files = file(&current, name);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(&files.gz).unwrap())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, plain);
        unpacked.clear();
        brotli::Decompressor::new(std::fs::File::open(&files.br).unwrap(), 4096)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, plain);
    }
}

#[test]
fn tables_hold_what_a_device_needs_without_any_model() {
    let (_dir, store, signer) = shop(30);
    publish(&store, &signer, &options()).unwrap();
    let current = store.current().unwrap().unwrap();
    let pool = Table::read(bytes(&current, "home")).unwrap();
    assert_eq!((pool.header().kind, pool.rows(), pool.header().open), (TableKind::Pool, 30, true));
    assert_eq!(pool.id(0), "item-29", "without counts the newest come first");
    assert_eq!(pool.key(0), ItemKey(derive_key(pool.header().id_seed, "item-29")));
    assert_eq!(pool.price(0), Some(29.5));
    let names: Vec<String> = pool.facets(0).map(|facet| pool.facet(facet).2.to_owned()).collect();
    assert_eq!(names, ["Garden", "green"]);
    let display: serde_json::Value = serde_json::from_str(pool.display(0)).unwrap();
    assert_eq!(display["title"], "green Garden thing 29");
    assert_eq!(display["currency"], "EUR");
    assert!(display.get("url").is_none(), "unknown values are left out");
    assert!(pool.list_sets().any(|lists| (0..pool.rows()).any(|row| lists.entries(row).next().is_some())));
    let table = Table::read(bytes(&current, CATALOG_BLOB)).unwrap();
    assert_eq!((table.header().kind, table.rows()), (TableKind::Catalogue, 30));
}

#[test]
fn what_a_placement_leaves_to_the_device_travels_with_its_pool() {
    let (_dir, store, signer) = shop(20);
    let bounds = DiversityBounds { least: 0.6, most: 0.95 };
    let judged = Judged { exploration_strength: 0.25 };
    let policy = Policy { exploration: Exploration::Thompson, ..Policy::default() };
    let left_open = Placement { diversity_bounds: bounds, judged, policy, ..Placement::default() };
    let placements = vec![left_open, Placement { name: "sale".to_owned(), ..Placement::default() }];
    publish(&store, &signer, &PublishOptions { placements, ..options() }).unwrap();
    let current = store.current().unwrap().unwrap();
    let of = |name: &str| {
        let table = Table::read(bytes(&current, name)).unwrap();
        (table.extras().diversity_bounds, table.extras().judged)
    };
    assert_eq!(
        [of("home"), of("sale"), of(CATALOG_BLOB)],
        [(bounds, judged), <_>::default(), <_>::default()]
    );
}

#[test]
fn placements_and_sensitive_tags_are_respected() {
    let (_dir, store, signer) = shop(20);
    let mut more: String = (0..20).map(item).collect();
    more.push_str("{\"id\":\"gone\",\"available\":false}\n");
    more.push_str("{\"id\":\"sale-only\",\"placements\":[\"sale\"],\"tags\":[\"Pregnancy\"],\"category\":\"Kitchen\"}\n");
    import_items(&store, &more);
    let mut options = options();
    options.sensitive_tags = vec!["pregnancy".to_owned()];
    let kitchen = vec!["Kitchen".to_owned()];
    options.placements = vec![
        Placement { size: 5, ..Placement::default() },
        Placement { name: "sale".to_owned(), size: 50, categories: kitchen, ..Placement::default() },
    ];
    publish(&store, &signer, &options).unwrap();
    let current = store.current().unwrap().unwrap();
    let ids = |name: &str| {
        let table = Table::read(bytes(&current, name)).unwrap();
        (0..table.rows()).map(|row| table.id(row).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("home").len(), 5);
    assert!(ids("sale").contains(&"sale-only".to_owned()) && ids("sale").len() == 11);
    let catalogue = ids(CATALOG_BLOB);
    assert!(catalogue.contains(&"gone".to_owned()) && !catalogue.contains(&"sale-only".to_owned()));
    let table = Table::read(bytes(&current, CATALOG_BLOB)).unwrap();
    assert!(table.flags(table.rows() - 1).out_of_stock(), "what cannot be had comes last");
    for blob in &current.blobs {
        let plain = String::from_utf8_lossy(&std::fs::read(&blob.raw).unwrap()).to_lowercase();
        assert!(!plain.contains("pregnancy"), "{}", blob.name);
    }
    options.placements = vec![Placement { categories: vec!["Nothing".to_owned()], ..Placement::default() }];
    assert_eq!(publish(&store, &signer, &options).unwrap_err().code(), "empty_pool");
    options.placements = vec![Placement { name: "catalog".to_owned(), ..Placement::default() }];
    assert_eq!(publish(&store, &signer, &options).unwrap_err().code(), "placement_name");
}

#[test]
fn a_catalogue_table_of_few_bytes_has_shorter_lists_and_all_items() {
    let (_dir, store, signer) = shop(80);
    let table = |table_bytes: usize| {
        publish(&store, &signer, &PublishOptions { table_bytes, ..options() }).unwrap();
        bytes(&store.current().unwrap().unwrap(), CATALOG_BLOB)
    };
    let entries = |bytes: &[u8]| {
        let table = Table::read(bytes).unwrap();
        assert_eq!(table.rows(), 80);
        let lists = table.list_sets().flat_map(|set| (0..80).map(move |row| set.entries(row).count()));
        lists.max().unwrap()
    };
    let whole = table(16_000_000);
    let most = whole.len() - 600;
    let bounded = table(most);
    assert!(bounded.len() <= most, "{} of {most} bytes", bounded.len());
    assert!((10..entries(&whole)).contains(&entries(&bounded)));
}

#[test]
fn an_imported_history_changes_order_and_lists() {
    let (_dir, store, signer) = shop(30);
    let mut log = "visitor,item,ts\n".to_owned();
    for visitor in 0..200u32 {
        for (step, item) in [3, 4, 5, 6 + visitor % 4].into_iter().enumerate() {
            log.push_str(&format!(
                "v{visitor},item-{item},{}\n",
                1_790_000_000 + visitor * 3600 + step as u32 * 60
            ));
        }
    }
    let source = Source::from_reader("log", Cursor::new(log)).unwrap();
    let import = HistoryImport { format: Some(HistoryFormat::Csv), now: NOW, ..HistoryImport::default() };
    history::import(&store, source, &import, &mut |_| {}).unwrap();
    // An item that the model has never seen comes after the import.
    import_items(&store, &(0..31).map(item).collect::<String>());
    let report = publish(&store, &signer, &options()).unwrap();
    assert_eq!(report.model, "seqlin");
    let current = store.current().unwrap().unwrap();
    let manifest = verified(&current, &signer);
    assert_eq!((manifest.model.source.as_str(), manifest.model.trained_at), ("imported_history", NOW as u32));
    let pool = Table::read(bytes(&current, "home")).unwrap();
    let first: Vec<&str> = (0..3).map(|row| pool.id(row)).collect();
    assert!(["item-3", "item-4", "item-5"].iter().all(|id| first.contains(id)), "{first:?}");
    assert!(pool.popularity(0) > 0.0);
    assert!(pool.row_of(ItemKey::derive(report.id_seed, "item-30")).is_some());
    // Everybody begins with item 3, so that no history leads to it: it heads the pool, and a table of four has no place.
    publish(&store, &signer, &PublishOptions { table_items: 4, ..options() }).unwrap();
    let table = Table::read(bytes(&store.current().unwrap().unwrap(), CATALOG_BLOB)).unwrap();
    let held: Vec<&str> = (0..table.rows()).map(|row| table.id(row)).collect();
    assert!(held.len() == 4 && !held.contains(&"item-3"), "{held:?}");
}

#[test]
fn versions_rise_and_a_rollback_serves_the_old_blobs() {
    let (_dir, store, signer) = shop(10);
    publish(&store, &signer, &options()).unwrap();
    assert_eq!(rollback(&store, &signer, None, NOW).unwrap_err().code(), "nothing_to_roll_back");
    import_items(&store, &(0..12).map(item).collect::<String>());
    publish(&store, &signer, &options()).unwrap();
    let first = store.publication(1).unwrap().unwrap();
    let second = store.publication(2).unwrap().unwrap();
    assert_ne!(first.blobs, second.blobs);
    let report = rollback(&store, &signer, None, NOW + 90).unwrap();
    assert_eq!((report.version, report.rolled_back_to, report.blobs[0].rows), (3, Some(1), 10));
    let current = store.current().unwrap().unwrap();
    assert_eq!((store.current_version().unwrap(), &current.blobs), (Some(3), &first.blobs));
    assert_eq!(verified(&current, &signer).version, 3);
    assert_eq!(rollback(&store, &signer, Some(2), NOW + 99).unwrap().version, 4);
    assert_eq!(store.current().unwrap().unwrap().blobs, second.blobs);
    assert_eq!(rollback(&store, &signer, Some(77), NOW).unwrap_err().code(), "unknown_version");
    let actions: Vec<String> = store.audit(10).unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions[..3], ["rollback", "rollback", "publish"]);
    assert_eq!(store.audit_break().unwrap(), None);
    std::fs::write(&first.blobs[0].raw, b"damaged").unwrap();
    assert_eq!(rollback(&store, &signer, Some(1), NOW).unwrap_err().code(), "missing_blob");
    assert_eq!(store.current_version().unwrap(), Some(4), "a failed rollback publishes nothing");
}

#[test]
fn the_same_data_gives_the_same_blobs() {
    let (_dir, store, signer) = shop(10);
    publish(&store, &signer, &options()).unwrap();
    publish(&store, &signer, &PublishOptions { now: NOW + 4000, ..options() }).unwrap();
    let (first, second) = (store.publication(1).unwrap().unwrap(), store.publication(2).unwrap().unwrap());
    assert_eq!(first.blobs, second.blobs);
    assert_ne!(first.envelope_json, second.envelope_json);
}

#[test]
fn manifests_of_two_sites_differ_and_do_not_mix() {
    let (_dir, store, signer) = shop(10);
    publish(&store, &signer, &options()).unwrap();
    let other_options = PublishOptions { site: "other.example".to_owned(), ..options() };
    let (_other_dir, other_store, _) = shop(10);
    publish(&other_store, &signer, &other_options).unwrap();
    let (one, two) = (store.current().unwrap().unwrap(), other_store.current().unwrap().unwrap());
    assert_eq!(one.blobs[0].sha256, two.blobs[0].sha256);
    assert_eq!(verified(&one, &signer).site, "shop.example");
    assert_eq!(verified(&two, &signer).site, "other.example");
    assert_eq!(publish(&store, &signer, &other_options).unwrap_err().code(), "other_site");
}

#[test]
fn what_a_killed_publication_left_is_swept() {
    let (dir, store, signer) = shop(10);
    let old = dir.path().join("blobs/aa.br.1.tmp");
    let young = dir.path().join("blobs/bb.2.tmp");
    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    std::fs::File::create(&old).unwrap().set_modified(hours_ago).unwrap();
    std::fs::write(&young, b"being written").unwrap();
    publish(&store, &signer, &options()).unwrap();
    assert!(!old.exists() && young.exists());
}

#[test]
fn an_empty_catalogue_publishes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let signer = Signer::from_seed(&[3; 32]);
    assert_eq!(publish(&store, &signer, &options()).unwrap_err().code(), "empty_catalog");
    assert_eq!(store.current_version().unwrap(), None);
}

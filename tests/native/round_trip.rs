//! From a site's files to a visitor's list, without a network or a browser between: what the server publishes is
//! what the device ranks, and each side learns only what it may.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use homebody_device::{Consent, Device, Interaction, Profile, RankRequest, Ranked, ReasonKind};
use homebody_lab::items;
use homebody_lab::simulate::{Simulation, simulate};
use homebody_protocol::Kind;
use homebody_protocol::manifest::Manifest;
use homebody_protocol::table::Table;
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::history::{self, HistoryFormat, HistoryImport};
use homebody_server::intake::Source;
use homebody_server::publish::{CATALOG_BLOB, Placement, PublishOptions, publish};
use homebody_server::signing::Signer;
use homebody_server::store::Store;

const NOW: u64 = 1_767_225_600;
const NOW_MS: u64 = NOW * 1_000;
const SECRET_TAG: &str = "Pilgrimage";
const ITEMS: u32 = 240;

/// A published site, and the bytes a browser would fetch.
struct Site {
    folder: tempfile::TempDir,
    pool: Vec<u8>,
    catalogue: Vec<u8>,
    history: String,
}

fn catalogue_file() -> String {
    let genres = ["Comedy", "Drama", "Western", "Musical"];
    let mut text = String::new();
    for id in 0..ITEMS {
        let (genre, decade) = (genres[id as usize % 4], 1950 + id % 7 * 10);
        let secret = if id % 11 == 0 { format!(",\"{SECRET_TAG}\"") } else { String::new() };
        writeln!(
            text,
            "{{\"id\":\"film-{id}\",\"title\":\"{genre} no. {id}\",\"category\":\"{genre}\",\
             \"tags\":[\"{decade}s\"{secret}],\"added_at\":{}}}",
            NOW - 86_400 * u64::from(id)
        )
        .unwrap();
    }
    text
}

/// Imports, trains and publishes, by the same functions as the command line.
fn site() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let items_file = folder.path().join("items.jsonl");
    std::fs::write(&items_file, catalogue_file()).unwrap();
    let mut history = Vec::new();
    let simulation = Simulation { visitors: 400, seed: 7, end_ts: i64::try_from(NOW).unwrap() };
    simulate(&items::read(&items_file).unwrap(), simulation, &mut history).unwrap();
    let history = String::from_utf8(history).unwrap();

    let data = folder.path().join("data");
    let store = Store::open(&data).unwrap();
    let options = CatalogImport { format: Some(Format::Jsonl), now: NOW, ..CatalogImport::default() };
    catalog::import(&store, Source::open(&items_file).unwrap(), &options, &mut |_| {}).unwrap();
    let options = HistoryImport {
        format: Some(HistoryFormat::Csv),
        sensitive_tags: vec![SECRET_TAG.to_owned()],
        now: NOW,
        ..HistoryImport::default()
    };
    let source = Source::from_reader("history", Cursor::new(history.clone())).unwrap();
    let learned = history::import(&store, source, &options, &mut |_| {}).unwrap();
    assert_eq!(learned.unknown_item_rows, 0);
    let signer = Signer::load_or_create(&data, None).unwrap();
    let options = PublishOptions {
        site: "shop.example".to_owned(),
        placements: vec![Placement { size: 60, ..Placement::default() }],
        table_items: 1_000,
        table_bytes: 16_000_000,
        sensitive_tags: vec![SECRET_TAG.to_owned()],
        keep: 10,
        now: NOW,
    };
    publish(&store, &signer, &options).unwrap();
    let publication = store.current().unwrap().unwrap();
    let blob = |name: &str| {
        let files = publication.blobs.iter().find(|blob| blob.name == name).unwrap();
        std::fs::read(&files.raw).unwrap()
    };
    let (pool, catalogue) = (blob("home"), blob(CATALOG_BLOB));
    let payload = store.payload(1).unwrap().unwrap();
    let manifest = Manifest::parse(&payload).unwrap();
    assert_eq!(manifest.placements["home"].bytes as usize, pool.len());
    assert_eq!(manifest.model.source, "imported_history");
    Site { folder, pool, catalogue, history }
}

impl Site {
    fn visitor(&self, consent: Consent) -> Device {
        let mut device = Device::new();
        device.set_consent(consent);
        assert_eq!(device.load_pool(self.pool.clone()).unwrap(), 60);
        assert_eq!(device.load_catalogue(self.catalogue.clone()).unwrap(), ITEMS as usize);
        device
    }
}

fn list(device: &Device, neutral: bool) -> Vec<Ranked> {
    device
        .rank(&RankRequest { limit: 40, neutral, now_ms: NOW_MS, ..RankRequest::default() }.by_score_alone())
}

fn ids(device: &Device, ranked: &[Ranked]) -> Vec<String> {
    ranked.iter().map(|item| device.id_of(item.key).unwrap().to_owned()).collect()
}

/// Bits of everything a ranking says.
fn bits(ranked: &[Ranked]) -> Vec<(u32, u32, Vec<u32>)> {
    let shares = |item: &Ranked| item.reasons.iter().map(|reason| reason.share.to_bits()).collect();
    ranked.iter().map(|item| (item.key.0, item.score.to_bits(), shares(item))).collect()
}

fn westerns(device: &mut Device) {
    for (step, id) in [2, 6, 10, 14, 18].into_iter().enumerate() {
        let at_ms = NOW_MS - 60_000 + step as u64 * 1_000;
        assert!(device.record(&Interaction::new(Kind::Click, &format!("film-{id}")), at_ms));
    }
}

#[test]
fn what_was_imported_is_what_a_visitor_is_shown_and_why() {
    let site = site();
    let mut device = site.visitor(Consent::from_bits(1, 1));
    let neutral = list(&device, true);
    let pool = Table::read(&site.pool).unwrap();
    let published: Vec<String> = (0..40).map(|row| pool.id(row).to_owned()).collect();
    assert_eq!(ids(&device, &neutral), published, "unknown visitors get the published order");

    westerns(&mut device);
    let personal = list(&device, false);
    let western = |id: &&String| id[5..].parse::<u32>().unwrap() % 4 == 2;
    let count = |list: &[Ranked]| ids(&device, list)[..10].iter().filter(western).count();
    // One genre in four: by chance two or three of ten.
    assert!(count(&personal) >= 5, "{} of ten are westerns", count(&personal));
    assert!(count(&personal) > count(&neutral));
    for item in &personal {
        let total = item.reasons.iter().map(|reason| reason.share).sum::<f32>() + item.rest;
        assert!((total - 1.0).abs() < 1e-4, "shares sum to {total}");
        assert!(item.reasons.iter().all(|reason| reason.share >= 0.0 && reason.share.is_finite()));
        assert_ne!(item.reasons[0].kind, ReasonKind::None);
    }
    let everywhere: BTreeSet<String> = ids(&device, &personal).into_iter().collect();
    let in_pool: BTreeSet<String> = (0..pool.rows()).map(|row| pool.id(row).to_owned()).collect();
    assert!(!everywhere.is_subset(&in_pool), "the device proposes items beyond the pool");
    assert_eq!(bits(&list(&device, true)), bits(&neutral), "neutral order does not know the profile");
}

#[test]
fn a_profile_that_went_to_disk_and_back_ranks_with_the_same_bits() {
    let site = site();
    let mut device = site.visitor(Consent::from_bits(1, 1));
    westerns(&mut device);
    let before = bits(&list(&device, false));
    let stored = device.snapshot().unwrap();
    let mut again = site.visitor(Consent::from_bits(1, 1));
    assert!(again.restore(&stored, NOW_MS).unwrap());
    assert_eq!(bits(&list(&again, false)), before);
    let mut later = site.visitor(Consent::from_bits(1, 2));
    assert!(!later.restore(&stored, NOW_MS).unwrap(), "a profile of an earlier consent stays out");
}

#[test]
fn without_consent_nothing_is_noted_and_after_erasing_nothing_is_left() {
    let site = site();
    let mut device = site.visitor(Consent::none());
    let unknown = bits(&list(&device, false));
    assert!(!device.record(&Interaction::new(Kind::Click, "film-2"), NOW_MS));
    assert_eq!(device.snapshot(), None);
    assert_eq!(bits(&list(&device, false)), unknown);

    let mut device = site.visitor(Consent::from_bits(1, 1));
    let fresh = bits(&list(&device, false));
    westerns(&mut device);
    assert_ne!(bits(&list(&device, false)), fresh);
    device.erase();
    assert_eq!(bits(&list(&device, false)), fresh);
    let empty = Profile::decode(&device.snapshot().unwrap()).unwrap();
    assert_eq!(empty, Profile::decode(&site.visitor(Consent::from_bits(1, 1)).snapshot().unwrap()).unwrap());
}

#[test]
fn the_server_keeps_no_visitor_and_publishes_no_sensitive_tag() {
    let site = site();
    let visitors: BTreeSet<&str> =
        site.history.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    assert!(visitors.len() > 300);
    let mut files = 0;
    every_file(&site.folder.path().join("data"), &mut |path, bytes| {
        files += 1;
        for visitor in &visitors {
            assert!(!contains(bytes, visitor.as_bytes()), "{visitor} is in {}", path.display());
        }
    });
    assert!(files >= 4, "database, key and blobs were looked at");
    for blob in [&site.pool, &site.catalogue] {
        assert!(!contains(blob, SECRET_TAG.as_bytes()));
        assert!(contains(blob, b"Western"), "the search finds what is there");
    }
}

fn every_file(folder: &Path, look: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_file(&path, look);
        } else {
            look(&path, &std::fs::read(&path).unwrap());
        }
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

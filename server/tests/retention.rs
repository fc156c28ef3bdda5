//! Old publications on the real store: what is forgotten, what stays, and what a crash leaves behind.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, SystemTime};

use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::intake::Source;
use homebody_server::publish::{Placement, PublishOptions, PublishReport, publish, rollback};
use homebody_server::signing::Signer;
use homebody_server::store::Store;

const NOW: u64 = 1_795_428_000;
/// Blobs that are younger may belong to a publication in the making.
const YOUNG: Duration = Duration::from_secs(3_700);

struct Shop {
    folder: tempfile::TempDir,
    store: Store,
    signer: Signer,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let signer = Signer::load_or_create(folder.path(), None).unwrap();
        Self { folder, store, signer }
    }

    /// Publishes a catalogue of so many items, in two tables that are its own.
    fn publish(&self, items: u32, keep: u32) -> PublishReport {
        let text: String =
            (0..items).map(|id| format!("{{\"id\":\"{id}\",\"title\":\"thing {id}\"}}\n")).collect();
        let source = Source::from_reader("items", Cursor::new(text)).unwrap();
        let import = CatalogImport { format: Some(Format::Jsonl), now: NOW, ..CatalogImport::default() };
        catalog::import(&self.store, source, &import, &mut |_| {}).unwrap();
        let options = PublishOptions {
            site: "shop.example".to_owned(),
            placements: vec![Placement::default()],
            table_items: 100,
            table_bytes: 16_000_000,
            sensitive_tags: Vec::new(),
            keep,
            now: NOW,
        };
        publish(&self.store, &self.signer, &options).unwrap()
    }

    /// Makes every blob as old as those of last week.
    fn age(&self) {
        for entry in fs::read_dir(self.blobs()).unwrap() {
            let file = File::options().append(true).open(entry.unwrap().path()).unwrap();
            file.set_modified(SystemTime::now() - YOUNG).unwrap();
        }
    }

    fn blobs(&self) -> std::path::PathBuf {
        self.folder.path().join("blobs")
    }

    fn versions(&self) -> Vec<u64> {
        self.store.publications(100).unwrap().iter().map(|known| known.version).collect()
    }

    /// The files that the publications in the store name.
    fn named(&self) -> BTreeSet<String> {
        let publications =
            self.versions().into_iter().map(|version| self.store.publication(version).unwrap().unwrap());
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        publications
            .flat_map(|publication| publication.blobs)
            .flat_map(|blob| [name(&blob.raw), name(&blob.br), name(&blob.gz)])
            .collect()
    }

    fn on_disk(&self) -> BTreeSet<String> {
        fs::read_dir(self.blobs())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

#[test]
fn as_many_publications_stay_as_are_wanted_and_no_file_more() {
    let shop = Shop::new();
    for items in 1..=6 {
        shop.publish(items, 3);
        shop.age();
    }
    // What the last publication forgot was young enough to be of one in the making; the next run takes it.
    shop.store.prune_publications(3, NOW).unwrap();
    assert_eq!(shop.versions(), [6, 5, 4]);
    assert_eq!(shop.on_disk(), shop.named());
    assert_eq!(shop.on_disk().len(), 3 * 2 * 3, "two tables in three encodings, three times");
    let (entry, broken) = (&shop.store.audit(1).unwrap()[0], shop.store.audit_break().unwrap());
    assert_eq!(
        (entry.action.as_str(), entry.detail.as_str(), broken),
        ("prune", r#"{"versions":[3]}"#, None)
    );
    assert_eq!(shop.publish(7, 3).version, 7, "versions go on");
    assert_eq!(rollback(&shop.store, &shop.signer, Some(5), NOW).unwrap().version, 8);
    let gone = rollback(&shop.store, &shop.signer, Some(1), NOW).unwrap_err();
    assert_eq!(gone.code(), "unknown_version");
}

#[test]
fn blobs_of_a_kept_publication_stay_whoever_else_named_them() {
    let shop = Shop::new();
    shop.publish(1, 10);
    shop.publish(2, 10);
    for _ in 0..3 {
        // The tables of the second, again and again.
        shop.publish(2, 10);
    }
    shop.age();
    assert_eq!(shop.store.prune_publications(1, NOW).unwrap(), [1, 2, 3], "the newest, and the way back");
    assert_eq!(shop.on_disk(), shop.named());
    assert_eq!(shop.on_disk().len(), 2 * 3);
}

#[test]
fn what_is_served_and_the_way_back_stay() {
    let shop = Shop::new();
    for items in 1..=4 {
        shop.publish(items, 10);
    }
    assert_eq!(rollback(&shop.store, &shop.signer, Some(2), NOW).unwrap().version, 5);
    shop.age();
    assert_eq!(shop.store.prune_publications(1, NOW).unwrap(), [3, 4]);
    assert_eq!(shop.versions(), [5, 2, 1], "it serves the tables of 2, and a rollback leads to 1");
    assert_eq!(shop.on_disk(), shop.named());
    let back = rollback(&shop.store, &shop.signer, None, NOW).unwrap();
    assert_eq!((back.version, back.rolled_back_to), (6, Some(1)));
}

#[test]
fn files_without_rows_are_removed_by_the_next_run_once_they_are_old() {
    let shop = Shop::new();
    shop.publish(3, 10);
    let orphan = "ab".repeat(32);
    let left_behind = [orphan.clone(), format!("{orphan}.br"), format!("{orphan}.gz")];
    for name in &left_behind {
        fs::write(shop.blobs().join(name), "of a publication that was killed").unwrap();
    }
    fs::write(shop.blobs().join("notes.txt"), "not ours").unwrap();
    shop.store.prune_publications(10, NOW).unwrap();
    assert!(left_behind.iter().all(|name| shop.on_disk().contains(name)), "it may be in the making");
    shop.age();
    assert_eq!(shop.store.prune_publications(10, NOW).unwrap(), [0u64; 0]);
    let mut named = shop.named();
    named.insert("notes.txt".to_owned());
    assert_eq!(shop.on_disk(), named);
}

#[test]
fn a_blob_that_is_published_again_is_young_again() {
    let shop = Shop::new();
    shop.publish(1, 10);
    shop.publish(2, 10);
    let first = shop.store.publication(1).unwrap().unwrap().blobs[0].clone();
    shop.age();
    let bytes = shop.store.blob(&first).unwrap();
    shop.store.put_blob(&first.name, &bytes).unwrap();
    // Its only row goes, and its file stays for a publication that is about to name it.
    shop.publish(3, 10);
    assert_eq!(shop.store.prune_publications(1, NOW).unwrap(), [1]);
    assert!([&first.raw, &first.br, &first.gz].iter().all(|file| file.exists()));
    shop.age();
    shop.store.prune_publications(1, NOW).unwrap();
    assert!(!first.raw.exists());
}

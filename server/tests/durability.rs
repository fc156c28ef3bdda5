//! What a killed process leaves behind, with the real binary.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use homebody_protocol::table::Table;
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::intake::{ImportError, Source};
use homebody_server::publish::{Placement, PublishOptions, publish};
use homebody_server::signing::Signer;
use homebody_server::store::Store;

fn import(store: &Store, ids: std::ops::Range<u32>) -> Result<catalog::CatalogReport, ImportError> {
    let text: String = ids.map(|id| format!("{{\"id\":\"old-{id}\",\"title\":\"Old {id}\"}}\n")).collect();
    let source = Source::from_reader("items", Cursor::new(text))?;
    let options = CatalogImport { format: Some(Format::Jsonl), ..CatalogImport::default() };
    catalog::import(store, source, &options, &mut |_| {})
}

fn homebody(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homebody"));
    command.arg("--data").arg(data).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Starts an import from standard input and feeds it until it has written more than `bytes` to the log.
fn half_an_import(data: &Path, bytes: u64) -> Child {
    let mut child = homebody(data, &["import", "catalog", "-", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let input = child.stdin.as_mut().unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    let padding = "x".repeat(900);
    for id in 0u32.. {
        writeln!(input, "{{\"id\":\"new-{id}\",\"title\":\"{padding}\"}}").unwrap();
        if id % 500 == 0 {
            let log = std::fs::metadata(data.join("homebody.db-wal")).map_or(0, |file| file.len());
            if log > bytes {
                break;
            }
            assert!(Instant::now() < deadline, "the import does not write");
        }
    }
    child
}

fn ids(store: &Store) -> Vec<String> {
    let mut ids = Vec::new();
    store.each_item(|item| ids.push(item.id)).unwrap();
    ids
}

#[test]
fn a_killed_import_leaves_the_old_catalogue() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    import(&store, 0..1000).unwrap();
    let before = ids(&store);
    drop(store);
    for round in 1..=2 {
        let mut child = half_an_import(dir.path(), round * 4_000_000);
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(ids(&store), before);
        assert_eq!(store.imports(10).unwrap().len(), 1);
        assert!(store.integrity_problems().unwrap().is_empty());
    }
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(import(&store, 0..1001).unwrap().changes.added, 1, "the folder takes the next import");
}

#[test]
fn a_second_import_is_told_to_wait_and_readers_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    import(&store, 0..10).unwrap();
    let mut child = half_an_import(dir.path(), 1_000_000);
    assert_eq!(store.item_count().unwrap(), 10, "a reader sees the old catalogue at once");
    assert_eq!(import(&store, 0..11).unwrap_err().code(), "busy");
    // Its input ends: the first import finishes as if nothing had been.
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(ids(&store).iter().all(|id| id.starts_with("new-")));
    assert_eq!(import(&store, 0..11).unwrap().changes.added, 11);
}

#[test]
fn a_killed_publication_leaves_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    import(&store, 0..3000).unwrap();
    let signer = Signer::load_or_create(dir.path(), None).unwrap();
    let options = PublishOptions {
        site: "localhost".to_owned(),
        placements: vec![Placement::default()],
        table_items: 20_000,
        table_bytes: 16_000_000,
        sensitive_tags: Vec::new(),
        keep: 10,
        now: 1_795_428_000,
    };
    publish(&store, &signer, &options).unwrap();
    for round in 0..6u32 {
        import(&store, 0..3000 + round + 1).unwrap();
        let mut child = homebody(dir.path(), &["publish"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(round) * 120));
        child.kill().unwrap();
        child.wait().unwrap();
        let current = store.current().unwrap().unwrap();
        assert!(current.version >= 1);
        for blob in &current.blobs {
            let bytes = store.blob(blob).expect("every blob of what is served is whole");
            assert!(Table::read(bytes).is_ok());
        }
    }
    let version = store.current_version().unwrap().unwrap();
    assert!(publish(&store, &signer, &options).unwrap().version > version);
}

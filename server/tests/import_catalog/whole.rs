//! An import takes effect whole or not at all, and says what it did.

use std::path::Path;

use homebody_server::catalog::{CatalogImport, Format, Item, Mode, import};
use homebody_server::intake::Source;
use homebody_server::store::{ItemChanges, Store};

use crate::stage::{empty, filled, ids, options, run};

#[test]
fn replace_deletes_what_is_absent_and_upsert_keeps_it() {
    let (_dir, store) = filled();
    let upsert = CatalogImport { mode: Mode::Upsert, ..options(Format::Jsonl) };
    let text = "{\"id\":\"new\"}\n{\"id\":\"kept\",\"title\":\"Changed\"}\n";
    let changes = run(&store, text, &upsert).unwrap().changes;
    assert_eq!(changes, ItemChanges { added: 1, changed: 1, unchanged: 0, deleted: 0 });
    assert_eq!(ids(&store), ["kept", "new", "old"]);
    let changes = run(&store, text, &options(Format::Jsonl)).unwrap().changes;
    assert_eq!(changes, ItemChanges { added: 0, changed: 0, unchanged: 2, deleted: 1 });
    assert_eq!(ids(&store), ["kept", "new"]);
}

#[test]
fn a_feed_replaces_only_itself() {
    let (_dir, store) = filled();
    let other = CatalogImport { feed: "books".to_owned(), ..options(Format::Jsonl) };
    let changes = run(&store, "{\"id\":\"book\"}\n", &other).unwrap().changes;
    assert_eq!(changes.deleted, 0);
    assert_eq!(ids(&store), ["book", "kept", "old"]);
}

#[test]
fn importing_twice_changes_nothing() {
    let (_dir, store) = empty();
    let text = "{\"id\":\"a\",\"price\":1.5,\"tags\":[\"x\"]}\n{\"id\":\"b\",\"title\":\"B\"}\n";
    run(&store, text, &options(Format::Jsonl)).unwrap();
    let first: Vec<Option<Item>> = ["a", "b"].iter().map(|id| store.item(id).unwrap()).collect();
    let changes = run(&store, text, &options(Format::Jsonl)).unwrap().changes;
    assert_eq!(changes, ItemChanges { added: 0, changed: 0, unchanged: 2, deleted: 0 });
    let second: Vec<Option<Item>> = ["a", "b"].iter().map(|id| store.item(id).unwrap()).collect();
    assert_eq!(first, second);
}

#[test]
fn an_empty_feed_does_not_empty_the_catalogue() {
    let (_dir, store) = filled();
    for (format, text) in [
        (Format::Jsonl, ""),
        (Format::Jsonl, "\n\n"),
        (Format::Csv, "id,title\n"),
        (Format::GoogleXml, "<rss></rss>"),
        (Format::GoogleXml, ""),
    ] {
        assert_eq!(run(&store, text, &options(format)).unwrap_err().code(), "empty_source", "{text}");
    }
    assert_eq!(ids(&store), ["kept", "old"]);
}

#[test]
fn progress_reaches_the_end_of_the_file() {
    let (dir, store) = empty();
    let path = dir.path().join("items.jsonl");
    let text: String = (0..5000).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    std::fs::write(&path, &text).unwrap();
    let mut told = Vec::new();
    import(&store, Source::open(&path).unwrap(), &options(Format::Jsonl), &mut |progress| {
        told.push(progress)
    })
    .unwrap();
    let last = told.last().unwrap();
    assert_eq!(
        (last.rows, last.bytes_read, last.bytes_total),
        (5000, text.len() as u64, Some(text.len() as u64))
    );
    assert!(told.len() > 2);
}

#[test]
fn imports_stand_in_a_log_that_cannot_be_changed() {
    let (dir, store) = filled();
    run(&store, "{\"id\":\"a\"}\n", &options(Format::Jsonl)).unwrap();
    assert_eq!(store.audit(10).unwrap().len(), 2);
    assert_eq!(store.audit_break().unwrap(), None);
    drop(store);
    let database = rusqlite::Connection::open(dir.path().join("homebody.db")).unwrap();
    assert!(database.execute("DELETE FROM audit", []).is_err());
    assert!(database.execute("UPDATE audit SET at = 0", []).is_err());
    // Whoever takes the trigger away is still found out by the chain.
    database
        .execute_batch("DROP TRIGGER audit_is_never_changed; UPDATE audit SET at = 7 WHERE seq = 1")
        .unwrap();
    drop(database);
    assert_eq!(Store::open(dir.path()).unwrap().audit_break().unwrap(), Some(1));
}

#[test]
fn a_data_folder_of_another_time_or_program_is_refused() {
    let open = |path: &Path| rusqlite::Connection::open(path.join("homebody.db")).unwrap();
    let (dir, store) = filled();
    drop(store);
    open(dir.path()).pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(Store::open(dir.path()).unwrap_err().code(), "newer_schema");
    let other = tempfile::tempdir().unwrap();
    open(other.path()).execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert_eq!(Store::open(other.path()).unwrap_err().code(), "foreign_database");
    let junk = tempfile::tempdir().unwrap();
    std::fs::write(junk.path().join("homebody.db"), b"not a database at all, but long enough to look at")
        .unwrap();
    assert_eq!(Store::open(junk.path()).unwrap_err().code(), "foreign_database");
}

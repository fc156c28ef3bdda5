//! History import through the public door: rows become sums and leave no trace.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::history::{HistoryFormat, HistoryImport, HistoryReport, Model, import};
use homebody_server::intake::{ImportError, ProblemCode, Source};
use homebody_server::store::Store;

/// A visitor id that nothing else contains.
const MARKER: &str = "visitor-f81d4fae-7dec-11d0";

fn store_with_items(count: u32) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let items: String =
        (0..count).map(|id| format!("{{\"id\":\"item-{id}\",\"title\":\"Thing {id}\"}}\n")).collect();
    let source = Source::from_reader("items", Cursor::new(items)).unwrap();
    let options = CatalogImport { format: Some(Format::Jsonl), ..CatalogImport::default() };
    catalog::import(&store, source, &options, &mut |_| {}).unwrap();
    (dir, store)
}

fn run(
    store: &Store,
    format: HistoryFormat,
    text: impl AsRef<[u8]>,
    skip_bad_lines: bool,
) -> Result<HistoryReport, ImportError> {
    let source = Source::from_reader("log", Cursor::new(text.as_ref().to_vec()))?;
    let options = HistoryImport {
        format: Some(format),
        skip_bad_lines,
        now: 1_795_428_000,
        ..HistoryImport::default()
    };
    import(store, source, &options, &mut |_| {})
}

/// Visitors of two tastes: those of even items and those of odd ones.
fn log(visitors: u32) -> String {
    let mut text = "visitor,item,ts\n".to_owned();
    for visitor in 0..visitors {
        for step in 0..6 {
            let item = (visitor % 2) + 2 * ((visitor / 2 + step * 3) % 10);
            let _ = writeln!(
                text,
                "{MARKER}-{visitor},item-{item},{}",
                1_790_000_000 + visitor * 1000 + step * 60
            );
        }
    }
    text
}

/// Whether any file below `folder` holds `needle`, byte for byte.
fn folder_contains(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return folder_contains(&path, needle);
        }
        std::fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

#[test]
fn a_history_becomes_a_model_and_is_forgotten() {
    let (dir, store) = store_with_items(20);
    let report = run(&store, HistoryFormat::Csv, log(300), false).unwrap();
    assert_eq!((report.rows, report.used, report.visitors), (1800, 1800, 300));
    assert_eq!((report.skipped, report.unknown_item_rows), (0, 0));
    let stored = store.latest_model().unwrap().expect("a model is stored");
    assert_eq!((stored.name.as_str(), stored.source.as_str()), ("seqlin", "imported_history"));
    let model = Model::decode(&stored.model).unwrap();
    assert_eq!((model.ids.len(), model.popularity.len()), (20, 20));
    assert!(model.popularity.iter().all(|count| *count > 0.0));
    assert_eq!(store.audit(1).unwrap()[0].action, "import_history");

    let check = |when: &str| {
        assert!(folder_contains(dir.path(), b"item-7"), "the scan finds what is there");
        for needle in [MARKER.as_bytes(), &MARKER.as_bytes()[8..], b"visitor-f81d"] {
            assert!(!folder_contains(dir.path(), needle), "a visitor id is on disk {when}");
        }
    };
    check("while the store is open");
    drop(store);
    check("after it is closed");
}

#[test]
fn the_same_log_makes_the_same_model_whatever_the_salt() {
    let model = || {
        let (_dir, store) = store_with_items(20);
        run(&store, HistoryFormat::Csv, log(300), false).unwrap();
        store.latest_model().unwrap().unwrap()
    };
    let (one, other) = (model(), model());
    assert!(one.model == other.model && one.sums == other.sums);
    assert_eq!(one.metrics, other.metrics);
}

#[test]
fn a_refused_history_leaves_no_trace_either() {
    let (dir, store) = store_with_items(20);
    let mut text = log(50);
    let _ = writeln!(text, "{MARKER}-bad,item-1,yesterday");
    let error = run(&store, HistoryFormat::Csv, text, false).unwrap_err();
    assert_eq!(error.problems().unwrap().shown()[0].line, 302);
    assert_eq!(store.latest_model().unwrap(), None);
    assert!(!folder_contains(dir.path(), MARKER.as_bytes()));
}

#[test]
fn unknown_items_are_counted_and_are_no_error() {
    let (_dir, store) = store_with_items(20);
    let mut text = log(100);
    text.push_str("v,gone-1,1790000000\nv,gone-2,1790000001\nv,gone-1,1790000002\nv,item-1,1790000003\n");
    let report = run(&store, HistoryFormat::Csv, text, false).unwrap();
    assert_eq!((report.unknown_item_rows, report.used), (3, 601));
    assert_eq!(report.unknown_items, ["gone-1", "gone-2"]);
}

#[test]
fn a_history_of_other_items_does_not_replace_a_model() {
    let (_dir, store) = store_with_items(20);
    run(&store, HistoryFormat::Csv, log(100), false).unwrap();
    let before = store.latest_model().unwrap();
    assert!(before.is_some());
    let other = "visitor,item,ts\nv,gone-1,1790000000\nw,gone-2,1790000001\n".to_owned();
    let error = run(&store, HistoryFormat::Csv, other, false).unwrap_err();
    assert_eq!(error.code(), "nothing_usable");
    assert!(error.to_string().starts_with("no row of 2 can be learned from, 2 name items"), "{error}");
    assert_eq!(store.latest_model().unwrap(), before);
}

#[test]
fn every_bad_row_is_named_with_its_code() {
    let (_dir, store) = store_with_items(3);
    let text = "user;item;kind;ts;qty\n1;item-1;click;100;1\n;item-1;click;100;1\n1;;click;100;1\n\
                1;item-1;teleport;100;1\n1;item-1;click;soon;1\n1;item-1;click;;1\n1;item-1;click;100;inf\n\
                1;item-1;click;100;NaN\n1;item-1;click;100;x\n1;item-1\n";
    let error = run(&store, HistoryFormat::Csv, text, false).unwrap_err();
    let found: Vec<(u64, ProblemCode)> =
        error.problems().unwrap().shown().iter().map(|problem| (problem.line, problem.code)).collect();
    let expected = [
        (3, ProblemCode::MissingVisitor),
        (4, ProblemCode::MissingId),
        (5, ProblemCode::UnknownKind),
        (6, ProblemCode::BadTime),
        (7, ProblemCode::MissingTime),
        (8, ProblemCode::NotFinite),
        (9, ProblemCode::NotFinite),
        (10, ProblemCode::WrongType),
        (11, ProblemCode::WrongColumnCount),
    ];
    assert_eq!(found, expected);
    let report = run(&store, HistoryFormat::Csv, text, true).unwrap();
    assert_eq!((report.rows, report.skipped, report.used), (10, 9, 1));
    let headless = run(&store, HistoryFormat::Csv, "user,kind\n1,click\n", true).unwrap_err();
    assert_eq!(headless.problems().unwrap().shown()[0].code, ProblemCode::MissingColumn);
    let timeless =
        run(&store, HistoryFormat::Csv, "visitor,item,tsc\nv,item-1,1\nv,item-2,2\n", false).unwrap_err();
    let shown = timeless.problems().unwrap().shown().to_vec();
    assert_eq!((shown.len(), shown[0].line, shown[0].code), (1, 1, ProblemCode::MissingColumn), "told once");
    assert_eq!(shown[0].detail, "the header has no column `ts` (or `order`); is it `tsc`?");
}

#[test]
fn the_names_of_other_logs_are_known() {
    let (_dir, store) = store_with_items(3);
    let rows = [("a", "item-0", 100), ("a", "item-1", 200), ("b", "item-1", 100), ("b", "item-2", 300)];
    let mut csv = String::from("session_id;user_id;sku;timestamp;event\n");
    let mut lines = String::new();
    for (user, sku, at) in rows {
        // The same for all: taken for the visitor it would be one visitor.
        writeln!(csv, "same;{user};{sku};{at};Add to cart").unwrap();
        writeln!(
            lines,
            r#"{{"user":"{user}","session":"same","item_id":"{sku}","time":{at},"type":"addtocart"}}"#
        )
        .unwrap();
    }
    for (format, text) in [(HistoryFormat::Csv, csv), (HistoryFormat::Jsonl, lines)] {
        let report = run(&store, format, text, false).unwrap();
        assert_eq!((report.used, report.visitors, report.ignored_fields.len()), (4, 2, 0), "{format:?}");
    }
}

#[test]
fn json_lines_say_the_same() {
    let (_dir, store) = store_with_items(3);
    let mut text: Vec<u8> = Vec::new();
    for line in [
        br#"{"visitor":"a","item":"item-1","kind":"purchase","time":"2026-01-31T10:00:00Z","value":2}"#
            .as_slice(),
        br#"{"user":7,"item":"item-2","order":3}"#,
        br#"{"user":7,"item":"item-2","order":true}"#,
        br#"{"user":7,"item":"item-2","ts":NaN}"#,
        b"{\"user\":\"\xff\",\"item\":\"item-2\",\"ts\":1}",
        br#"{"user":7"#,
    ] {
        text.extend(line);
        text.push(b'\n');
    }
    text.extend(b"x".repeat(10 << 20));
    let report = run(&store, HistoryFormat::Jsonl, text, true).unwrap();
    let found: Vec<(u64, ProblemCode)> =
        report.problems.shown().iter().map(|problem| (problem.line, problem.code)).collect();
    let expected = [
        (3, ProblemCode::WrongType),
        (4, ProblemCode::NotFinite),
        (5, ProblemCode::InvalidUtf8),
        (6, ProblemCode::BadJson),
        (7, ProblemCode::LineTooLong),
    ];
    assert_eq!((report.used, found.as_slice()), (2, expected.as_slice()));
}

#[test]
fn items_come_before_histories() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let error = run(&store, HistoryFormat::Csv, log(2), false).unwrap_err();
    assert_eq!(error.code(), "empty_catalog");
    let (_dir, store) = store_with_items(3);
    assert_eq!(
        run(&store, HistoryFormat::Csv, "visitor,item,ts\n", false).unwrap_err().code(),
        "empty_source"
    );
}

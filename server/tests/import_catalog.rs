//! Catalogue import through the public door: every format, every bad input, all or nothing.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::Cursor;
use std::path::Path;

use homebody_server::catalog::{CatalogImport, CatalogReport, Format, Item, Mode, import};
use homebody_server::intake::{ImportError, Problem, ProblemCode, Progress, Source};
use homebody_server::store::{ItemChanges, Store};
use proptest::prelude::*;

fn options(format: Format) -> CatalogImport {
    CatalogImport { format: Some(format), now: 1_795_428_000, ..CatalogImport::default() }
}

fn run(store: &Store, text: impl AsRef<[u8]>, options: &CatalogImport) -> Result<CatalogReport, ImportError> {
    let source = Source::from_reader("feed", Cursor::new(text.as_ref().to_vec()))?;
    import(store, source, options, &mut |_: Progress| {})
}

fn empty() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    (dir, store)
}

/// A store with the items `old` and `kept`.
fn filled() -> (tempfile::TempDir, Store) {
    let (dir, store) = empty();
    run(
        &store,
        r#"{"id":"old"}"#.to_owned() + "\n" + r#"{"id":"kept","title":"Kept"}"#,
        &options(Format::Jsonl),
    )
    .unwrap();
    (dir, store)
}

fn problems(error: &ImportError) -> Vec<(u64, ProblemCode)> {
    let problem = |problem: &Problem| (problem.line, problem.code);
    error.problems().expect("lines were rejected").shown().iter().map(problem).collect()
}

/// Imports into a filled store, expects these problems and an untouched catalogue.
fn rejects(format: Format, text: impl AsRef<[u8]>, expected: &[(u64, ProblemCode)]) {
    let (_dir, store) = filled();
    let before = ids(&store);
    let imports = store.imports(10).unwrap();
    let error = run(&store, text, &options(format)).unwrap_err();
    assert_eq!(problems(&error), expected, "{error}");
    assert_eq!(error.code(), "rejected_lines");
    for (_, code) in expected {
        assert!(error.to_string().contains(code.hint()), "{error}");
    }
    assert_eq!(ids(&store), before, "the old catalogue is intact");
    assert_eq!(store.imports(10).unwrap(), imports, "nothing is logged as imported");
}

fn ids(store: &Store) -> Vec<String> {
    let mut ids = Vec::new();
    store.each_item(|item| ids.push(item.id)).unwrap();
    ids
}

#[test]
fn json_lines_fill_every_field() {
    let (_dir, store) = empty();
    let line = r#"{"id":"k1","title":"Kettle","url":"https://shop.example/k1","image":"/k1.jpg","price":"12.50 eur",
        "brand":"Bru","category":"Kitchen","tags":["red","hot","red"],"description":"Boils.","available":false,
        "added_at":"2026-01-31","rebuyable":true,"placements":["home"],"margin":0.3}"#
        .replace('\n', "");
    let report = run(&store, line, &options(Format::Jsonl)).unwrap();
    assert_eq!((report.rows, report.changes.added, report.ignored_fields), (1, 1, vec!["margin".to_owned()]));
    let expected = Item {
        id: "k1".into(),
        title: "Kettle".into(),
        url: "https://shop.example/k1".into(),
        image: "/k1.jpg".into(),
        price: Some(12.5),
        currency: "EUR".into(),
        brand: "Bru".into(),
        category: "Kitchen".into(),
        tags: vec!["red".into(), "hot".into()],
        description: "Boils.".into(),
        available: false,
        added_at: 1_769_817_600,
        rebuyable: true,
        placements: vec!["home".into()],
    };
    assert_eq!(store.item("k1").unwrap(), Some(expected));
}

#[test]
fn csv_knows_the_aliases_and_quotes() {
    let (_dir, store) = empty();
    let text = "item,title,year,tags\r\n1,\"Toy, Story\",1995,Animation|Comedy\r\n2,Heat,unknown,\r\n";
    run(&store, text, &options(Format::Csv)).unwrap();
    let item = store.item("1").unwrap().unwrap();
    assert_eq!((item.title.as_str(), item.added_at), ("Toy, Story", 788_918_400));
    assert_eq!(item.tags, ["Animation", "Comedy"]);
    assert_eq!(store.item("2").unwrap().unwrap().added_at, 0);
}

#[test]
fn google_rss_is_read_and_nested_prices_are_not_the_items() {
    let (_dir, store) = empty();
    let feed = r#"<?xml version="1.0" encoding="UTF-8"?>
        <rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
        <item><g:id>a1</g:id><title>Caf&#233; &amp; Tea</title><link>https://shop.example/a1</link>
          <g:image_link>https://shop.example/a1.jpg</g:image_link><g:price>15.00 USD</g:price>
          <g:shipping><g:price>4.99 USD</g:price></g:shipping>
          <g:availability>in_stock</g:availability><g:brand>Bru</g:brand>
          <g:google_product_category>Food</g:google_product_category><g:product_type>Drinks</g:product_type>
          <description><![CDATA[<b>Hot</b>]]></description></item>
        <item><g:id>a2</g:id><g:availability>out of stock</g:availability></item>
        </channel></rss>"#;
    let report = run(&store, feed, &options(Format::GoogleXml)).unwrap();
    assert_eq!(report.changes.added, 2);
    let item = store.item("a1").unwrap().unwrap();
    assert_eq!((item.title.as_str(), item.price, item.currency.as_str()), ("Café & Tea", Some(15.0), "USD"));
    assert_eq!((item.category.as_str(), item.description.as_str()), ("Drinks", "<b>Hot</b>"));
    assert_eq!(item.url, "https://shop.example/a1");
    assert!(!store.item("a2").unwrap().unwrap().available);
}

#[test]
fn google_atom_keeps_the_address_in_an_attribute() {
    let (_dir, store) = empty();
    let feed = r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
        <link rel="self" href="https://shop.example"/>
        <entry><g:id>a1</g:id><title>One</title><link href="https://shop.example/a1?x=1&amp;y=2"/></entry></feed>"#;
    run(&store, feed, &options(Format::GoogleXml)).unwrap();
    assert_eq!(store.item("a1").unwrap().unwrap().url, "https://shop.example/a1?x=1&y=2");
}

#[test]
fn google_tsv_is_read() {
    let (_dir, store) = empty();
    let text = "id\ttitle\timage link\tprice\tavailability\na1\tOne, two\thttps://s.example/1.jpg\t1.234,50 EUR\tpreorder\n";
    run(&store, text, &options(Format::GoogleTsv)).unwrap();
    let item = store.item("a1").unwrap().unwrap();
    assert_eq!((item.title.as_str(), item.price, item.available), ("One, two", Some(1234.5), true));
    assert_eq!(item.image, "https://s.example/1.jpg");
}

#[test]
fn every_bad_json_line_is_named_with_its_code() {
    let long = format!(r#"{{"id":"l","title":"{}"}}"#, "x".repeat(10 << 20));
    let mut text: Vec<u8> = Vec::new();
    for line in [
        r#"{"id":"good"}"#.as_bytes(),
        br#"{"title":"no id"}"#,
        br#"{"id":"good","title":"again"}"#,
        br#"{"id":"t","title":["a","list"]}"#,
        long.as_bytes(),
        b"{\"id\":\"u\",\"title\":\"\xff\xfe\"}",
        br#"{"id":"n","price":NaN}"#,
        br#"{"id":"i","price":-Infinity}"#,
        br#"{"id":"e","price":1e999}"#,
        br#"{"id":"m","price":-3}"#,
        br#"{"id":"b","price":3"#,
        br#"["id"]"#,
        br#"{"id":"","title":"empty"}"#,
        br#"{"id":null}"#,
        br#"{"id":"x","url":"javascript:alert(1)"}"#,
        br#"{"id":"y","added_at":"soon"}"#,
        br#"{"id":"z","available":{"stock":3}}"#,
    ] {
        text.extend(line);
        text.push(b'\n');
    }
    rejects(
        Format::Jsonl,
        text,
        &[
            (2, ProblemCode::MissingId),
            (3, ProblemCode::DuplicateId),
            (4, ProblemCode::WrongType),
            (5, ProblemCode::LineTooLong),
            (6, ProblemCode::InvalidUtf8),
            (7, ProblemCode::NotFinite),
            (8, ProblemCode::NotFinite),
            (9, ProblemCode::NotFinite),
            (10, ProblemCode::NotFinite),
            (11, ProblemCode::BadJson),
            (12, ProblemCode::BadJson),
            (13, ProblemCode::MissingId),
            (14, ProblemCode::MissingId),
            (15, ProblemCode::BadUrl),
            (16, ProblemCode::BadTime),
            (17, ProblemCode::WrongType),
        ],
    );
}

#[test]
fn every_bad_csv_line_is_named_with_its_code() {
    let mut text = b"id,title,price\n1,ok,2\n,none,2\n1,twice,2\n2,price,cheap\n3,inf,inf\n4,\"two\nlines\"\n5,\xff,1\n6,".to_vec();
    text.extend(b"x".repeat(10 << 20));
    text.extend(b",1\n7,ok,1\n");
    rejects(
        Format::Csv,
        text,
        &[
            (3, ProblemCode::MissingId),
            (4, ProblemCode::DuplicateId),
            (5, ProblemCode::WrongType),
            (6, ProblemCode::NotFinite),
            (7, ProblemCode::WrongColumnCount),
            (9, ProblemCode::InvalidUtf8),
            (10, ProblemCode::LineTooLong),
        ],
    );
    rejects(Format::Csv, "title,price\nx,1\n", &[(1, ProblemCode::MissingColumn)]);
    rejects(Format::Csv, "id,title\n1,ok\n2,\"open\n3,x\n", &[(3, ProblemCode::UnclosedQuote)]);
}

#[test]
fn every_bad_feed_entry_is_named_with_its_code() {
    let wrap = |items: &str| format!("<rss><channel>\n{items}\n</channel></rss>");
    rejects(
        Format::GoogleXml,
        wrap(
            "<item><g:id>1</g:id></item>\n<item><title>no id</title></item>\n<item><g:id>1</g:id></item>\n\
             <item><g:id>2</g:id><g:price>NaN</g:price></item>\n<item><g:id>3</g:id><title>&nbsp;</title></item>",
        ),
        &[
            (3, ProblemCode::MissingId),
            (4, ProblemCode::DuplicateId),
            (5, ProblemCode::NotFinite),
            (6, ProblemCode::BadXml),
        ],
    );
    rejects(Format::GoogleXml, "<rss><channel>\n<item><g:id>1</g:id>", &[(2, ProblemCode::BadXml)]);
    rejects(Format::GoogleXml, "<rss>\n<item><g:id>1</id></item></rss>", &[(2, ProblemCode::BadXml)]);
    let long = "x".repeat(10 << 20);
    rejects(
        Format::GoogleXml,
        wrap(&format!("<item><g:id>1</g:id>\n<title>{long}</title></item>")),
        &[(2, ProblemCode::LineTooLong)],
    );
    let latin = b"<rss>\n<item><title>caf\xe9</title></item></rss>";
    rejects(Format::GoogleXml, latin, &[(2, ProblemCode::InvalidUtf8)]);
    rejects(
        Format::GoogleXml,
        r#"<?xml version="1.0" encoding="ISO-8859-1"?><rss></rss>"#,
        &[(1, ProblemCode::InvalidUtf8)],
    );
}

#[test]
fn twenty_problems_are_shown_and_all_are_counted() {
    let (_dir, store) = empty();
    let error = run(&store, "{\"title\":\"x\"}\n".repeat(100), &options(Format::Jsonl)).unwrap_err();
    let problems = error.problems().unwrap();
    assert_eq!((problems.shown().len(), problems.total()), (20, 100));
    assert!(
        error.to_string().starts_with("100 lines of the file cannot be imported; nothing was changed"),
        "{error}"
    );
}

#[test]
fn bad_lines_are_skipped_only_when_asked_to() {
    let (_dir, store) = filled();
    let lenient = CatalogImport { skip_bad_lines: true, ..options(Format::Jsonl) };
    let report = run(&store, "{\"id\":\"a\"}\n{}\n{\"id\":\"b\"}\n", &lenient).unwrap();
    assert_eq!((report.rows, report.skipped, report.problems.shown()[0].line), (3, 1, 2));
    assert_eq!(ids(&store), ["a", "b"]);
    // Half a feed is not a feed, however lenient.
    let lenient = CatalogImport { skip_bad_lines: true, ..options(Format::GoogleXml) };
    assert!(run(&store, "<rss><item><g:id>1</g:id></item>", &lenient).is_err());
    assert_eq!(ids(&store), ["a", "b"]);
}

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
fn the_format_comes_from_the_name_or_must_be_given() {
    let (dir, store) = empty();
    let path = dir.path().join("items.jsonl");
    std::fs::write(&path, "{\"id\":\"a\"}\n").unwrap();
    let guess = CatalogImport::default();
    assert_eq!(
        import(&store, Source::open(&path).unwrap(), &guess, &mut |_| {}).unwrap().format,
        Format::Jsonl
    );
    assert_eq!(run(&store, "x", &guess).unwrap_err().code(), "unknown_format");
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

/// Pieces that files of all formats are made of, and pieces that none should hold.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{\"id\":",
            "\"a\"",
            "}",
            "{",
            "[",
            ",",
            ";",
            "\t",
            "\n",
            "\r\n",
            "\"",
            "id",
            "title",
            "price",
            "<rss>",
            "<item>",
            "</item>",
            "<g:id>",
            "</g:id>",
            "<![CDATA[",
            "]]>",
            "&amp;",
            "&#0;",
            "&",
            "<?xml",
            "NaN",
            "1e999",
            "-1",
            "null",
            "\u{feff}",
            "ä",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_file_breaks_an_import_or_half_happens(text in noise()) {
        let (_dir, store) = filled();
        for format in [Format::Jsonl, Format::Csv, Format::GoogleXml, Format::GoogleTsv] {
            let before = ids(&store);
            match run(&store, &text, &options(format)) {
                Ok(report) => prop_assert_eq!(report.changes.added + report.changes.unchanged
                    + report.changes.changed, store.item_count().unwrap()),
                Err(_) => prop_assert_eq!(ids(&store), before),
            }
        }
    }
}

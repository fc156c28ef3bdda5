//! Every bad line is named, and nothing of its file is kept.

use homebody_server::catalog::{CatalogImport, Format};
use homebody_server::intake::ProblemCode;
use proptest::prelude::*;

use crate::stage::{empty, filled, ids, options, rejects, run};

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

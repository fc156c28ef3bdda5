//! Stores to import into, and what is looked at afterwards.

use std::io::Cursor;

use homebody_server::catalog::{CatalogImport, CatalogReport, Format, import};
use homebody_server::intake::{ImportError, Problem, ProblemCode, Progress, Source};
use homebody_server::store::Store;

pub(crate) fn options(format: Format) -> CatalogImport {
    CatalogImport { format: Some(format), now: 1_795_428_000, ..CatalogImport::default() }
}

pub(crate) fn run(
    store: &Store,
    text: impl AsRef<[u8]>,
    options: &CatalogImport,
) -> Result<CatalogReport, ImportError> {
    let source = Source::from_reader("feed", Cursor::new(text.as_ref().to_vec()))?;
    import(store, source, options, &mut |_: Progress| {})
}

pub(crate) fn empty() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    (dir, store)
}

/// A store with the items `old` and `kept`.
pub(crate) fn filled() -> (tempfile::TempDir, Store) {
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
pub(crate) fn rejects(format: Format, text: impl AsRef<[u8]>, expected: &[(u64, ProblemCode)]) {
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

pub(crate) fn ids(store: &Store) -> Vec<String> {
    let mut ids = Vec::new();
    store.each_item(|item| ids.push(item.id)).unwrap();
    ids
}

//! `export sums --format parquet`: the library that wrote a file reads the rows of the NDJSON beside it.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs::{self, File};
use std::path::Path;

use homebody_server::store::{Cell, Counts, Release, Store, StoredModel};
use homebody_server::sums::{Format, Kind, Table, Wish, folder};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};

const NOW: u64 = 1_795_428_000;

/// More cells than are written together, days with hidden numbers, and a model.
fn known(store: &Store) {
    for (window, cells) in [(0, vec![i64::MIN, -1, 0, i64::MAX]), (1, (0..70_000).collect())] {
        let release = Release { task: "f0".repeat(32), part: 1, window, reports: 500, cells, at: NOW };
        assert!(store.write(|transaction| Store::add_release(transaction, &release)).unwrap());
    }
    let cell = |region: &str, action: &str, count: u64| {
        let text = |text: &str| text.to_owned();
        let (notice, region, language, variant) = (text("n"), text(region), text("de"), text(""));
        (Cell { notice, region, language, variant, action: text(action), day: text("2026-11-02") }, count)
    };
    let counts =
        [cell("DE", "accept", 70), cell("DE", "refuse", 3), cell("", "later", 25), cell("FR", "accept", 21)];
    store.add_decisions(&Counts::from(counts)).unwrap();
    let model = StoredModel {
        created_at: NOW - 86_400,
        name: "seqlin, \"the\" näher one".to_owned(),
        source: "imported_history".to_owned(),
        metrics: "{\"ndcg_at_10\":0.125}".to_owned(),
        sums: Vec::new(),
        model: Vec::new(),
    };
    store.write(|transaction| Store::put_model(transaction, &model)).unwrap();
}

fn json_of(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => json!(text),
        Field::Long(whole) => json!(whole),
        Field::Double(number) => json!(number),
        Field::Bool(flag) => json!(flag),
        other => panic!("no column of ours: {other:?}"),
    }
}

fn parquet_rows(path: &Path) -> Vec<Value> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let row = |row: parquet::record::Row| {
        Value::Object(row.get_column_iter().map(|(name, field)| (name.clone(), json_of(field))).collect())
    };
    let rows: Vec<Value> = reader.get_row_iter(None).unwrap().map(|each| row(each.unwrap())).collect();
    assert_eq!(reader.metadata().file_metadata().num_rows(), rows.len() as i64);
    rows
}

fn ndjson_rows(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn f16_parquet_is_read_back_as_the_same_rows() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    known(&store);
    let write = |format: Format| {
        let wish = Wish { format, since: None, until: None };
        folder::write(&store, &dir.path().join(format.name()), &wish, NOW).unwrap()
    };
    let report = write(Format::Parquet);
    assert_eq!(report, write(Format::Ndjson));
    assert_eq!(report.tables.iter().map(|table| table.rows).collect::<Vec<_>>(), [70_004, 3, 1]);
    for (table, day) in
        [(Table::Releases, "2026-11-23"), (Table::Consent, "2026-11-02"), (Table::Models, "2026-11-22")]
    {
        let path = |format: Format| {
            let partition = dir.path().join(format.name()).join(table.name()).join(format!("dt={day}"));
            partition.join(format!("part-0.{}", format.name()))
        };
        let (read, lines) = (parquet_rows(&path(Format::Parquet)), ndjson_rows(&path(Format::Ndjson)));
        assert_eq!(read.len(), lines.len());
        for (read, line) in read.iter().zip(&lines) {
            assert_eq!(read, line, "{}", table.name());
        }
        let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
        assert!(names.iter().all(|name| read[0].get(name).is_some()), "{names:?}");
    }
    assert!(Table::Releases.columns().iter().any(|column| column.kind == Kind::Number));
}

/// What other readers go by: groups of a bounded size, compressed, text as text.
#[test]
fn a_large_day_is_written_in_groups() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    known(&store);
    let wish = Wish { format: Format::Parquet, since: None, until: None };
    folder::write(&store, &dir.path().join("out"), &wish, NOW).unwrap();
    let path = dir.path().join("out/releases/dt=2026-11-23/part-0.parquet");
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let rows: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(rows, [65_536, 4_468]);
    let task = reader.metadata().row_group(0).column(0);
    assert_eq!(task.compression(), parquet::basic::Compression::SNAPPY);
    assert_eq!(task.column_descr().logical_type_ref(), Some(&parquet::basic::LogicalType::String));
    assert!(fs::metadata(&path).unwrap().len() < 1 << 20, "a task's name is not repeated 70,000 times");
}

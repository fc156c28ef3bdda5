//! What is known in aggregate, as files and over HTTP: the same rows, as many as everything else says there are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Instant;

use homebody_server::store::{Cell, Counts, Release, Store};
use serde_json::{Value, json};

use super::contributions::{CELLS, HOUR, add, now, plain, post, task, trusted};
use super::harness::{Data, Server, wait_until};
use super::http::get;
use super::notices::publish;

const DAY_S: u64 = 86_400;

/// A site with two released sums, one batch that is still summed, three days of decisions and a published model.
fn site() -> Data {
    let data = Data::published(40);
    let history = data.path().with_file_name("history.csv");
    let line = |at: usize| format!("v{},i{},click,{}\n", at / 6, (at * 7 + at / 6) % 40, 1_790_000_000 + at);
    let lines: String = (0..600).map(line).collect();
    fs::write(&history, format!("visitor,item,kind,ts\n{lines}")).unwrap();
    data.run(&["import", "history", history.to_str().unwrap()]);
    data.publish();
    let task = task("sums", &trusted(), 20);
    add(&data, &task, &[]);
    let mut server = Server::start(&data);
    for at in 0..30 {
        assert_eq!(post(server.data, &task, &plain(&task, u32::from(at >= 20), at % 3)).status, 204);
    }
    server.kill();
    data.run(&["batches", "release", "--task", &task.id().to_hex(), "--window", "0"]);
    released(&data, &task.id().to_hex(), 7, now() - 2 * DAY_S);
    decide(&data, &publish(&data, "clean.json"));
    data
}

/// A sum that was released on another day.
fn released(data: &Data, task: &str, window: u32, at: u64) {
    let store = Store::open(&data.path()).unwrap();
    let cells = (0..CELLS as i64).map(|cell| cell - 3).collect();
    let release = Release { task: task.to_owned(), part: 0, window, reports: 21, cells, at };
    store.write(|transaction| Store::add_release(transaction, &release)).unwrap();
}

/// Days with many answers, with few, and one that still grows.
fn decide(data: &Data, notice: &str) {
    let count = |region: &str, action: &str, day: &str, count: u64| {
        let text = |text: &str| text.to_owned();
        let (notice, region, language) = (text(notice), text(region), text("en"));
        (
            Cell { notice, region, language, variant: String::new(), action: text(action), day: text(day) },
            count,
        )
    };
    let today = homebody_server::consent::day(now());
    let counts = Counts::from([
        count("DE", "accept", "2026-02-26", 60),
        count("DE", "partial", "2026-02-26", 25),
        count("DE", "refuse", "2026-02-26", 35),
        count("", "accept", "2026-02-26", 30),
        count("FR", "accept", "2026-02-27", 12),
        count("FR", "refuse", "2026-02-28", 11),
        count("DE", "served", "2026-02-26", 300),
        count("DE", "served-gpc", "2026-02-26", 40),
        count("DE", "accept", &today, 53),
    ]);
    Store::open(&data.path()).unwrap().add_decisions(&counts).unwrap();
}

fn export(data: &Data, folder: &Path, options: &[&str]) -> Value {
    data.run(&[&["export", "sums", folder.to_str().unwrap()], options].concat())
}

fn refused(data: &Data, folder: &Path, options: &[&str]) -> (Option<i32>, String) {
    let all = [&["export", "sums", folder.to_str().unwrap()], options].concat();
    let output = data.try_run(&all, &[]);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap_or_default();
    assert!(error.is_null() || error["error"]["fix"].is_string(), "{error}");
    (output.status.code(), error["error"]["code"].as_str().unwrap_or_default().to_owned())
}

/// Files of a table by their days.
fn files(folder: &Path, table: &str) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder.join(table)).unwrap().map(|entry| entry.unwrap().path());
    let file = |partition: PathBuf| {
        let day = partition.file_name().unwrap().to_str().unwrap().strip_prefix("dt=").unwrap().to_owned();
        let mut files: Vec<PathBuf> =
            fs::read_dir(&partition).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_none_or(|kind| kind != "txt"));
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!(files[0].file_stem().unwrap(), "part-0");
        (day, files[0].clone())
    };
    entries.map(file).collect()
}

fn rows_of(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn rows(folder: &Path, table: &str) -> Vec<Value> {
    files(folder, table).values().flat_map(|path| rows_of(path)).collect()
}

#[test]
fn f16_rows_are_those_that_the_lists_and_the_counts_have() {
    let (data, folder) = (site(), tempfile::tempdir().unwrap());
    let out = folder.path().join("sums");
    let report = export(&data, &out, &[]);

    let listed = data.run(&["batches", "list"]);
    let cells: Vec<(Value, Value)> = listed["releases"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|release| {
            release["cells"].as_array().unwrap().iter().map(|cell| (release["window"].clone(), cell.clone()))
        })
        .collect();
    assert_eq!(cells.len(), 2 * CELLS, "of the batch that is still summed there is nothing");
    let mut released: Vec<(Value, Value)> =
        rows(&out, "releases").iter().map(|row| (row["window"].clone(), row["value"].clone())).collect();
    released.sort_by_key(|(window, _)| window.as_u64());
    assert_eq!(released, cells);
    assert_eq!(report["tables"]["releases"], json!({ "rows": cells.len(), "partitions": 2, "removed": 0 }));

    let counts = data.run(&["consent", "counts"])["rows"].as_array().unwrap().clone();
    let consent = rows(&out, "consent");
    assert_eq!((consent.len(), &report["tables"]["consent"]["rows"]), (counts.len(), &counts.len().into()));
    for row in &counts {
        let found = consent.iter().find(|found| {
            ["kind", "total", "is_open"].iter().all(|name| found[name] == row[name])
                && found["period"] == row["day"]
                && found["region"] == row["region"]
        });
        let found = found.unwrap_or_else(|| panic!("{row}"));
        for (action, count) in row["counts"].as_object().unwrap() {
            assert_eq!(found[action.replace('-', "_")], *count, "{row}");
        }
    }
    let listed = data.run(&["models"])["models"].as_array().unwrap().clone();
    let models = rows(&out, "models");
    assert_eq!((models.len(), listed.len()), (1, 1));
    for name in ["name", "state", "cause", "source", "reason", "created_at", "learned_to", "per_mille"] {
        assert_eq!(models[0][name], listed[0][name], "{name}");
    }
    assert_eq!(models[0]["versions"], "2", "the first publication had no model");
    let figures: Value = serde_json::from_str(models[0]["figures"].as_str().unwrap()).unwrap();
    assert_eq!(figures, listed[0]["metrics"]);
}

#[test]
fn a_released_cell_says_what_it_is_and_how_much_noise_it_has() {
    let (data, folder) = (site(), tempfile::tempdir().unwrap());
    let out = folder.path().join("sums");
    export(&data, &out, &[]);
    let rows = rows(&out, "releases");
    let row = rows.iter().find(|row| row["window"] == 0 && row["cell"] == 2).unwrap();
    let task = data.run(&["tasks", "list"])["tasks"][0]["task"].clone();
    let starts_at = now() / HOUR * HOUR - 2 * HOUR;
    assert_eq!(row["window_ends_at"].as_u64().unwrap() - row["window_starts_at"].as_u64().unwrap(), HOUR);
    assert!(row["window_starts_at"].as_u64().unwrap().abs_diff(starts_at) <= HOUR);
    let expected = json!({
        "task": task, "name": "sums", "mode": "trusted", "measurement": "calibration", "part": 0, "window": 0,
        "window_starts_at": row["window_starts_at"], "window_ends_at": row["window_ends_at"],
        "released_at": row["released_at"], "reports": 20, "cell": 2, "value": 6, "estimate": 6.0, "sigma": 0.1,
    });
    assert_eq!(*row, expected);
    let days: BTreeSet<String> = files(&out, "releases").into_keys().collect();
    let today = homebody_server::consent::day(row["released_at"].as_u64().unwrap());
    assert!(
        days.contains(&today) && days.contains(&homebody_server::consent::day(now() - 2 * DAY_S)),
        "{days:?}"
    );
}

#[test]
fn csv_says_the_same_and_tells_what_is_missing_from_what_is_empty() {
    let (data, folder) = (site(), tempfile::tempdir().unwrap());
    let (lines, csv) = (folder.path().join("lines"), folder.path().join("csv"));
    export(&data, &lines, &[]);
    assert_eq!(export(&data, &csv, &["--format", "csv"])["format"], "csv");
    for table in ["releases", "consent"] {
        let (lines, csv) = (files(&lines, table), files(&csv, table));
        assert!(lines.keys().eq(csv.keys()));
        for (day, path) in &lines {
            let text = fs::read_to_string(&csv[day]).unwrap();
            let mut records = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
            let header = records.next().unwrap();
            for row in rows_of(path) {
                let record = records.next().unwrap();
                for (name, field) in header.iter().zip(record) {
                    let expected = match &row[*name] {
                        Value::Null => String::new(),
                        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    assert_eq!(field, expected, "{table} {day} {name}");
                }
            }
            assert_eq!(records.count(), 0);
        }
    }
    assert!(fs::read_to_string(&files(&csv, "consent")["2026-02-26"]).unwrap().contains(",\"\",\"\",en,"));
}

#[test]
fn a_second_run_replaces_its_days_and_no_others() {
    let (data, folder) = (site(), tempfile::tempdir().unwrap());
    let out = folder.path().join("sums");
    export(&data, &out, &[]);
    assert_eq!(files(&out, "consent").keys().take(2).collect::<Vec<_>>(), ["2026-02-26", "2026-02-28"]);
    let month = rows_of(&files(&out, "consent")["2026-02-28"]);
    assert_eq!(
        (&month[0]["period"], &month[0]["total"]),
        (&"2026-02".into(), &23.into()),
        "joined, at its end"
    );
    let old = files(&out, "releases").into_values().next().unwrap();
    fs::write(&old, "kept\n").unwrap();
    let taken = out.join("consent/dt=2026-02-28/note.txt");
    fs::write(&taken, "mine").unwrap();

    // The small groups of February have grown: what was joined has days of its own now.
    let store = Store::open(&data.path()).unwrap();
    let grown: Counts = store
        .decisions()
        .unwrap()
        .into_iter()
        .filter(|(cell, _)| cell.region == "FR")
        .map(|(cell, _)| (cell, 100))
        .collect();
    store.add_decisions(&grown).unwrap();
    let yesterday = homebody_server::consent::day(now() - DAY_S);
    let report = export(&data, &out, &["--since", "2026-02-27"]);
    assert_eq!(fs::read_to_string(&old).unwrap().lines().count(), CELLS, "in the range, and replaced");
    assert_eq!(report["tables"]["consent"]["removed"], 0);
    assert_eq!(rows_of(&out.join("consent/dt=2026-02-28/part-0.ndjson"))[0]["total"], 111);
    assert_eq!(fs::read_to_string(&taken).unwrap(), "mine", "what is not ours stays");
    let first = fs::read(&files(&out, "consent")["2026-02-26"]).unwrap();

    fs::write(&old, "kept\n").unwrap();
    export(&data, &out, &["--since", &yesterday]);
    assert_eq!(fs::read_to_string(&old).unwrap(), "kept\n", "before the range");
    let since: Vec<Value> = rows(&out, "models");
    assert_eq!(since.len(), 1);
    assert_eq!(fs::read(&files(&out, "consent")["2026-02-26"]).unwrap(), first);

    // A day that has no rows any more.
    fs::create_dir_all(out.join("consent/dt=2026-03-05")).unwrap();
    fs::write(out.join("consent/dt=2026-03-05/part-0.ndjson"), "{}\n").unwrap();
    let report = export(&data, &out, &["--since", "2026-03-01", "--until", "2026-03-31"]);
    assert_eq!(report["tables"]["consent"], json!({ "rows": 0, "partitions": 0, "removed": 1 }));
    assert!(!out.join("consent/dt=2026-03-05").exists() && files(&out, "consent").contains_key("2026-02-26"));
}

#[test]
fn what_may_not_be_written_is_refused_with_a_code_and_left_alone() {
    let (data, folder) = (Data::empty(), tempfile::tempdir().unwrap());
    let (out, other) = (folder.path().join("sums"), folder.path().join("other"));
    fs::create_dir_all(other.join("v1")).unwrap();
    assert_eq!(refused(&data, &other, &[]), (Some(1), "export_foreign".to_owned()));
    fs::write(other.join("_homebody.json"), "{\"homebody\":\"something\"}").unwrap();
    assert_eq!(refused(&data, &other, &[]).1, "export_foreign");
    assert_eq!(fs::read_dir(&other).unwrap().count(), 2);
    export(&data, &out, &[]);
    assert_eq!(refused(&data, &out, &["--format", "csv"]).1, "export_format");
    assert_eq!(refused(&data, &out, &["--since", "2026-02-02", "--until", "2026-02-01"]).1, "export_range");
    for day in ["2026-02-30", "yesterday", "2026-2-1"] {
        assert_eq!(refused(&data, &out, &["--since", day]).0, Some(2), "{day}");
    }
    let held = fs::File::open(out.join("_homebody.json")).unwrap();
    held.lock().unwrap();
    assert_eq!(refused(&data, &out, &[]).1, "export_running");
    drop(held);
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(refused(&data, &file, &[]).1, "export_io");
    if !cfg!(feature = "parquet") {
        let parquet = folder.path().join("parquet");
        assert_eq!(refused(&data, &parquet, &["--format", "parquet"]).1, "export_not_built");
        assert!(!parquet.exists());
    }
}

/// Every file that readers look at is whole, whenever the process was killed; the next run leaves nothing behind.
#[test]
fn a_killed_export_leaves_whole_files() {
    let (data, folder) = (site(), tempfile::tempdir().unwrap());
    let out = folder.path().join("sums");
    let task = data.run(&["tasks", "list"])["tasks"][0]["task"].as_str().unwrap().to_owned();
    for window in 100..160 {
        released(&data, &task, window, now() - u64::from(window) * DAY_S);
    }
    let spawn = || {
        let mut command = super::harness::homebody();
        command.arg("--data").arg(data.path()).args(["export", "sums"]).arg(&out).stdout(Stdio::null());
        command.spawn().unwrap()
    };
    let (mut cut_short, mut found) = (0, 0);
    let mut cut = |mut child: Child| {
        child.kill().unwrap();
        cut_short += u32::from(!child.wait().unwrap().success());
        found += whole_files(&out.join("releases"));
    };
    // Into an empty folder, until so many partitions are in their places.
    for placed in [0, 1, 10, 30, 60] {
        let _absent_at_first = fs::remove_dir_all(&out);
        let mut child = spawn();
        let is_there =
            || whole_files(&out.join("releases")) >= placed && out.join(".homebody-export").exists();
        wait_until(|| is_there() || child.try_wait().unwrap().is_some());
        cut(child);
    }
    // Over an earlier one, at every moment of a run.
    let started = Instant::now();
    export(&data, &out, &[]);
    let whole = started.elapsed();
    for round in 0..12 {
        let child = spawn();
        std::thread::sleep(whole * round / 12);
        cut(child);
    }
    assert!(cut_short > 3 && found >= 12 * 62, "{cut_short} were cut short, {found} files were looked at");
    export(&data, &out, &[]);
    assert_eq!(files(&out, "releases").len(), 62);
    let names: BTreeSet<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["_homebody.json", "consent", "models", "releases"].map(str::to_owned).into());
}

/// How many partitions have a file, after checking that it is whole.
fn whole_files(table: &Path) -> usize {
    let partitions = fs::read_dir(table).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = partitions.filter_map(|partition| fs::read_dir(partition).unwrap().next());
    files
        .map(|file| {
            let path = file.unwrap().path();
            assert_eq!(rows_of(&path).len(), CELLS, "{}", path.display());
        })
        .count()
}

#[test]
fn the_private_side_sends_the_same_rows() {
    let (data, folder) = (site(), tempfile::tempdir().unwrap());
    let out = folder.path().join("sums");
    export(&data, &out, &[]);
    let server = Server::start(&data);
    for table in ["releases", "consent", "models"] {
        let path = format!("/v1/admin/export/{table}");
        let answer = get(server.admin, &path);
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let mut expected = Vec::new();
        for (day, file) in files(&out, table) {
            let of_day = get(server.admin, &format!("{path}?dt={day}&format=ndjson")).text();
            let written = fs::read_to_string(&file).unwrap();
            let with_day: String =
                written.lines().map(|line| format!("{{\"dt\":\"{day}\",{}\n", &line[1..])).collect();
            assert_eq!(of_day, with_day);
            expected.push(with_day);
        }
        assert_eq!(answer.text(), expected.concat());
        let csv = get(server.admin, &format!("{path}?format=csv"));
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        let name = format!("attachment; filename=\"{table}.csv\"");
        assert_eq!(csv.header("content-disposition"), Some(name.as_str()));
        assert_eq!(csv.text().lines().count(), 1 + answer.text().lines().count());
    }
    assert_eq!(get(server.admin, "/v1/admin/export/consent?dt=1999-01-01").text(), "");
    for (path, status, code) in [
        ("items", 404, "table_unknown"),
        ("consent?dt=2026-02-30", 400, "day_not_valid"),
        ("consent?format=parquet", 400, "format_unknown"),
        ("consent?since=1", 400, "bad_request"),
    ] {
        let answer = get(server.admin, &format!("/v1/admin/export/{path}"));
        assert_eq!((answer.status, answer.problem().as_str()), (status, code));
    }
    assert_eq!(get(server.data, "/v1/admin/export/consent").status, 404, "not for visitors");
}

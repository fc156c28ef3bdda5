//! The command itself, as somebody with a history runs it: flags, files, what is printed and where, exit codes.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The figures that every model has.
const FIGURES: [&str; 7] = [
    "ndcg_at_10",
    "ndcg_at_20",
    "recall_at_10",
    "recall_at_20",
    "mrr_at_20",
    "coverage_at_10",
    "bytes_per_candidate",
];
const MODELS: [&str; 5] = ["homebody", "popularity", "recent_popularity", "item_knn", "ease"];

struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// A visitor walks through one of four families of six items: visitor, item, second.
fn walks() -> Vec<(u32, String, u32)> {
    let walk = |visitor: u32| {
        let (family, start) = (visitor % 4, visitor % 2);
        (start..6 - (visitor / 4) % 2).map(move |step| {
            (visitor, format!("i{family}{step}"), 1_700_000_000 + visitor * 9_000 + step * 60)
        })
    };
    (0..120).flat_map(walk).collect()
}

/// All the columns that a history may have.
fn csv() -> String {
    let mut rows = "user,item,ts,kind,basket,qty,price\n".to_owned();
    for (visitor, item, ts) in walks() {
        writeln!(rows, "v{visitor},{item},{ts},purchase,b{visitor}-{ts},2,9.5").unwrap();
    }
    rows
}

/// JSON Lines with an order in place of times.
fn json_lines() -> String {
    let row = |(visitor, item, ts): (u32, String, u32)| {
        json!({"user": format!("v{visitor}"), "item": item, "order": ts % 9_000, "kind": "click"}).to_string()
            + "\n"
    };
    walks().into_iter().map(row).collect()
}

/// Items whose tags are parted by `between`.
fn items(between: &str) -> String {
    let mut rows = "item,title,price,tags\n".to_owned();
    for family in 0..4 {
        for step in 0..6 {
            writeln!(
                rows,
                "i{family}{step},\"Thing, {family}\",{step}.5,family {family}{between}step {step}"
            )
            .unwrap();
        }
    }
    rows
}

fn run(protocol: &str, history: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homebody-lab"));
    command.args(["evaluate", "--protocol", protocol, "--history"]).arg(history).args(more).output().unwrap()
}

/// The one object that is the whole of what is printed.
fn printed(output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(!errors.contains("\"models\""), "the answer is not on stderr");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What two runs have in common: everything but how long they took.
fn timeless(mut found: Value) -> String {
    for model in found["models"].as_array_mut().unwrap() {
        for seconds in ["train_seconds", "rank_seconds"] {
            assert!(model.as_object_mut().unwrap().remove(seconds).unwrap().is_f64());
        }
    }
    found.to_string()
}

fn assert_whole(found: &Value) {
    let models = found["models"].as_array().unwrap();
    assert_eq!(models.iter().map(|model| model["name"].as_str().unwrap()).collect::<Vec<_>>(), MODELS);
    for figure in FIGURES {
        assert_eq!(found[figure], models[0][figure], "ours once more on their own: {figure}");
        for model in models {
            let value = model[figure].as_f64().unwrap();
            assert!(value.is_finite() && value >= 0.0, "{figure} {model}");
            if figure == "bytes_per_candidate" {
                continue; // It is what the model weighs, whoever comes.
            }
            let bound = |end: usize| model["intervals"][figure][end].as_f64().unwrap();
            assert!(bound(0) <= value + 1e-9 && value <= bound(1) + 1e-9, "{figure} {model}");
            assert_eq!(model["difference"][figure].is_object(), model["name"] != "homebody", "{figure}");
        }
    }
    for more in ["map_at_10", "hit_at_10", "precision_at_10", "gini_at_10", "novelty_at_10"] {
        assert!(models.iter().all(|model| model[more].is_number()), "{more}");
    }
}

#[test]
fn every_protocol_prints_every_figure_as_one_object() {
    let files = Files::new();
    let (rows, lines) = (files.file("log.csv", &csv()), files.file("log.jsonl", &json_lines()));
    let catalogue = files.file("items.csv", &items("|"));
    for (protocol, history) in [("llo", &lines), ("temporal", &rows), ("session", &rows)] {
        let more = ["--json", "--seed", "3", "--items", catalogue.to_str().unwrap()];
        let found = printed(&run(protocol, history, &more));
        assert_eq!(found["settings"]["protocol"], protocol);
        assert_eq!((&found["seed"], &found["counts"]["items"]), (&json!(3), &json!(24)));
        assert_whole(&found);
    }
}

#[test]
fn the_same_seed_prints_the_same_and_another_draws_anew() {
    let files = Files::new();
    let history = files.file("log.jsonl", &json_lines());
    let with = |seed: &str| {
        timeless(printed(&run("llo", &history, &["--json", "--seed", seed, "--visitors", "60"])))
    };
    let first = with("5");
    assert_eq!(with("5"), first);
    assert_ne!(with("6"), first);
}

#[test]
fn tags_are_separated_by_a_bar() {
    let files = Files::new();
    let history = files.file("log.csv", &csv());
    let variety = |between: &str| {
        let catalogue = files.file("items.csv", &items(between));
        let more = ["--json", "--no-baselines", "--items", catalogue.to_str().unwrap()];
        printed(&run("llo", &history, &more))["models"][0]["ild_at_10"].as_f64()
    };
    assert!(variety("|").unwrap() < 0.95, "items of a family share a tag");
    assert_eq!(variety(";"), Some(1.0), "one tag each, that no other item has");
    let without = printed(&run("llo", &history, &["--json", "--no-baselines"]));
    assert_eq!(without["models"].as_array().unwrap().len(), 1);
    assert!(without["models"][0]["ild_at_10"].is_null());
}

#[test]
fn without_json_a_table_is_printed_and_a_report_where_it_is_asked_for() {
    let files = Files::new();
    let history = files.file("log.csv", &csv());
    let out = files.folder.path().join("out");
    let output = run("temporal", &history, &["--out", out.to_str().unwrap(), "--study-visitors", "20"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(MODELS.iter().all(|model| table.contains(model)) && table.contains("cover@10"), "{table}");
    assert!(std::fs::read_to_string(out.join("report.md")).unwrap().contains("homebody"));
    let written: Value =
        serde_json::from_slice(&std::fs::read(out.join("evaluation.json")).unwrap()).unwrap();
    assert_whole(&written);
}

#[test]
fn the_ablation_is_printed_without_a_folder_where_it_is_asked_for() {
    let files = Files::new();
    let history = files.file("log.csv", &csv());
    let bare = ["--json", "--no-baselines", "--study-visitors", "20"];
    assert!(printed(&run("llo", &history, &bare)).get("studies").is_none());
    let found = printed(&run("llo", &history, &[&bare[..], &["--studies"]].concat()));
    let studies = &found["studies"];
    assert_eq!(studies["visitors"], 20);
    for key in ["ablation", "switched_on"] {
        let parts = studies[key].as_array().unwrap();
        assert!(!parts.is_empty() && parts.iter().all(|part| part["brings"]["mean"].is_number()), "{key}");
    }
    let not_judged = studies["not_judged"].as_array().unwrap();
    let brands = not_judged.iter().find(|not| not["stage"] == "quotas by brand");
    assert_eq!(brands.unwrap()["why"], "the items have no brands");
    // A table has no room for them.
    assert_eq!(run("llo", &history, &["--studies"]).status.code(), Some(2));
}

#[test]
fn what_is_wrong_is_said_on_stderr_with_file_line_and_column() {
    let files = Files::new();
    let refused = |protocol: &str, history: &Path, more: &[&str]| {
        let output = run(protocol, history, more);
        assert!(output.stdout.is_empty(), "nothing is printed that could be taken for an answer");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let says = |content: &str, protocol: &str, more: &[&str]| {
        let (code, said) = refused(protocol, &files.file("log.csv", content), more);
        assert_eq!(code, Some(1), "{said}");
        said
    };
    let (code, said) = refused("llo", Path::new("/nowhere/log.csv"), &["--json"]);
    assert!(code == Some(1) && said.contains("cannot open `/nowhere/log.csv`"), "{said}");
    let no_item = says("user,thing,ts\na,x,1\n", "llo", &["--json"]);
    assert!(no_item.contains("log.csv") && no_item.contains("no column `item`"), "{no_item}");
    assert!(no_item.contains("the file has `user`, `thing`, `ts`"), "{no_item}");
    let bad_row = says("user,item,ts\na,x,1\na,y,soon\n", "llo", &["--json"]);
    assert!(
        ["line 3", "column `ts`", "`soon` is not a time"].iter().all(|part| bad_row.contains(part)),
        "{bad_row}"
    );
    let untimed = says("user,item,order\na,x,1\na,y,2\n", "temporal", &[]);
    assert!(untimed.contains("needs times"), "{untimed}");
    let items = files.file("items.csv", "item,price\nx,cheap\n");
    let bad_item = says("user,item,ts\na,x,1\n", "llo", &["--items", items.to_str().unwrap()]);
    assert!(
        bad_item.contains("items.csv") && bad_item.contains("line 2") && bad_item.contains("`price`"),
        "{bad_item}"
    );
    assert!(says("user,item,ts\na,x,1\n", "llo", &["--diversity", "2"]).contains("between 0 and 1"));
    // What clap refuses has a code of its own.
    let history = files.file("log.csv", &csv());
    let (code, said) = refused("guess", &history, &[]);
    assert!(
        code == Some(2) && ["llo", "temporal", "session"].iter().all(|known| said.contains(known)),
        "{said}"
    );
    assert_eq!(refused("llo", &history, &["--moon"]).0, Some(2));
}

//! Tasks about what is published, drafted, read and added.

use std::fmt::Write as _;
use std::fs;

use homebody_protocol::derive_key;
use homebody_protocol::task::{HeadKind, LocalLimits, Measurement, Mode, Task};

use super::harness::Data;

const SPLIT: [&str; 8] = [
    "--mode",
    "split",
    "--leader",
    "https://localhost/dap/",
    "--helper",
    "https://sums.partner.example/dap/",
    "--helper-operator",
    "Partner",
];

/// A publication of five items in two categories; `item-3` is wanted most, then `item-1`.
fn shop() -> Data {
    let data = Data::empty();
    let items: String = (0..5).fold(String::new(), |mut text, item| {
        let category = if item == 4 { "rare" } else { "plain" };
        let _infallible = writeln!(text, r#"{{"id":"item-{item}","title":"Item","category":"{category}"}}"#);
        text
    });
    let rows = (0..40).fold(String::from("visitor,item,ts\n"), |mut text, visitor| {
        let second = if visitor % 2 == 0 { 1 } else { visitor % 5 };
        let _infallible = writeln!(text, "v{visitor},item-3,1790000100\nv{visitor},item-{second},1790000000");
        text
    });
    let file = |name: &str, text: &str| {
        let path = data.path().with_file_name(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    data.run(&["import", "catalog", &file("items.jsonl", &items)]);
    data.run(&["import", "history", &file("log.csv", &rows)]);
    data.publish();
    data
}

fn draft(data: &Data, arguments: &[&str]) -> Task {
    let text = data.run(&[&["tasks", "draft"], arguments].concat()).to_string();
    let task = Task::from_json(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
    assert_eq!(LocalLimits::default().refuses(&task), None, "{arguments:?}");
    let file = data.path().with_file_name("draft.json");
    fs::write(&file, text).unwrap();
    assert_eq!(data.run(&["tasks", "add", file.to_str().unwrap()])["task"], task.id().to_hex());
    task
}

#[test]
fn a_draft_names_the_most_wanted_by_the_keys_that_devices_know() {
    let data = shop();
    let task = draft(&data, &["items", "--most", "2"]);
    let Measurement::Popularity { head } = &task.measurement else { panic!("{task:?}") };
    assert_eq!(
        (head.of, head.keys.as_slice()),
        (HeadKind::Items, ["item-3", "item-1"].map(|id| derive_key(head.id_seed, id)).as_slice())
    );
    let task = draft(&data, &["categories"]);
    let Measurement::Popularity { head } = &task.measurement else { panic!("{task:?}") };
    let keys = ["plain", "rare"].map(|name| derive_key(head.id_seed, &format!("category:{name}")));
    assert_eq!((head.of, head.keys.as_slice()), (HeadKind::Facets, keys.as_slice()));
}

#[test]
fn every_question_can_be_asked_in_every_mode_that_carries_it() {
    let data = shop();
    for question in ["items", "pairs", "after", "categories"] {
        let trusted = draft(&data, &[question]);
        assert!(matches!(trusted.mode, Mode::Trusted { .. }), "{question}");
        let split = draft(&data, &[&[question], &SPLIT[..]].concat());
        assert!(matches!(split.mode, Mode::Split { .. }), "{question}");
        assert_eq!(trusted.measurement, split.measurement, "one head, whoever sums");
    }
    for question in ["items", "categories"] {
        let local = draft(&data, &[question, "--mode", "local"]);
        assert!(matches!(local.mode, Mode::Local { micro_epsilon: 1_000_000, .. }), "{question}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_cure() {
    let refused = |data: &Data, arguments: &[&str]| {
        let output = data.try_run(&[&["tasks", "draft"], arguments].concat(), &[]);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let nothing = refused(&Data::empty(), &["items"]);
    assert!(nothing.contains("nothing_published") && nothing.contains("homebody publish"), "{nothing}");
    let data = shop();
    let costly = refused(&data, &["items", "--epsilon", "3"]);
    assert!(costly.contains("task_refused") && costly.contains("--epsilon"), "{costly}");
    let local = refused(&data, &["pairs", "--mode", "local"]);
    assert!(local.contains("task_mismatch") && local.contains("`trusted` or `split`"), "{local}");
    for wrong in [&["items", "--epsilon", "0"][..], &["items", "--most", "1"], &["items", "--mode", "split"]]
    {
        refused(&data, wrong);
    }
}

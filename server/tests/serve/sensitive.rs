//! No task asks about what a site calls sensitive.

use std::fs;

use homebody_protocol::derive_key;
use homebody_protocol::table::FacetKind;

use super::harness::Data;

const SENSITIVE: (&str, &str) = ("HOMEBODY_CATALOG_SENSITIVE_TAGS", "Health, C3");

/// 14 items: i2 is tagged, i4 of a brand, i3 and i10 of a category that is sensitive.
fn shop() -> Data {
    let data = Data::empty();
    let line = |item: usize| {
        let more = match item {
            2 => ",\"tags\":[\"gift\",\"HEALTH\"]",
            4 => ",\"brand\":\"health\"",
            _ => "",
        };
        format!("{{\"id\":\"i{item}\",\"title\":\"Item {item}\",\"category\":\"c{}\"{more}}}\n", item % 7)
    };
    let file = data.path().with_file_name("items.jsonl");
    fs::write(&file, (0..14).map(line).collect::<String>()).unwrap();
    data.run(&["import", "catalog", file.to_str().unwrap()]);
    let published = data.try_run(&["publish"], &[SENSITIVE]);
    assert!(published.status.success(), "{published:?}");
    data
}

fn drafted(data: &Data, question: &str, env: &[(&str, &str)]) -> serde_json::Value {
    let output = data.try_run(&["tasks", "draft", question], env);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn keys(task: &serde_json::Value) -> Vec<u32> {
    let [measurement] = &task["measurement"].as_object().unwrap().values().collect::<Vec<_>>()[..] else {
        panic!("one measurement")
    };
    serde_json::from_value(measurement["head"]["keys"].clone()).unwrap()
}

#[test]
fn drafts_leave_out_what_is_sensitive() {
    let data = shop();
    for question in ["items", "pairs", "after"] {
        let heads = [&[][..], &[SENSITIVE]].map(|env| keys(&drafted(&data, question, env)));
        assert_eq!((heads[0].len(), heads[1].len()), (14, 10), "{question}");
        for id in ["i2", "i3", "i4", "i10"] {
            assert!(!heads[1].contains(&derive_key(0, id)), "{question}: {id}");
        }
    }
    let categories = keys(&drafted(&data, "categories", &[SENSITIVE]));
    assert_eq!(categories.len(), 6);
    assert!(!categories.contains(&FacetKind::Category.key(0, "c3").0));
    // Called so since the last publication.
    let later = keys(&drafted(&data, "categories", &[(SENSITIVE.0, "C3,c4")]));
    assert_eq!(later.len(), 5);
}

#[test]
fn a_task_about_what_is_sensitive_is_not_taken_up() {
    let data = shop();
    let file = data.path().with_file_name("task.json");
    let add = |task: &serde_json::Value, env: &[(&str, &str)]| {
        fs::write(&file, task.to_string()).unwrap();
        data.try_run(&["tasks", "add", file.to_str().unwrap()], env)
    };
    for (question, named) in [("items", "i2"), ("pairs", "i10"), ("after", "i4"), ("categories", "c4")] {
        let task = drafted(&data, question, &[]);
        let env = [(SENSITIVE.0, "Health, C3, C4")];
        let refused = add(&task, &env);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains("task_sensitive"), "{question}: {told}");
        assert!(told.contains(&format!("`{named}`")), "{question}: {told}");
    }
    assert_eq!(data.run(&["tasks", "list"])["tasks"].as_array().unwrap().len(), 0);
    let sound = drafted(&data, "items", &[SENSITIVE]);
    assert!(add(&sound, &[SENSITIVE]).status.success());
}

use serde_json::Value;

use super::*;
use crate::accounting::MICRO;

macro_rules! golden {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../testdata/tasks/", $name, ".json")))),*]
    };
}

/// One task of each measurement, as a site writes it.
const GOLDEN: &[(&str, &str)] = golden![
    "head-pairs",
    "after",
    "popularity",
    "categories",
    "segments",
    "k-means",
    "mixture",
    "moments",
    "purchase",
    "intent",
    "blend",
    "checkout-ab",
    "revenue-ab",
    "calibration",
    "diversity",
    "drift",
    "decisions",
    "gate",
    "votes",
    "evaluation",
    "off-policy",
];

fn golden(name: &str) -> Task {
    let (_, text) = GOLDEN.iter().find(|(known, _)| *known == name).unwrap();
    Task::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn golden_tasks_are_read_and_keep_their_ids() {
    let ids: Value = serde_json::from_str(include_str!("../../testdata/task-ids.json")).unwrap();
    for (name, _) in GOLDEN {
        let task = golden(name);
        assert_eq!(task.name, *name);
        assert_eq!(Some(task.id().to_hex().as_str()), ids[*name]["task"].as_str(), "{name}");
        let part: String = task.id().part(1).0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Some(part.as_str()), ids[*name]["part_1"].as_str(), "{name}");
        assert_eq!(Task::from_json(&task.canonical()).unwrap(), task, "canonical bytes are read as the same");
        assert!(task.bound.admits(&task.default_report()), "{name}");
        assert_eq!(TaskId::from_hex(&task.id().to_hex()), Some(task.id()));
    }
}

#[test]
fn every_bad_field_is_refused_with_its_path() {
    let file: Value = serde_json::from_str(include_str!("../../testdata/tasks-bad.json")).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let name = case["task"].as_str().unwrap();
        let (_, text) = GOLDEN.iter().find(|(known, _)| *known == name).unwrap();
        let mut tree: Value = serde_json::from_str(text).unwrap();
        let pointer = case["pointer"].as_str().unwrap();
        match tree.pointer_mut(pointer) {
            Some(place) => *place = case["value"].clone(),
            None => {
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                tree.pointer_mut(parent).unwrap()[key] = case["value"].clone();
            }
        }
        let error = Task::from_json(&tree.to_string()).expect_err(&case.to_string());
        let told = (error.code(), error.path());
        assert_eq!(told, (case["code"].as_str().unwrap(), case["path"].as_str().unwrap()), "{case} {error}");
    }
    let cut = Task::from_json("{").unwrap_err();
    assert_eq!(cut.code(), "task_syntax");
    let two = format!("{} {{}}", golden("gate").canonical());
    assert_eq!(Task::from_json(&two).unwrap_err().code(), "task_syntax", "something behind it");
}

#[test]
fn a_changed_word_makes_another_task() {
    let task = golden("gate");
    let mut other = task.clone();
    other.min_batch_size += 1;
    assert_ne!(task.id(), other.id());
    assert_ne!(task.id().part(0), task.id().part(1));
    assert_ne!(task.id().part(0).0, task.id().0);
    assert_eq!((task.parts(), golden("head-pairs").parts()), (1, 32));
}

#[test]
fn a_signed_task_is_opened_only_by_its_site_and_only_in_canonical_form() {
    let task = golden("gate");
    let signed = |payload: String| SignedTask { payload, key_id: "k".to_owned(), signature: "s".to_owned() };
    let honest = signed(task.canonical());
    let code = |result: Result<Task, TaskError>| result.map_err(|error| error.code());
    assert_eq!(honest.open("k", |_| true).as_ref(), Ok(&task));
    assert_eq!(code(honest.open("other", |_| true)), Err("task_signature"));
    assert_eq!(code(honest.open("k", |_| false)), Err("task_signature"));
    let spaced = signed(serde_json::to_string_pretty(&task).unwrap());
    assert_eq!(code(spaced.open("k", |_| true)), Err("task_not_canonical"));
    let loose = signed(task.canonical().replace("\"min_batch_size\":500", "\"min_batch_size\":0"));
    assert_eq!(code(loose.open("k", |_| true)), Err("task_range"));
}

#[test]
fn a_device_refuses_whatever_goes_beyond_its_limits() {
    let limits = LocalLimits::default();
    for (name, _) in GOLDEN {
        assert_eq!(limits.refuses(&golden(name)), None, "{name}");
    }
    let refused = |name: &str, change: fn(&mut Task)| {
        let mut task = golden(name);
        change(&mut task);
        limits.refuses(&task).map(|refusal| refusal.code())
    };
    assert_eq!(refused("gate", |task| task.min_batch_size = 99), Some("task_refused_batch"));
    assert_eq!(refused("gate", |task| task.min_batch_size = 100), None);
    assert_eq!(refused("intent", |task| task.length = 1_025), Some("task_refused_cells"));
    assert_eq!(refused("segments", |task| task.length = 65), Some("task_refused_cells"));
    assert_eq!(
        refused("head-pairs", |task| task.bound = Bound::MultiHot { ones: 9 }),
        Some("task_refused_ones")
    );
    assert_eq!(refused("votes", |task| task.bound = Bound::MultiHot { ones: 65 }), Some("task_refused_ones"));
    // What is told without a proof may be a whole matrix: 256 items, 64 pairs.
    let whole = |task: &mut Task| {
        task.mode = golden("votes").mode;
        task.length = 32_640;
        task.bound = Bound::MultiHot { ones: 64 };
    };
    assert_eq!(refused("head-pairs", whole), None);
    assert_eq!(refused("head-pairs", |task| task.length = 32_640), Some("task_refused_cells"));
    assert_eq!(refused("gate", |task| task.micro_rho = 35_001), Some("task_refused_cost"));
    assert_eq!(refused("gate", |task| task.window_s = 82_800), Some("task_refused_window"));
    let loud = Mode::Local { answer: Answer::RandomisedResponse, micro_epsilon: 4 * MICRO as u32 + 1 };
    let mut task = golden("segments");
    task.mode = loud;
    assert_eq!(limits.refuses(&task).map(|refusal| refusal.code()), Some("task_refused_epsilon"));
    let wary = LocalLimits { trusted: false, ..limits };
    assert_eq!(wary.refuses(&golden("votes")), Some(Refusal::Trusted));
    assert_eq!(wary.refuses(&golden("gate")), None);
}

#[test]
fn what_a_notice_promises_is_the_most_that_is_spent_on_a_report() {
    let limits = LocalLimits::default();
    let code = |limits: LocalLimits, task: &Task| limits.refuses(task).map(|refusal| refusal.code());
    let mut told = golden("segments");
    told.mode = Mode::Local { answer: Answer::RandomisedResponse, micro_epsilon: 1_200_000 };
    assert_eq!(code(limits.promising(1.2), &told), None);
    assert_eq!(code(limits.promising(1.199), &told), Some("task_refused_epsilon"));
    // ε = ρ + 2 √(ρ ln 10⁶): .53 for a ρ of .005.
    let gate = Task { micro_rho: 5_000, ..golden("gate") };
    assert_eq!(code(limits.promising(0.531), &gate), None);
    assert_eq!(code(limits.promising(0.529), &gate), Some("task_refused_cost"));
    // Nobody can promise more than a device agrees to.
    for nothing in [f64::INFINITY, f64::NAN, 1e300, 10.0] {
        assert_eq!(limits.promising(nothing), limits, "{nothing}");
    }
    assert_eq!(code(limits.promising(0.0), &gate), Some("task_refused_cost"));
    assert_eq!(code(limits.promising(-1.0), &told), Some("task_refused_epsilon"));
}

#[test]
fn windows_follow_one_another_from_the_start_to_the_end() {
    let task = golden("gate");
    let (start, end) = (u64::from(task.starts_at), u64::from(task.ends_at));
    assert_eq!(task.window_at(start - 1), None);
    assert_eq!(task.window_at(start), Some(0));
    assert_eq!(task.window_at(start + 604_799), Some(0));
    assert_eq!(task.window_at(start + 604_800), Some(1));
    assert_eq!(task.window_at(end - 1), Some(7));
    assert_eq!(task.window_at(end), None);
    assert_eq!(task.window_starts_at(1), start + 604_800);
}

#[test]
fn costs_of_the_defaults_fit_a_month() {
    let month = |name: &str, reports: u64| u64::from(golden(name).micro_rho) * reports;
    // A Gram of daily reports at σ 46, weekly gate and weekly metrics at ε .1: what `docs/privacy.md` promises.
    let total = month("head-pairs", 30) + month("gate", 4) + month("checkout-ab", 4);
    assert!((60_000..=70_000).contains(&total), "{total}");
    assert!((month("head-pairs", 30) as f64 / MICRO as f64 - 0.0284).abs() < 1e-4);
}

#[test]
fn bounds_admit_what_they_say() {
    assert!(
        Bound::OneHot.admits(&[0, 1]) && !Bound::OneHot.admits(&[0, 0]) && !Bound::OneHot.admits(&[1, 1])
    );
    assert!(!Bound::OneHot.admits(&[0, 2]));
    let two = Bound::MultiHot { ones: 2 };
    assert!(two.admits(&[1, 1, 0]) && two.admits(&[0; 3]) && !two.admits(&[1; 3]) && !two.admits(&[2, 0, 0]));
    let whole = Bound::Integers { max: 3, l1: 5 };
    assert!(whole.admits(&[3, 2]) && !whole.admits(&[4, 0]) && !whole.admits(&[3, 3]));
    assert!(Bound::Integers { max: 3, l1: 6 }.is_dense(2) && !whole.is_dense(2) && !two.is_dense(2));
}

//! Evaluation of small made-up histories, from the files to the figures.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::dataset::Dataset;
use homebody_lab::evaluate::split::{Protocol, Rules, Split, Task, split};
use homebody_lab::evaluate::{Settings, defaults, evaluate, markdown, pools, prepare, studies, values};
use std::fmt::Write;
use std::path::{Path, PathBuf};

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

    fn data(&self, content: &str) -> anyhow::Result<Dataset> {
        Dataset::read(&self.file("history.csv", content), None)
    }
}

/// Visitors walk through families of six items in order, so that the next item can be known.
fn walks() -> String {
    let mut rows = "user,item,ts\n".to_owned();
    for visitor in 0..240u32 {
        let (family, start) = (visitor % 5, visitor % 2);
        for step in start..6 - (visitor / 5) % 2 {
            let ts = 1_700_000_000 + visitor * 7_000 + step * 60;
            writeln!(rows, "v{visitor},i{family}{step},{ts}").unwrap();
        }
    }
    rows
}

fn items() -> String {
    let mut rows = "item,title,price,tags\n".to_owned();
    for family in 0..5 {
        for step in 0..6 {
            writeln!(rows, "i{family}{step},\"Thing, {family}\",{step}.5,family {family}|step {step}")
                .unwrap();
        }
    }
    rows
}

fn settings(history: &Path, items: Option<PathBuf>, protocol: Protocol) -> Settings {
    Settings {
        history: history.to_owned(),
        items,
        shuffle: false,
        rules: defaults(protocol),
        visitors: None,
        diversity: 1.0,
        seed: 1,
        baselines: true,
        head_items: None,
    }
}

fn cut(data: &Dataset, rules: Rules) -> anyhow::Result<Split> {
    split(data, rules)
}

/// A case by name: visitor, known items, wanted items, masked items.
type Named = (String, Vec<String>, Vec<String>, Vec<String>);

fn named(data: &Dataset, split: &Split) -> Vec<Named> {
    let name = |item: &u32| data.items[*item as usize].id.clone();
    let case = |case: &homebody_lab::evaluate::split::Case| {
        let known = split.known[case.known.clone()].iter().map(|event| name(&event.item)).collect();
        let visitor = data.visitors[case.visitor as usize].clone();
        (visitor, known, case.wanted.iter().map(name).collect(), case.masked.iter().map(name).collect())
    };
    split.cases.iter().map(case).collect()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn walks_are_foreseen_and_the_figures_are_reproducible() {
    let files = Files::new();
    let history = files.file("history.csv", &walks());
    let settings = settings(&history, Some(files.file("items.csv", &items())), Protocol::Llo);
    let found = evaluate(&settings).unwrap();
    assert_eq!((found.counts.items, found.counts.test_visitors), (30, 240));
    assert!(found.ours.ndcg_at_10 > 0.5, "{:?}", found.ours);
    let names: Vec<&str> = found.models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["homebody", "popularity", "recent_popularity", "item_knn", "ease"]);
    let popularity = found.model("popularity").unwrap();
    assert!(popularity.difference["ndcg_at_10"].low > 0.0);
    for model in &found.models {
        let [low, high] = model.intervals["ndcg_at_10"];
        assert!(low <= model.figures.ndcg_at_10 && model.figures.ndcg_at_10 <= high, "{model:?}");
    }
    assert!(found.model("ease").unwrap().figures.ndcg_at_10 > popularity.figures.ndcg_at_10);
    assert!(found.model("item_knn").unwrap().figures.ndcg_at_10 > popularity.figures.ndcg_at_10);
    let again = evaluate(&settings).unwrap();
    assert_eq!(found.ours, again.ours);
    assert_eq!(found.models[4].intervals, again.models[4].intervals);
    let json = serde_json::to_value(&found).unwrap();
    for key in ["ndcg_at_10", "ndcg_at_20", "recall_at_10", "recall_at_20", "mrr_at_20", "coverage_at_10"] {
        assert!(json[key].is_number() && json["models"][3][key].is_number(), "{key}");
    }
    assert!(json["bytes_per_candidate"].is_number() && json["seed"] == 1);
}

#[test]
fn a_file_without_an_order_is_shuffled_by_the_seed_and_no_other_is() {
    let files = Files::new();
    let rows: String = (0..50).map(|item| format!("a,i{item:02}\n")).collect();
    let of = |seed: u64| {
        let mut data = files.data(&format!("user,item\n{rows}b,i00\n")).unwrap();
        data.shuffle(seed).unwrap();
        data
    };
    let order = |data: &Dataset| data.of(0).iter().map(|event| event.item).collect::<Vec<u32>>();
    let (one, same, other) = (of(1), of(1), of(2));
    assert_eq!(order(&one), order(&same));
    assert_ne!(order(&one), order(&other));
    let mut sorted = order(&one);
    assert!(!sorted.is_sorted(), "{sorted:?}");
    sorted.sort_unstable();
    assert_eq!(sorted, (0..50).collect::<Vec<u32>>());
    assert!(one.of(0).iter().zip(0..).all(|(event, step)| event.at == f64::from(step)));
    let mut timed = files.data("user,item,ts\na,x,1\na,y,2\n").unwrap();
    assert!(timed.shuffle(1).unwrap_err().to_string().contains("only rows without"));
}

#[test]
fn every_protocol_runs_without_an_items_file() {
    let files = Files::new();
    let history = files.file("history.csv", &walks());
    for protocol in [Protocol::Temporal, Protocol::Session] {
        let found = evaluate(&settings(&history, None, protocol)).unwrap();
        assert!(found.ours.ndcg_at_10 > 0.1, "{protocol:?} {:?}", found.ours);
        assert!(found.models[0].ild_at_10.is_none());
    }
}

#[test]
fn studies_and_charts_are_written() {
    let files = Files::new();
    let history = files.file("history.csv", &walks());
    let settings = settings(&history, Some(files.file("items.csv", &items())), Protocol::Llo);
    let prepared = prepare(&settings).unwrap();
    let found = studies::studies(&prepared, 50, 1).unwrap();
    assert_eq!(found.visitors, 50);
    assert!(!found.ablation.is_empty() && found.diversity.len() == 7);
    assert!(found.ablation.iter().all(|part| part.brings.low <= part.brings.high));
    // The walks repeat, so that neighbours carry the lists and the rest can be done without.
    let most = found.ablation.iter().max_by(|left, right| left.brings.mean.total_cmp(&right.brings.mean));
    assert!(
        most.unwrap().part.contains("neighbours") && most.unwrap().brings.low > 0.0,
        "{:?}",
        found.ablation
    );
    let mut evaluation = homebody_lab::evaluate::judge(&settings, &prepared).unwrap();
    evaluation.studies = Some(found);
    let out = files.folder.path().join("out");
    markdown::write(&out, &evaluation).unwrap();
    let report = std::fs::read_to_string(out.join("report.md")).unwrap();
    assert!(report.contains("| homebody |"));
    let drawn = evaluation.studies.as_ref().unwrap();
    // Brought by what is left out: with it minus without it. By what is switched on: with it minus without it, too.
    for (changed, sign) in
        drawn.ablation.iter().map(|part| (part, 1.0)).chain(drawn.switched_on.iter().map(|part| (part, -1.0)))
    {
        let lost = drawn.full_ndcg_at_10 - changed.ndcg_at_10;
        assert!((changed.brings.mean - lost).abs() < 1e-9, "{changed:?}");
        let gain = if lost.abs() < 5e-5 { 0.0 } else { sign * lost };
        let row = format!("| {} | {:.4} | {gain:+.4} |", changed.part, changed.ndcg_at_10);
        assert!(report.contains(&row), "no `{row}` in {report}");
    }
    for not in &drawn.not_judged {
        assert!(report.contains(&format!("| {} | {} |", not.stage, not.why)), "{not:?}");
    }
    let bytes: Vec<f64> = drawn.list_length.iter().map(|point| point.bytes_per_candidate).collect();
    assert!(bytes.is_sorted() && bytes[0] < bytes[bytes.len() - 1], "shorter lists are smaller: {bytes:?}");
    assert!(std::fs::read_to_string(out.join("diversity.svg")).unwrap().contains("<polyline"));
}

#[test]
fn a_pool_has_a_ceiling_and_the_catalogue_table_lifts_it() {
    let files = Files::new();
    let history = files.file("history.csv", &walks());
    let prepared =
        prepare(&settings(&history, Some(files.file("items.csv", &items())), Protocol::Llo)).unwrap();
    let (_, full) = values(&prepared.ours, &prepared.split).unwrap();
    let found = pools::study(&prepared, &prepared.split, &full, &[22, 27, 30]).unwrap();
    assert_eq!(found.iter().map(|pool| pool.size).collect::<Vec<_>>(), [22, 27], "30 is the whole catalogue");
    for pool in &found {
        assert!(pool.recall_ceiling > 0.0 && pool.recall_ceiling < 1.0, "{pool:?}");
        // One item is wanted, so that no list of the pool is worth more than whether the pool has it.
        assert!(pool.ndcg_at_10 <= pool.recall_ceiling && pool.share < 0.9, "{pool:?}");
        assert!((pool.with_retrieval_share - 1.0).abs() < 1e-9, "{pool:?}");
        assert!(pool.bytes < pool.catalogue_bytes, "{pool:?}");
    }
    assert!(found[0].recall_ceiling < found[1].recall_ceiling && found[0].bytes < found[1].bytes);
}

#[test]
fn every_case_has_a_list_of_its_own_visitor_without_what_is_masked() {
    let files = Files::new();
    let history = files.file("history.csv", &walks());
    let prepared =
        prepare(&settings(&history, Some(files.file("items.csv", &items())), Protocol::Llo)).unwrap();
    let (all, _) = values(&prepared.ours, &prepared.split).unwrap();
    assert_eq!(all.len(), 240);
    for (case, list) in prepared.split.cases.iter().zip(&all) {
        assert!(!list.is_empty() && list.iter().all(|item| !case.masked.contains(item)), "{list:?}");
    }
    // Alone on a fresh device, the last visitor gets the same list.
    let last = prepared.split.cases.last().cloned().unwrap();
    let alone = Split { cases: vec![last], ..prepared.split.clone() };
    assert_eq!(values(&prepared.ours, &alone).unwrap().0[0], all[239]);
}

#[test]
fn shuffling_is_asked_for_and_refused_where_there_are_times() {
    let files = Files::new();
    let history = files.file("history.csv", &walks());
    let refused = prepare(&Settings { shuffle: true, ..settings(&history, None, Protocol::Llo) });
    assert!(format!("{:#}", refused.unwrap_err()).contains("only rows without"));
}

#[test]
fn the_last_new_item_is_wanted_and_strict_hides_one_more_from_learning() {
    let files = Files::new();
    let data = files.data("user,item,ts\na,x,1\na,y,2\na,x,3\na,z,4\na,y,5\nb,x,1\nc,x,1\nc,x,2\n").unwrap();
    let rules = defaults(Protocol::Llo);
    let plain = cut(&data, rules).unwrap();
    let known = strings(&["x", "y", "x"]);
    assert_eq!(
        named(&data, &plain),
        [("a".to_owned(), known.clone(), strings(&["z"]), strings(&["x", "y"]))]
    );
    assert_eq!(plain.train.len(), 3 + 1 + 2);
    let strict = cut(&data, Rules { strict: true, ..rules }).unwrap();
    assert_eq!(strict.train.len(), 1 + 1 + 2);
    assert_eq!(named(&data, &strict)[0].1, known);
}

#[test]
fn sessions_are_judged_at_every_prefix_and_repeats_are_wanted() {
    let files = Files::new();
    let data = files
        .data("user,item,ts,split\ns,x,1,train\ns,y,2,train\nt,x,3,test\nt,y,4,test\nt,x,5,test\n")
        .unwrap();
    let split = cut(&data, defaults(Protocol::Session)).unwrap();
    assert_eq!(split.train.len(), 2);
    let expected = [(strings(&["x"]), strings(&["y"])), (strings(&["x", "y"]), strings(&["x"]))];
    let found: Vec<_> =
        named(&data, &split).into_iter().map(|(_, known, wanted, _)| (known, wanted)).collect();
    assert_eq!(found, expected);
    assert!(split.cases.iter().all(|case| case.masked.is_empty()));
}

#[test]
fn carts_are_visible_for_recovery_and_hidden_for_discovery() {
    let files = Files::new();
    let rows =
        "user,item,type,phase\na,x,cart,0\na,y,cart,0\na,z,cart,0\na,x,buy,1\na,y,buy_test,2\nb,x,cart,0\n";
    let data = files.data(rows).unwrap();
    let with = |task| Rules { task, ..defaults(Protocol::Llo) };
    let recovery = cut(&data, with(Task::Recovery)).unwrap();
    let known = strings(&["x", "y", "z", "x"]);
    assert_eq!(named(&data, &recovery), [("a".to_owned(), known, strings(&["y"]), strings(&["x"]))]);
    let discovery = cut(&data, with(Task::Discovery)).unwrap();
    let known = strings(&["x", "z", "x"]);
    assert_eq!(named(&data, &discovery), [("a".to_owned(), known, strings(&["y"]), strings(&["x", "z"]))]);
    assert_eq!(discovery.train.len(), 4);
}

#[test]
fn what_cannot_be_done_is_said() {
    let files = Files::new();
    let says = |content: &str, rules: Rules| {
        let split = files.data(content).and_then(|data| cut(&data, rules));
        format!("{:#}", split.unwrap_err())
    };
    let llo = defaults(Protocol::Llo);
    assert!(says("user,item,order\na,x,1\na,y,2\n", defaults(Protocol::Temporal)).contains("needs times"));
    assert!(says("user,item\na,x\nb,y\n", llo).contains("nobody can be judged"));
    assert!(says("user,item,ts\na,x,soon\n", llo).contains("line 2: column `ts`: `soon` is not a time"));
    assert!(says("user,item,ts\na,x,1\na,y,\n", llo).contains("line 3: column `ts` is empty"));
    assert!(says("user,item,kind\na,x,teleport\n", llo).contains("line 2: column `kind`"));
    assert!(says("user,item\n", llo).contains("has no rows"));
    let discovery = Rules { task: Task::Discovery, ..llo };
    assert!(says("user,item\na,x\na,y\n", discovery).contains("--task"));
    let items = files.file("items.csv", "item,price\nx,1\nx,2\n");
    let error = Dataset::read(&files.file("h.csv", "user,item\na,x\n"), Some(&items)).unwrap_err();
    assert!(format!("{error:#}").contains("line 3: column `item`: `x` was there before"));
}

//! What released sums say of visitors on the whole: reports posted, released, and read on the page, as data and as words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homebody_protocol::features::FEATURES;
use homebody_protocol::mechanism::{Secret, numbers, secret::Draw};
use homebody_protocol::models::{Segment, Segments};
use homebody_protocol::task::Task;
use homebody_protocol::wire::Section as _;
use homebody_server::store::{Section, SectionKind, SectionState, Store};
use homebody_server::train::Narrowing;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::contributions::{add, post, report, six_hourly, trusted};
use super::harness::{Data, Server, wait_until};
use super::http::{get, get_with};

const TOKEN: &str = "a-token-of-enough-length";

/// Bins of entropy and of Gini coefficient.
const BINS: usize = 5;
/// Lists of many categories and items, and of few: bin of the entropy, bin of the Gini coefficient.
const VARIED: (usize, usize) = (4, 1);
const NARROW: (usize, usize) = (0, 4);

fn variety() -> Task {
    let about = "\"measurement\": { \"diversity\": { \"bins\": 5 } }, \"length\": 26, \"bound\": \"one_hot\"";
    six_hourly("varied", &trusted(), about)
}

fn sizes() -> Task {
    let about =
        "\"measurement\": { \"segments\": { \"segments\": 2 } }, \"length\": 3, \"bound\": \"one_hot\"";
    six_hourly("sizes", &trusted(), about)
}

fn moments() -> Task {
    let list = |value: &str| vec![value; FEATURES].join(",");
    let about = format!(
        "\"measurement\": {{ \"second_moments\": {{ \"scale\": {{ \"mean\": [{}], \"sd\": [{}], \"limit\": 4.0 }}, \
         \"levels\": 64 }} }}, \"length\": 152, \"bound\": {{ \"integers\": {{ \"max\": 64, \"l1\": 9728 }} }}",
        list("0.0"),
        list("1.0")
    );
    six_hourly(
        "spread",
        "{ \"trusted\": { \"noise\": { \"gaussian\": { \"milli_sigma\": 10000 } } } }",
        &about,
    )
}

fn one_hot(task: &Task, cell: usize) -> Vec<u32> {
    (0..task.length as usize).map(|at| u32::from(at == cell)).collect()
}

/// Posts vectors of a window, and releases their sum.
fn collect(
    data: &Data,
    server: &Server,
    task: &Task,
    window: u32,
    vectors: impl IntoIterator<Item = Vec<u32>>,
) {
    for vector in vectors {
        let bytes = report(task, window, vector).write(task);
        let answer = post(server.data, task, &bytes);
        assert_eq!(answer.status, 204, "{}", answer.text());
    }
    let (id, window) = (task.id().to_hex(), window.to_string());
    let released = data.run(&["batches", "release", "--task", &id, "--window", &window]);
    assert_eq!(released["released"].as_array().unwrap().len(), 1, "{released}");
}

/// Devices whose lists are all alike, by the bins that they tell.
fn lists(task: &Task, (entropy, gini): (usize, usize)) -> Vec<Vec<u32>> {
    vec![one_hot(task, entropy * BINS + gini); 40]
}

/// Visitors of two kinds, one in four of the second, who differ in three features by two; each feature has its own spread.
fn people(task: &Task) -> Vec<Vec<u32>> {
    // Draws of −1 to 1 that have nothing to do with one another.
    let mut stream = Secret::new([6; 32]).draw(Draw::Round, &task.id(), 0);
    let mut spread = || 2.0 * stream.unit() - 1.0;
    let person = |visitor: usize| {
        let centre = if visitor.is_multiple_of(4) { 1.5 } else { -0.5 };
        let x: [f64; FEATURES] =
            core::array::from_fn(|feature| spread() + if feature < 3 { centre } else { 0.0 });
        let products = (0..FEATURES).flat_map(|row| x[row..].iter().map(move |other| x[row] * other));
        let natural: Vec<f64> = x.into_iter().chain(products).collect();
        let mut stream = Secret::new([5; 32]).draw(Draw::Round, &task.id(), visitor as u64);
        numbers::encode(&task.measurement, &natural, &mut stream)
    };
    (0..400).map(person).collect()
}

/// The two kinds as published segments, of which devices put themselves into one.
fn publish_segments(data: &Data) {
    let segment = |name: &str, centre: f32| Segment {
        name: name.to_owned(),
        share: 0.5,
        mean: core::array::from_fn(|feature| if feature < 3 { centre } else { 0.0 }),
        variance: [1.0; FEATURES],
    };
    let all = vec![segment("brow<ser", -0.5), segment("buyer", 1.5)];
    let segments = Segments { mean: vec![0.0; FEATURES], sd: vec![1.0; FEATURES], hysteresis: 1.0, all };
    let mut body = Vec::new();
    segments.write(&mut body);
    let (kind, state) = (SectionKind::Segments, SectionState::Published);
    let section = Section { kind, task: "00".repeat(32), at: 1, state, reason: "a test".to_owned(), body };
    let store = Store::open(&data.path()).unwrap();
    store.write(|transaction| Store::put_section(transaction, &section)).unwrap();
    data.publish();
}

/// A site with sums of all three kinds; of lists only the first window, in which they are varied.
fn collected() -> (Data, Server, Task) {
    let data = Data::published(30);
    publish_segments(&data);
    let (variety, sizes, moments) = (variety(), sizes(), moments());
    for task in [&variety, &sizes, &moments] {
        add(&data, task, &[]);
    }
    let server = Server::start(&data);
    collect(&data, &server, &variety, 0, lists(&variety, VARIED));
    let segments = |few: usize| (0..80).map(move |at| usize::from(at < few)).collect::<Vec<_>>();
    for (window, few) in [(0, 20), (1, 60)] {
        let said: Vec<Vec<u32>> = segments(few).into_iter().map(|cell| one_hot(&sizes, cell)).collect();
        collect(&data, &server, &sizes, window, said);
    }
    collect(&data, &server, &moments, 0, people(&moments));
    (data, server, variety)
}

fn is_near(value: &Value, expected: f64, tolerance: f64) {
    let found = value.as_f64().unwrap();
    assert!((found - expected).abs() < tolerance, "{found}, not {expected}");
}

fn actions(data: &Data) -> Vec<String> {
    let audit = Store::open(&data.path()).unwrap().audit(100).unwrap();
    audit.into_iter().map(|entry| entry.action).filter(|action| action.starts_with("narrowing")).collect()
}

#[test]
fn f74_narrow_lists_raise_the_alarm_and_varied_ones_are_silent() {
    let (data, collector, variety) = collected();
    let learning = [("HOMEBODY_TRAIN_ENABLED", "true"), ("HOMEBODY_TRAIN_INTERVAL_MS", "100")];
    let server = Server::start_with(&data, &learning);
    let told = || get(server.admin, "/v1/admin/audience").json();
    let window = &told()["variety"][0];
    assert_eq!((&window["sum"]["reports"], &window["told"]["devices"]), (&40.into(), &40.into()));
    is_near(&window["told"]["entropy"]["value"], 0.9, 1e-9);
    is_near(&window["told"]["gini"]["value"], 0.3, 1e-9);
    let looked = || Narrowing::latest(&Store::open(&data.path()).unwrap()).unwrap();
    wait_until(|| looked().is_some_and(|looked| looked.window == 0));
    assert_eq!(told()["narrowing"]["alarms"], serde_json::json!([]));
    assert_eq!((server.metric("homebody_narrowing_alarm"), actions(&data).len()), (0.0, 0));
    assert!(!get(server.admin, "/audience").text().contains("class=\"alarm\""));

    collect(&data, &collector, &variety, 1, lists(&variety, NARROW));
    wait_until(|| server.metric("homebody_narrowing_alarm") == 1.0);
    assert_eq!(actions(&data), ["narrowing_alarm"]);
    let narrowing = &told()["narrowing"];
    assert_eq!(narrowing["alarms"], serde_json::json!(["narrow", "repetitive"]), "{narrowing}");
    assert_eq!(narrowing["window"], 1);
    let page = get(server.admin, "/audience").text();
    assert!(
        page.contains("Lists have become an echo chamber") && page.contains(">repetitive</span>"),
        "{page}"
    );
    // With a floor that nothing is below, nothing sounds.
    let silent = [("HOMEBODY_AUDIENCE_LEAST_ENTROPY", "0"), ("HOMEBODY_AUDIENCE_MOST_GINI", "1")];
    let quiet: Value = serde_json::from_slice(&data.try_run(&["audience"], &silent).stdout).unwrap();
    assert_eq!(quiet["narrowing"]["alarms"], serde_json::json!([]));
}

#[test]
fn f42_segments_have_sizes_that_change_and_places_that_lie_apart() {
    let (data, server, _) = collected();
    let told = get(server.admin, "/v1/admin/audience").json();
    assert_eq!(told, data.run(&["audience"]), "the same by the command line");
    let newest = &told["segments"][0];
    assert_eq!(newest["sum"]["window"], 1);
    let [browser, buyer, none] = [0, 1, 2].map(|at| &newest["segments"][at]);
    assert_eq!(
        (&browser["name"], &buyer["name"], &none["name"]),
        (&"brow<ser".into(), &"buyer".into(), &Value::Null)
    );
    is_near(&buyer["share"]["value"], 0.75, 0.01);
    is_near(&buyer["change"]["value"], 0.5, 0.02);
    assert!(
        buyer["is_changed"] == true && none["is_changed"] == false && none["share"]["low"] == 0.0,
        "{newest}"
    );
    assert_eq!(told["segments"][1]["segments"][1]["change"], Value::Null, "nothing before the first");

    let plane = &told["plane"];
    assert_eq!(plane["varying"].as_array().unwrap().len(), FEATURES);
    assert_eq!(plane["axes"][0]["is_beyond"], true);
    let features: Vec<&str> = plane["axes"][0]["loadings"].as_array().unwrap()[..3]
        .iter()
        .map(|said| said["feature"].as_str().unwrap())
        .collect();
    assert!(["opens_1d", "opens_7d", "opens_30d"].iter().all(|name| features.contains(name)), "{features:?}");
    let apart = plane["places"][1]["x"].as_f64().unwrap() - plane["places"][0]["x"].as_f64().unwrap();
    assert!(apart > 1.5, "{plane}");
    // Three features of sixteen, of whose variance (.75 + .333) .692 lie between, with the shares of the newest window.
    is_near(&plane["between"]["value"], 3.0 / 16.0 * 0.692, 0.03);
    let between = plane["between"]["value"].as_f64().unwrap();
    is_near(&plane["ratio"], between / (1.0 - between), 1e-9);
}

#[test]
fn the_page_says_the_same_and_allows_its_own_styles_alone() {
    let (_data, server, _) = collected();
    let answer = get(server.admin, "/audience");
    let policy = answer.header("content-security-policy").unwrap().to_owned();
    let page = answer.text();
    assert!(
        policy.starts_with("default-src 'none';") && !page.contains("<script") && !page.contains(" style=")
    );
    for style in page.split("<style>").skip(1).map(|rest| rest.split("</style>").next().unwrap()) {
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    }
    assert!(page.contains("brow&lt;ser") && !page.contains("brow<ser"), "nothing of a site becomes markup");
    let told = get(server.admin, "/v1/admin/audience").json();
    let shown = page.split("<data value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let shown: Vec<f64> = shown.map(|value| value.parse().unwrap()).collect();
    for value in [
        &told["variety"][0]["told"]["entropy"]["value"],
        &told["segments"][0]["segments"][1]["share"]["value"],
        &told["plane"]["between"]["value"],
    ] {
        // The reader of JSON may be wrong in the last bit.
        let value = value.as_f64().unwrap();
        assert!(shown.iter().any(|shown| (shown - value).abs() <= 2.0 * f64::EPSILON * value), "{value}");
    }
    assert_eq!((answer.header("cache-control"), page.matches("<circle").count()), (Some("no-store"), 2));
    assert_eq!(get(server.data, "/audience").status, 404, "not for visitors");
}

#[test]
fn without_sums_it_says_what_to_ask_and_nobody_reads_it_without_the_token() {
    let data = Data::empty();
    let page = get(Server::start(&data).admin, "/audience").text();
    for measurement in ["diversity", "segments", "second_moments"] {
        assert!(page.contains(&format!("<code>{measurement}</code> asks for it")), "{page}");
    }
    let told = data.run(&["audience"]);
    assert_eq!(
        (&told["narrowing"], &told["plane"], &told["variety"]),
        (&Value::Null, &Value::Null, &serde_json::json!([]))
    );
    let server = Server::start_with(&data, &[("HOMEBODY_ADMIN_TOKEN", TOKEN)]);
    for path in ["/audience", "/v1/admin/audience"] {
        assert_eq!(get(server.admin, path).status, 401);
        let basic = format!("Basic {}", STANDARD.encode(format!("me:{TOKEN}")));
        assert_eq!(get_with(server.admin, path, &[("authorization", &basic)]).status, 200);
    }
}

//! How well it works, as JSON and as a page: what released sums say, behind the token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homebody_protocol::features::FEATURES;
use homebody_protocol::task::{
    Bound, Edges, FORMAT, Measurement, Mode, Noise, TIME_PRECISION_S, Task, TaskPurpose, Weights,
};
use homebody_server::store::{Release, Store};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::contributions::{HOUR, add, now};
use super::harness::{Data, Server};
use super::http::{get, get_with};

const TOKEN: &str = "a-token-of-enough-length";
const WEEK: u64 = 604_800;
const OLD: &str = "ab";

/// A task of weekly windows, six of which are over.
fn asked(name: &str, measurement: Measurement, bound: Bound) -> Task {
    let starts_at = u32::try_from(now() / HOUR * HOUR - 6 * WEEK).unwrap();
    let task = Task {
        format: FORMAT,
        site: "localhost".to_owned(),
        name: name.to_owned(),
        description: "A test.".to_owned(),
        purpose: TaskPurpose::Measure,
        length: measurement.length(&bound),
        measurement,
        bound,
        mode: Mode::Trusted { noise: Noise::Gaussian { milli_sigma: 15_000 } },
        micro_rho: 0,
        window_s: WEEK as u32,
        time_precision_s: TIME_PRECISION_S,
        min_batch_size: 500,
        starts_at,
        ends_at: starts_at + 8 * WEEK as u32,
    };
    Task { micro_rho: task.least_micro_rho(), ..task }
}

/// Takes a task up, and releases its windows.
fn release(data: &Data, task: &Task, windows: &[(u64, Vec<i64>)]) {
    add(data, task, &[]);
    let store = Store::open(&data.path()).unwrap();
    for (window, (reports, cells)) in (0..).zip(windows) {
        assert_eq!(cells.len(), task.length as usize, "{}", task.name);
        let (task, cells) = (task.id().to_hex(), cells.clone());
        let release = Release { task, part: 0, window, reports: *reports, cells, at: now() };
        let added = store.write(|transaction| Store::add_release(transaction, &release)).unwrap();
        assert!(added);
    }
}

/// Bins of ten visits in which the share that was told came true, but for the last, which is too sure.
fn predicted() -> (u64, Vec<i64>) {
    let mut cells = vec![0; 21];
    for bin in 0..10 {
        let bought = if bin == 9 { 500 } else { 100 * bin + 50 };
        (cells[2 * bin as usize], cells[2 * bin as usize + 1]) = (1_000 - bought, bought);
    }
    (10_100, cells)
}

/// Feature 4 speaks, the others do not.
fn seen() -> (u64, Vec<i64>) {
    let mut cells = vec![6_000, 2_000];
    for feature in 0..FEATURES {
        for bin in 0..4 {
            let bought = if feature == 4 { [50, 100, 350, 500][bin] } else { 250 };
            cells.extend([1_000 - bought, bought]);
        }
    }
    (8_000, cells)
}

fn opened(share: i64) -> (u64, Vec<i64>) {
    let of_feature = [1_000 - 10 * share, 4 * share, 3 * share, 3 * share];
    (2_000, of_feature.repeat(FEATURES))
}

/// Two thousand places that the other strength lists half as often and that a tenth opened, two thousand that it lists half
/// as often again and that a quarter opened; a hundred devices had nothing to tell.
fn decided() -> Vec<i64> {
    vec![0, 0, 1_800, 200, 0, 0, 1_500, 500, 0, 0, 100]
}

/// A published site of which everything that is read here was released.
fn measured() -> (Data, String) {
    let data = Data::published(30);
    let store = Store::open(&data.path()).unwrap();
    let pool = store
        .current()
        .unwrap()
        .unwrap()
        .blobs
        .iter()
        .find(|blob| blob.name == "home")
        .unwrap()
        .sha256
        .clone();
    drop(store);
    let edges = || Edges(vec![vec![0.5, 1.0, 2.0]; FEATURES]);
    release(
        &data,
        &asked("calibration", Measurement::Calibration { bins: 10 }, Bound::OneHot),
        &[predicted(), predicted()],
    );
    let eight = Bound::MultiHot { ones: 8 };
    release(
        &data,
        &asked("intent", Measurement::Intent { edges: edges() }, eight),
        &[seen(), seen(), seen()],
    );
    let old = OLD.repeat(32);
    let evaluation =
        |model: &str| Measurement::Evaluation { model: model.to_owned(), ranks: vec![1, 2, 5, 10] };
    let figures = |top: i64| vec![(4_000, vec![top, 200, 300, 400, 3_100 - top])];
    release(&data, &asked("in-use", evaluation(&pool), Bound::OneHot), &figures(400));
    release(&data, &asked("other", evaluation(&old), Bound::OneHot), &figures(700));
    let gate = Measurement::Gate { champion: pool.clone(), candidate: old, top: 10 };
    release(&data, &asked("gate-7", gate, Bound::OneHot), &[(4_000, vec![3_000, 150, 400, 450])]);
    release(
        &data,
        &asked("drift", Measurement::Drift { edges: edges() }, eight),
        &[opened(70), opened(70), opened(40)],
    );
    let weights = Weights { most: 2.0, levels: 4 };
    let off_policy = Measurement::OffPolicy { strength: 0.25, weights };
    release(&data, &asked("off-policy", off_policy, Bound::OneHot), &[(4_100, decided())]);
    let mut granted = vec![0; 17];
    (granted[10], granted[11], granted[15], granted[16]) = (100, 300, 600, 50);
    release(&data, &asked("decisions", Measurement::Decisions {}, Bound::OneHot), &[(1_050, granted)]);
    (data, pool)
}

fn is_in(estimate: &Value, truth: f64) -> bool {
    let number = |end: &str| estimate[end].as_f64().unwrap();
    number("low") <= truth && truth <= number("high") && (number("value") - truth).abs() < 1e-9
}

#[test]
fn f45_predictions_are_judged_by_released_sums() {
    let (data, _) = measured();
    let server = Server::start(&data);
    let figures = get(server.admin, "/v1/admin/quality").json();
    let predictions = &figures["predictions"];
    assert_eq!(
        (&predictions["source"]["windows"], &predictions["source"]["reports"]),
        (&2.into(), &20_200.into())
    );
    // By hand: of 4,550 purchases and 5,450 visits without, those of lower bins and half of the same one.
    let (mut below, mut area) = (0.0, 0.0);
    for bin in predicted().1[..20].chunks(2) {
        area += bin[1] as f64 * (below + 0.5 * bin[0] as f64);
        below += bin[0] as f64;
    }
    assert!(is_in(&predictions["auc"], area / (4_550.0 * 5_450.0)), "{predictions}");
    assert!(is_in(&predictions["base_rate"], 0.455));
    // The last bin told .9 at the least, and half came true: 400 of 10,000 visits.
    let off = predictions["calibration_error"]["value"].as_f64().unwrap();
    assert!(
        (off - 0.04).abs() < 1e-3 && predictions["calibration_error"]["low"].as_f64().unwrap() > 0.02,
        "{off}"
    );
    let curve = predictions["curve"].as_array().unwrap();
    assert!(curve.len() == 10 && is_in(&curve[9]["observed"], 0.5) && is_in(&curve[3]["observed"], 0.35));
    let brier = predictions["brier"]["value"].as_f64().unwrap();
    assert!(brier < predictions["brier_of_base_rate"].as_f64().unwrap(), "{brier}");

    let features = figures["features"]["features"].as_array().unwrap();
    assert_eq!((features.len(), &features[0]["feature"]), (FEATURES, &"purchases_30d".into()));
    assert!(
        features[0]["auc"]["low"].as_f64().unwrap() > 0.6 && is_in(&features[5]["auc"], 0.5),
        "{features:?}"
    );

    let page = get(server.admin, "/quality").text();
    let told = format!("<data class=\"auc\" value=\"{}\">", predictions["auc"]["value"]);
    assert!(page.contains(&told), "{told}");
    let plot = page.split("<svg class=\"plot square\"").nth(1).unwrap().split("</svg>").next().unwrap();
    assert_eq!(plot.matches("<circle").count(), 10);
    assert!(plot.contains("In one bin what came true is not what was told."), "{plot}");
}

#[test]
fn f81_another_strength_is_judged_by_released_sums() {
    let (data, _) = measured();
    let server = Server::start(&data);
    let explored = &get(server.admin, "/v1/admin/quality").json()["exploration"];
    assert_eq!(explored["strength"].as_f64(), Some(0.25));
    assert!(is_in(&explored["opened"], 700.0 / 4_000.0), "{explored}");
    // (½ · 200 + 1½ · 500) / (½ · 2,000 + 1½ · 2,000)
    assert!(is_in(&explored["reward"], 850.0 / 4_000.0), "{explored}");
    assert!(is_in(&explored["missing"], 0.0), "{explored}");
    let bound = |end: &str| explored[end].as_f64().unwrap();
    assert!(bound("least") < 0.2125 && 0.2125 < bound("most"), "{explored}");
    let page = get(server.admin, "/quality").text();
    assert!(
        page.contains("With the strength 0.25<dd><data class=\"reward\" value=\"0.2125\">21.2 %"),
        "{}",
        page.len()
    );
}

#[test]
fn f80_models_are_compared_by_released_sums() {
    let (data, pool) = measured();
    let server = Server::start(&data);
    let models = &get(server.admin, "/v1/admin/quality").json()["models"];
    let [champion, other] = [0, 1].map(|at| &models["evaluated"][at]);
    assert_eq!((&champion["model"], &champion["role"]), (&pool.as_str().into(), &"champion".into()));
    assert_eq!((&other["role"], champion["ahead"].as_array().unwrap().len()), (&"other".into(), 0));
    let of = |model: &Value, list: &str, metric: &str, at: u64| {
        let all = model[list].as_array().unwrap().clone();
        all.into_iter().find(|figure| figure["metric"] == metric && figure["at"] == at).unwrap()["value"]
            .clone()
    };
    assert!(is_in(&of(champion, "figures", "recall", 10), 1_300.0 / 4_000.0), "{champion}");
    let ndcg = (400.0 + 200.0 / 3f64.log2()) / 4_000.0;
    assert!(is_in(&of(champion, "figures", "ndcg", 2), ndcg), "{champion}");
    assert!(
        is_in(&of(other, "ahead", "recall", 1), 0.075)
            && of(other, "ahead", "mrr", 10)["low"].as_f64().unwrap() > 0.05
    );
    let compared = &models["compared"][0];
    assert!(
        is_in(&compared["ahead"], 250.0 / 4_000.0) && is_in(&compared["candidate_hits"], 850.0 / 4_000.0)
    );
    assert_eq!(compared["verdict"], "promote");
    let page = get(server.admin, "/quality").text();
    assert!(page.contains(&format!("Model {}, in use", &pool[..12])) && page.contains("<code>gate-7</code>"));
}

#[test]
fn f72_clicks_and_grants_are_told_and_a_fall_is_marked() {
    let (data, _) = measured();
    let server = Server::start(&data);
    let figures = get(server.admin, "/v1/admin/quality").json();
    let windows = figures["clicks"]["windows"].as_array().unwrap();
    assert_eq!(
        (windows.len(), &figures["clicks"]["days"], &figures["clicks"]["told"]),
        (3, &7.into(), &Value::Null)
    );
    assert!(is_in(&windows[0]["share"], 0.7) && is_in(&windows[2]["share"], 0.4), "{windows:?}");
    let purposes = figures["grants"]["purposes"].as_array().unwrap();
    for (granted, share) in purposes.iter().zip([0.9, 1.0, 0.6, 1.0]) {
        assert!(is_in(&granted["share"], share), "{granted}");
    }
    // A step of learning looks at the newest window, and raises the alarm.
    data.run(&["train"]);
    let models = data.run(&["models"]);
    assert_eq!(models["click_through"]["limit"], "fall", "{models}");
    let figures = get(server.admin, "/v1/admin/quality").json();
    assert_eq!(figures["clicks"]["is_alarm"], true);
    let page = get(server.admin, "/quality").text();
    assert!(page.contains(
        "<span class=\"mark rejected\">too low</span> 40.0 % of visitors opened something in 7 days"
    ));
}

#[test]
fn without_releases_the_page_says_what_to_ask() {
    let server = Server::start(&Data::empty());
    let figures = get(server.admin, "/v1/admin/quality").json();
    assert!(
        figures["predictions"].is_null() && figures["models"]["evaluated"].as_array().unwrap().is_empty()
    );
    let page = get(server.admin, "/quality").text();
    for task in ["calibration", "intent", "evaluation", "gate", "drift", "off_policy", "decisions"] {
        assert!(page.contains(&format!("<code>{task}</code>")), "{task}");
    }
    assert!(!page.contains("<table") && !page.contains("<svg"));
}

#[test]
fn the_page_allows_its_own_styles_and_asks_for_the_token() {
    let (data, _) = measured();
    let server = Server::start_with(&data, &[("HOMEBODY_ADMIN_TOKEN", TOKEN)]);
    let basic = format!("Basic {}", STANDARD.encode(format!("me:{TOKEN}")));
    for path in ["/quality", "/v1/admin/quality"] {
        assert_eq!(get(server.admin, path).problem(), "token_missing");
        let answer = get_with(server.admin, path, &[("authorization", &basic)]);
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
        assert_eq!(get(server.data, path).status, 404, "not for visitors");
    }
    let answer = get_with(server.admin, "/quality", &[("authorization", &basic)]);
    let policy = answer.header("content-security-policy").unwrap().to_owned();
    let page = answer.text();
    assert!(
        policy.starts_with("default-src 'none';") && !page.contains("<script") && !page.contains(" style=")
    );
    let styles = page.split("<style>").skip(1).map(|rest| rest.split("</style>").next().unwrap());
    for style in styles {
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    }
}

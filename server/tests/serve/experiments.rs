//! Experiments: from a task about a metric to its released sum, and to the operator's page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homebody_protocol::task::{Measurement, Task};
use sha2::{Digest as _, Sha256};

use super::contributions::{HOUR, add, now, post, report};
use super::harness::{Data, Server};
use super::http::get;

/// A task of two variants whose window 0 is over, with hardly any noise: a visitor's numbers are up to 100.
fn task(name: &str, about: &str) -> Task {
    let starts_at = now() / HOUR * HOUR - 2 * HOUR;
    let text = format!(
        "{{ \"format\": 1, \"site\": \"localhost\", \"name\": \"{name}\", \"description\": \"Is <b> better?\",
            \"purpose\": \"measure\", {about}, \"mode\": {}, \"micro_rho\": 4000000000,
            \"window_s\": 3600, \"time_precision_s\": 3600, \"min_batch_size\": 20,
            \"starts_at\": {starts_at}, \"ends_at\": {} }}",
        "{ \"trusted\": { \"noise\": { \"gaussian\": { \"milli_sigma\": 3000 } } } }",
        starts_at + 24 * HOUR
    );
    Task::from_json(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn about(metric: &str, limit: u32) -> String {
    format!(
        "\"measurement\": {{ \"metric\": {{ \"experiment\": \"checkout\", \"variants\": 2, \"metric\": \"{metric}\",
           \"limit\": {limit}, \"levels\": 100 }} }}, \"length\": 12, \"bound\": {{ \"integers\": {{ \"max\": 100, \"l1\": 600 }} }}"
    )
}

/// What a visitor of a variant says, on the points of the grid.
fn said(task: &Task, variant: usize, y: f64, x: f64) -> Vec<u32> {
    let Measurement::Metric { metric, limit, .. } = task.measurement else { panic!("{task:?}") };
    let mut vector = vec![0; 12];
    for (cell, number) in vector[6 * variant..].iter_mut().zip(metric.sums(limit, y, x)) {
        *cell = (100.0 * number).round() as u32;
    }
    vector
}

fn release(data: &Data, task: &Task) {
    let id = task.id().to_hex();
    let released = data.run(&["batches", "release", "--task", &id, "--window", "0"]);
    assert_eq!(released["released"].as_array().unwrap().len(), 1, "{released}");
}

/// The values of a kind in the table of a metric.
fn told(page: &str, metric: &str, kind: &str) -> Vec<f64> {
    let start = page.find(&format!("data-metric=\"{metric}\"")).unwrap_or_else(|| panic!("{metric}: {page}"));
    let table = page[start..].split("</table>").next().unwrap();
    let tag = format!("<data class=\"{kind}\" value=\"");
    table.split(&tag).skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn a_metric_comes_from_a_task_to_the_page_with_its_unit_and_interval() {
    let data = Data::empty();
    let server = Server::start(&data);
    assert!(get(server.admin, "/experiments").text().contains("No task asks"));
    let [orders, conversion] = [("order_value", 200), ("conversion", 1)]
        .map(|(metric, limit)| task(&metric.replace('_', "-"), &about(metric, limit)));
    for task in [&orders, &conversion] {
        add(&data, task, &[]);
    }
    assert!(get(server.admin, "/experiments").text().contains("No sum is released yet"));
    drop(server);
    // One that has the tasks from its start.
    let server = Server::start(&data);
    // The first variant: forty with two orders of 20 each, forty with nothing. The second: eighty with one of 50 or 30. Of half as
    // many the noise is beyond 6 % once in 400 runs.
    for at in 0..80 {
        let buys = f64::from(u8::from(at < 40));
        let dear = if at < 40 { 50.0 } else { 30.0 };
        for (task, vector) in [
            (&orders, said(&orders, 0, 40.0 * buys, 2.0 * buys)),
            (&orders, said(&orders, 1, dear, 1.0)),
            (&conversion, said(&conversion, 0, buys, 0.0)),
            (&conversion, said(&conversion, 1, 1.0, 0.0)),
        ] {
            let answer = post(server.data, task, &report(task, 0, vector).write(task));
            assert_eq!(answer.status, 204, "{}", answer.text());
        }
    }
    for task in [&orders, &conversion] {
        release(&data, task);
    }
    let page = get(server.admin, "/experiments").text();
    let near = |told: Vec<f64>, truth: &[f64]| {
        assert_eq!(told.len(), truth.len(), "{told:?}");
        told.iter()
            .zip(truth)
            .for_each(|(told, truth)| assert!((told / truth - 1.0).abs() < 0.06, "{told} {truth}"));
    };
    near(told(&page, "order_value", "visitors"), &[80.0, 80.0]);
    near(told(&page, "order_value", "value"), &[20.0, 40.0]);
    near(told(&page, "order_value", "change"), &[20.0]);
    near(told(&page, "conversion", "value"), &[0.5, 1.0]);
    near(told(&page, "conversion", "change"), &[0.5]);
    for words in [
        "Average order value, in the site’s currency",
        "per cent of visitors",
        " points",
        "beyond chance",
        "160 answers",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("Is &lt;b&gt; better?") && !page.contains("<script") && !page.contains(" style="));
}

#[test]
fn the_furthest_step_is_read_as_conversion_and_what_is_lost_in_noise_is_said_to_be() {
    let data = Data::empty();
    let steps = task(
        "steps",
        "\"measurement\": { \"experiment\": { \"experiment\": \"a\", \"variants\": 2, \"outcomes\": 4 } },
         \"length\": 9, \"bound\": \"one_hot\"",
    );
    let lost = task("lost", &about("click_through", 100));
    for task in [&steps, &lost] {
        add(&data, task, &[]);
    }
    let server = Server::start(&data);
    for at in 0..400 {
        let cell = [3, 0, 7, 7][at % 4];
        let vector = (0..9).map(|each| u32::from(each == cell)).collect();
        assert_eq!(post(server.data, &steps, &report(&steps, 0, vector).write(&steps)).status, 204);
        let nothing = vec![0; 12];
        assert_eq!(post(server.data, &lost, &report(&lost, 0, nothing).write(&lost)).status, 204);
    }
    for task in [&steps, &lost] {
        release(&data, task);
    }
    let page = get(server.admin, "/experiments").text();
    let values = told(&page, "conversion", "value");
    assert!((values[0] - 0.5).abs() < 0.08 && (values[1] - 1.0).abs() < 0.12, "{values:?}");
    assert_eq!(told(&page, "click_through", "value"), Vec::<f64>::new());
    assert_eq!(page.matches("Too few to be told from noise").count(), 2);
    assert!(page.find(">a</h2>") < page.find(">checkout</h2>"), "by name");
}

#[test]
fn the_page_is_the_operators_and_allows_its_own_styles_alone() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_ADMIN_TOKEN", "a-token-of-enough-length")]);
    assert_eq!(get(server.admin, "/experiments").status, 401);
    assert_eq!(get(server.data, "/experiments").status, 404, "not for visitors");
    let server = Server::start(&Data::empty());
    let answer = get(server.admin, "/experiments");
    let policy = answer.header("content-security-policy").unwrap().to_owned();
    let page = answer.text();
    for style in page.split("<style>").skip(1).map(|rest| rest.split("</style>").next().unwrap()) {
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    }
    assert_eq!(page.matches("<style>").count(), 2);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

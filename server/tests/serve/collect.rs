//! Contributions in `trusted` and `local` mode.

use std::fs;
use std::time::Duration;

use homebody_protocol::mechanism::Secret;
use homebody_protocol::mechanism::secret::Draw;
use homebody_protocol::report::{Body, Report};
use homebody_protocol::task::Task;

use super::contributions::{CELLS, HOUR, add, now, plain, post, task, task_from, trusted};
use super::harness::{Data, Server, wait_until};
use super::http::{get, send};

fn cells(value: &serde_json::Value) -> Vec<i64> {
    value["cells"].as_array().unwrap().iter().map(|cell| cell.as_i64().unwrap()).collect()
}

fn release(data: &Data, task: &Task, window: u32) -> Result<serde_json::Value, String> {
    let (id, window) = (task.id().to_hex(), window.to_string());
    let output = data.try_run(&["batches", "release", "--task", &id, "--window", &window], &[]);
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => {
            let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
            Err(error["error"]["code"].as_str().unwrap().to_owned())
        }
    }
}

#[test]
fn reports_become_one_sum_that_is_released_once() {
    let (data, task) = (Data::empty(), task("round-trip", &trusted(), 20));
    add(&data, &task, &[]);
    let server = Server::start(&data);
    let offered = get(server.data, "/v1/tasks").json();
    assert_eq!(offered["tasks"][0]["payload"], task.canonical());
    let mut expected = vec![0; CELLS];
    for at in 0..19 {
        let report = plain(&task, 0, at * at);
        for _again in 0..2 {
            let answer = post(server.data, &task, &report);
            assert_eq!((answer.status, answer.body.len()), (204, 0), "{}", answer.text());
            assert_eq!(answer.header("set-cookie"), None);
        }
        expected[at * at % CELLS] += 1;
    }
    assert_eq!(release(&data, &task, 0).unwrap_err(), "batch_too_small");
    // Not the one that holds this hour: it may be over by now.
    assert_eq!(release(&data, &task, 3).unwrap_err(), "window_open");
    assert_eq!(post(server.data, &task, &plain(&task, 0, 3)).status, 204);
    expected[3] += 1;
    let released = release(&data, &task, 0).unwrap();
    assert_eq!(cells(&released["released"][0]), expected);
    assert_eq!(released["released"][0]["reports"], 20);
    assert_eq!(release(&data, &task, 0).unwrap_err(), "batch_closed");
    let late = post(server.data, &task, &plain(&task, 0, 3));
    assert_eq!((late.status, late.problem().as_str()), (409, "batch_closed"));
    let listed = data.run(&["batches", "list"]);
    assert_eq!(listed["batches"][0]["reports"], 0, "what was released is kept nowhere else");
    assert_eq!(listed["releases"].as_array().unwrap().len(), 1);
    // Everything that is due, which is nothing.
    assert_eq!(data.run(&["batches", "release"])["released"].as_array().unwrap().len(), 0);
}

#[test]
fn what_is_no_report_of_the_task_is_refused_with_its_code() {
    let (data, task) = (Data::empty(), task("refusals", &trusted(), 20));
    let other = super::contributions::task("other", &trusted(), 20);
    add(&data, &task, &[]);
    add(&data, &other, &[]);
    let server = Server::start(&data);
    let good = plain(&task, 1, 5);
    let refused = |report: &[u8]| {
        let answer = post(server.data, &task, report);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "pages may read why");
        (answer.status, answer.problem())
    };
    let changed = |at: usize, byte: u8| {
        let mut report = good.clone();
        report[at] = byte;
        report
    };
    let unknown = plain(&super::contributions::task("unknown", &trusted(), 20), 0, 1);
    let late = plain(&task_from("refusals", &trusted(), 20, now() / HOUR * HOUR - 9 * HOUR), 0, 1);
    let cases = [
        (changed(0, b'X'), 400, "report_malformed"),
        (changed(4, 9), 400, "report_version"),
        (changed(6, 3), 400, "report_form"),
        (good[..good.len() - 1].to_vec(), 400, "report_malformed"),
        (changed(60, 17), 400, "report_bound"),
        (Vec::new(), 400, "report_malformed"),
        (vec![0; 3_000], 413, "body_too_large"),
        (plain(&other, 0, 1), 422, "report_task"),
        (plain(&task, 9, 1), 422, "report_early"),
        (plain(&task, 24, 1), 422, "report_window"),
        (unknown, 404, "task_not_found"),
        (late, 404, "task_not_found"),
    ];
    for (report, status, code) in cases {
        let (found, told) = refused(&report);
        // A body without its last byte may be told as malformed or of another form.
        let told = if told == "report_form" && code == "report_malformed" { code.to_owned() } else { told };
        assert_eq!((found, told.as_str()), (status, code));
    }
    assert_eq!(post(server.data, &task, &good).status, 204);
    data.run(&["tasks", "close", &task.id().to_hex()]);
    wait_until(|| post(server.data, &task, &plain(&task, 1, 5)).status == 410);
    wait_until(|| get(server.data, "/v1/tasks").json()["tasks"].as_array().unwrap().len() == 1);
    let preflight = send(server.data, "OPTIONS", "/v1/reports/x", &[("origin", "https://shop.example")], b"");
    assert_eq!(preflight.header("access-control-allow-methods"), Some("POST, OPTIONS"));
}

#[test]
fn a_window_that_is_long_over_takes_no_more() {
    let data = Data::empty();
    let task = task_from("late", &trusted(), 20, now() / HOUR * HOUR - 9 * HOUR);
    add(&data, &task, &[]);
    let server = Server::start(&data);
    let late = post(server.data, &task, &plain(&task, 0, 1));
    assert_eq!((late.status, late.problem().as_str()), (422, "report_late"));
    assert_eq!(post(server.data, &task, &plain(&task, 8, 1)).status, 204);
}

#[test]
fn with_global_privacy_control_nothing_is_taken() {
    let (data, task) = (Data::empty(), task("gpc", &trusted(), 20));
    add(&data, &task, &[]);
    let server = Server::start(&data);
    let path = format!("/v1/reports/{}", task.id().to_hex());
    let report = plain(&task, 0, 1);
    let answer = send(server.data, "POST", &path, &[("sec-gpc", "1")], &report);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(data.run(&["batches", "list"])["batches"].as_array().unwrap().len(), 0);
    // The answer is the same as without.
    assert_eq!(answer.timeless(), post(server.data, &task, &report).timeless());
    assert_eq!(data.run(&["batches", "list"])["batches"][0]["reports"], 1);
}

#[test]
fn a_task_that_this_site_did_not_sign_is_none() {
    let (data, other) = (Data::empty(), Data::empty());
    let task = task("foreign", &trusted(), 20);
    add(&other, &task, &[]);
    let signed = other.run(&["tasks", "show", &task.id().to_hex()])["envelope"].to_string();
    let file = data.path().with_file_name("foreign.json");
    fs::write(&file, signed).unwrap();
    let refused = data.try_run(&["tasks", "add", file.to_str().unwrap()], &[]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("task_signature"), "{refused:?}");
    // Not even one that somebody wrote into the data folder.
    add(&data, &task, &[]);
    let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
    database.execute("UPDATE tasks SET envelope = replace(envelope, 'A test.', 'A rest.')", []).unwrap();
    let server = Server::start(&data);
    assert_eq!(get(server.data, "/v1/tasks").json()["tasks"].as_array().unwrap().len(), 0);
    assert_eq!(post(server.data, &task, &plain(&task, 0, 1)).problem(), "task_not_found");
    // Another site's task.
    let elsewhere = task.canonical().replace("\"site\":\"localhost\"", "\"site\":\"else.example\"");
    fs::write(&file, elsewhere).unwrap();
    let refused = data.try_run(&["tasks", "add", file.to_str().unwrap()], &[]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("task_site"), "{refused:?}");
}

#[test]
fn local_answers_are_counted_as_they_are() {
    let data = Data::empty();
    let mode = "{ \"local\": { \"answer\": \"randomised_response\", \"micro_epsilon\": 4000000 } }";
    let task = task("local", mode, 20);
    add(&data, &task, &[]);
    let server = Server::start(&data);
    let mut expected = vec![0; CELLS];
    for number in 0..40_u8 {
        let secret = Secret::new([number; 32]);
        let cell = u32::from(number) % CELLS as u32;
        let answer = homebody_protocol::mechanism::RandomisedResponse::new(task.length, 4_000_000).answer(
            &secret,
            &task.id(),
            cell,
        );
        let nonce = secret.draw(Draw::Nonce, &task.id(), 0).bytes16();
        let report = Report { part: task.id().part(0), window: 0, nonce, body: Body::Cell(answer) };
        assert_eq!(post(server.data, &task, &report.write(&task)).status, 204);
        expected[answer as usize] += 1;
    }
    assert_eq!(cells(&release(&data, &task, 0).unwrap()["released"][0]), expected);
}

/// Killed at any moment: what was acknowledged is counted, and what comes again is not counted twice.
#[test]
fn a_killed_server_loses_nothing_and_counts_nothing_twice() {
    let (data, task) = (Data::empty(), task("killed", &trusted(), 20));
    add(&data, &task, &[]);
    let reports: Vec<Vec<u8>> = (0..255).map(|at| plain(&task, 0, at)).collect();
    for round in 0..4 {
        let mut server = Server::start(&data);
        let address = server.data;
        let (first, last) = (round * 60, round * 60 + 75);
        std::thread::scope(|scope| {
            for group in reports[first..last].chunks(15) {
                let task = &task;
                scope.spawn(move || {
                    for report in group {
                        let Ok(stream) = std::net::TcpStream::connect(address) else { break };
                        drop(stream);
                        if std::panic::catch_unwind(|| post(address, task, report)).is_err() {
                            break;
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(15 * (round as u64 + 1)));
            server.kill();
        });
    }
    let server = Server::start(&data);
    for report in reports.iter().chain(&reports) {
        assert_eq!(post(server.data, &task, report).status, 204);
    }
    assert_eq!(cells(&release(&data, &task, 0).unwrap()["released"][0]), vec![15; CELLS]);
}

/// A store that takes nothing: the device is told to come again, and nothing is lost.
#[test]
fn a_store_that_takes_nothing_is_told() {
    let (data, task) = (Data::empty(), task("full", &trusted(), 20));
    add(&data, &task, &[]);
    let server = Server::start(&data);
    let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
    database.execute_batch("ALTER TABLE report_nonces RENAME TO away").unwrap();
    let report = plain(&task, 0, 3);
    let answer = post(server.data, &task, &report);
    assert_eq!((answer.status, answer.problem().as_str()), (503, "intake_stuck"));
    assert!(answer.header("retry-after").is_some());
    database.execute_batch("ALTER TABLE away RENAME TO report_nonces").unwrap();
    assert_eq!(post(server.data, &task, &report).status, 204);
    assert_eq!(data.run(&["batches", "list"])["batches"][0]["reports"], 1);
}

#[test]
fn a_server_without_the_role_takes_none() {
    let (data, task) = (Data::empty(), task("off", &trusted(), 20));
    add(&data, &task, &[]);
    let server = Server::start_with(&data, &[("HOMEBODY_COLLECT_ENABLED", "false")]);
    assert_eq!(get(server.data, "/v1/tasks").problem(), "collect_off");
    assert_eq!(post(server.data, &task, &plain(&task, 0, 1)).problem(), "collect_off");
    assert_eq!(get(server.data, "/dap/hpke_config").status, 404);
}

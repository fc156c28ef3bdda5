//! Tasks of the bare protocol: four parties that know nothing of a signed task, by the command line alone.

use serde_json::{Value, json};

use super::contributions::{HOUR, now};
use super::harness::{Data, Server, wait_until};
use super::http::send;
use super::pair::{FAST, HELPER};

/// The file that all parties share, and who runs.
struct Party {
    data: Data,
    file: String,
    _servers: [Server; 2],
}

fn start(name: u8, vdaf: &Value, transitional: bool) -> Party {
    let [data, leader_data, helper_data] = [Data::empty(), Data::empty(), Data::empty()];
    let helper = Server::start_with(&helper_data, &[FAST, HELPER, ("HOMEBODY_COLLECT_ENABLED", "false")]);
    let leader = Server::start_with(&leader_data, &[FAST]);
    let task_id = base64(&[name; 32]);
    let task = json!({
        "task_id": task_id, "task_info": "", "time_precision": HOUR, "min_batch_size": 5, "vdaf": vdaf,
        "leader_aggregator_endpoint": "https://leader.example/api/dap/",
        "helper_aggregator_endpoint": "https://helper.example/",
        "verify_key": base64(&[8; 32]), "token": "leader-to-helper", "collector_token": "collector-to-leader",
        "collector_hpke_config": data.run(&["dap", "key"]), "transitional": transitional,
        "leader_url": format!("http://{}/dap", leader.data), "helper_url": format!("http://{}/dap", helper.data),
    });
    let file = data.path().with_file_name("task.json");
    std::fs::write(&file, task.to_string()).unwrap();
    let file = file.to_str().unwrap().to_owned();
    for (data, role, server) in [(&leader_data, "leader", &leader), (&helper_data, "helper", &helper)] {
        let added = data.run(&["dap", "add", &file, "--role", role]);
        assert_eq!((added["role"].as_str(), added["is_new"].as_bool()), (Some(role), Some(true)));
        assert_eq!(data.run(&["dap", "add", &file, "--role", role])["is_new"], false);
        let shown = data.run(&["tasks", "show", added["task"].as_str().unwrap()]);
        assert!(!shown.to_string().contains("private_key"), "the collector's key is the collector's");
        let jobs = if role == "leader" { "collection_jobs" } else { "aggregation_jobs" };
        let path = format!("/dap/tasks/{task_id}/{jobs}");
        wait_until(|| send(server.data, "POST", &path, &[], b"").status == 401);
    }
    // Devices of ours are asked nothing.
    assert_eq!(super::http::get(leader.data, "/v1/tasks").text(), "{\"tasks\":[]}");
    Party { data, file, _servers: [leader, helper] }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

impl Party {
    fn upload(&self, measurement: &str, count: &str, at: u64) -> Value {
        let at = at.to_string();
        self.data.run(&[
            "dap",
            "upload",
            &self.file,
            "--measurement",
            measurement,
            "--count",
            count,
            "--time",
            &at,
        ])
    }

    fn collect(&self, start: u64) -> Result<Value, String> {
        let (start, hour) = (start.to_string(), HOUR.to_string());
        let output =
            self.data.try_run(&["dap", "collect", &self.file, "--start", &start, "--duration", &hour], &[]);
        match output.status.success() {
            true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

#[test]
fn sums_are_exact_in_either_form_of_the_protocol() {
    let histogram = json!({ "Prio3Histogram": { "length": 4, "chunk_length": 2 } });
    let numbers = json!({ "Prio3SumVec": { "length": 3, "max_measurement": 255, "chunk_length": 5 } });
    let start_at = now() / HOUR * HOUR - HOUR;
    for (name, vdaf, transitional, measurements, sum) in [
        (1, &histogram, false, [("0", "2"), ("3", "4")], json!([2, 0, 0, 4])),
        (2, &histogram, true, [("1", "5"), ("2", "1")], json!([0, 5, 1, 0])),
        (3, &numbers, false, [("1,2,3", "3"), ("0,255,1", "3")], json!([3, 771, 12])),
        (4, &numbers, true, [("255,0,9", "4"), ("0,0,1", "2")], json!([1020, 0, 38])),
    ] {
        let party = start(name, vdaf, transitional);
        for (measurement, count) in measurements {
            let sent = party.upload(measurement, count, start_at + 60);
            assert_eq!(sent["refused"], json!([]), "{sent}");
        }
        let interval = json!({ "start": start_at, "duration": HOUR });
        let found = party.collect(start_at).unwrap();
        assert_eq!(found, json!({ "reports": 6, "cells": sum, "interval": interval }));
        // Asked the same again, a leader answers the same; under another name it is another question.
        match transitional {
            false => assert_eq!(party.collect(start_at).unwrap(), found),
            true => assert!(party.collect(start_at).unwrap_err().contains("batchOverlap")),
        }
    }
}

#[test]
fn what_is_too_few_too_late_or_of_another_collector_is_refused() {
    let vdaf = json!({ "Prio3Histogram": { "length": 4, "chunk_length": 2 } });
    let party = start(5, &vdaf, false);
    let start_at = now() / HOUR * HOUR - HOUR;
    party.upload("1", "4", start_at);
    wait_until(|| party.collect(start_at).is_err_and(|error| error.contains("invalidBatchSize")));
    assert_eq!(party.upload("1", "1", start_at + 5 * HOUR)["refused"], json!(["ReportTooEarly"]));
    assert_eq!(party.upload("1", "1", start_at - 20 * 24 * HOUR)["refused"], json!(["ReportDropped"]));
    party.upload("2", "1", start_at);
    // Who has another key opens nothing, and who believes other rules neither.
    let text = std::fs::read_to_string(&party.file).unwrap();
    let honest: Value = serde_json::from_str(&text).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = honest.clone();
        change(&mut changed);
        std::fs::write(&party.file, changed.to_string()).unwrap();
        party.collect(start_at).unwrap_err()
    };
    let other = party.data.run(&["dap", "key"]);
    assert!(with(&|task| task["collector_token"] = json!("guess")).contains("401"));
    assert!(with(&|task| task["collector_hpke_config"] = other.clone()).contains("split_sealed"));
    assert!(with(&|task| task["min_batch_size"] = json!(1)).contains("split_sealed"));
    std::fs::write(&party.file, text).unwrap();
    assert_eq!(party.collect(start_at).unwrap()["cells"], json!([0, 4, 1, 0]));
}

#[test]
fn a_task_that_cannot_be_names_the_field() {
    let data = Data::empty();
    let whole = json!({
        "task_id": base64(&[1; 32]), "time_precision": 3_600, "min_batch_size": 5,
        "vdaf": { "Prio3Histogram": { "length": 4, "chunk_length": 2 } },
        "leader_aggregator_endpoint": "https://leader.example/", "helper_aggregator_endpoint": "https://helper.example/",
        "verify_key": base64(&[8; 32]), "token": "t", "collector_token": "c",
        "collector_hpke_config": data.run(&["dap", "key"]),
    });
    let add = |field: &str, value: Value| {
        let mut task = whole.clone();
        task[field] = value;
        let file = data.path().with_file_name("task.json");
        std::fs::write(&file, task.to_string()).unwrap();
        let output = data.try_run(&["dap", "add", file.to_str().unwrap(), "--role", "leader"], &[]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(field), "{field}: {text}");
    };
    add("task_id", json!("AAAA"));
    add("verify_key", json!(base64(&[8; 16])));
    add("token", Value::Null);
    add("collector_token", Value::Null);
    add("time_precision", json!(0));
    add("leader_aggregator_endpoint", json!(""));
    add("task_info", json!(base64(&[0; 256])));
    add("colour", json!("red"));
    assert!(!data.run(&["tasks", "list"]).to_string().contains("leader"), "nothing was taken up");
}

//! Contributions to two aggregators: two processes with data folders and keys of their own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homebody_protocol::dap::{
    self, AggregateShareReq, AggregationJobInitReq, BatchSelector, CollectionJobReq, CollectionJobResp,
    Decode as _, Encode as _, Interval, Message as _, Query, Role, TaskConfiguration,
};
use homebody_protocol::split::{KeyPair, open_aggregate, unshard};

use super::contributions::{CELLS, Device, HOUR, errors, now, split, task_from};
use super::harness::{Server, wait_until};
use super::http::{Answer, send};
use super::pair::{FAST, HELPER, Pair};

fn expected(cells: impl IntoIterator<Item = usize>) -> Vec<i64> {
    let mut expected = vec![0; CELLS];
    cells.into_iter().for_each(|cell| expected[cell % CELLS] += 1);
    expected
}

#[test]
fn six_hundred_reports_are_summed_cell_by_cell() {
    for (name, options) in [("sums", &[][..]), ("transitional", &["--transitional"][..])] {
        let pair = Pair::start(name, 500, options);
        let device = pair.device();
        for at in 0..150 {
            let reports: Vec<_> = (0..4).map(|of| device.seal((at * 4 + of) * 7 % 16, pair.at())).collect();
            let answer = device.upload(pair.leader(), &reports);
            assert_eq!((answer.status, answer.body.len()), (200, 0), "{:?}", answer);
            assert_eq!(answer.header("set-cookie"), None);
        }
        let (reports, cells) = pair.release(0);
        assert_eq!((reports, cells), (600, expected((0..600).map(|at| at * 7 % 16))));
        assert!(pair.try_release(0).unwrap_err().contains("batch_closed"));
        // Both halves and all reports are gone; names stay against replays.
        assert_eq!((Pair::added(&pair.leader_data), Pair::added(&pair.helper_data)), (0, 0));
        assert_eq!(pair.waiting(), 0);
        let late = device.upload(pair.leader(), &[device.seal(1, pair.at())]);
        assert_eq!(errors(&late), [2], "the batch is collected");
    }
}

#[test]
fn reports_that_may_not_count_do_not() {
    let pair = Pair::start("abuse", 20, &[]);
    let device = pair.device();
    let honest: Vec<_> = (0..30).map(|cell| device.seal(cell, pair.at())).collect();
    assert!(errors(&device.upload(pair.leader(), &honest[..8])).is_empty());
    for reports in honest[8..].chunks(8) {
        assert!(errors(&device.upload(pair.leader(), reports)).is_empty());
    }
    // Replayed: told nothing, counted once.
    assert!(errors(&device.upload(pair.leader(), &honest[..8])).is_empty());
    let seal = |change: &dyn Fn(&mut dap::Report)| {
        let mut report = device.seal(0, pair.at());
        change(&mut report);
        report
    };
    let changed = |change: &dyn Fn(&mut TaskConfiguration)| {
        let mut wire = device.wire.clone();
        change(&mut wire);
        Device { wire, ..pair.device() }.seal(0, pair.at())
    };
    let upload = |report| errors(&device.upload(pair.leader(), &[report]));
    assert_eq!(upload(seal(&|report| report.leader_share.payload[50] ^= 1)), [5], "tampered");
    assert_eq!(upload(seal(&|report| report.metadata.time += 1)), [5], "another time");
    assert_eq!(upload(seal(&|report| report.leader_share.config_id ^= 1)), [11], "another key");
    assert_eq!(upload(device.seal(0, now() + 3 * HOUR)), [9], "from the future");
    assert_eq!(upload(device.seal(0, pair.at() - 2 * HOUR)), [3], "before the task");
    assert_eq!(upload(device.seal(0, pair.at() + 40 * HOUR)), [3], "after the task");
    assert_eq!(upload(changed(&|wire| wire.min_batch_size = 1_000)), [5], "it believes a larger batch");
    assert_eq!(upload(changed(&|wire| wire.task_info[0] ^= 1)), [5], "of another task");
    // What only the helper can see: ten that it refuses, and the leader with it.
    for _ in 0..10 {
        assert!(upload(seal(&|report| report.helper_share.payload[20] ^= 1)).is_empty());
    }
    pair.wait_for_aggregation();
    assert_eq!((Pair::added(&pair.leader_data), Pair::added(&pair.helper_data)), (30, 30));
    assert_eq!(pair.release(0), (30, expected(0..30)));
}

#[test]
fn malformed_and_foreign_requests_get_their_problem() {
    let pair = Pair::start("problems", 20, &[]);
    let device = pair.device();
    let problem = |answer: Answer| {
        let kind = answer.json()["type"].as_str().unwrap().to_owned();
        (answer.status, kind.rsplit(':').next().unwrap().to_owned())
    };
    let told = |status: u16, kind: &str| (status, kind.to_owned());
    let upload = |path: &str, kind: &str, body: &[u8]| {
        problem(send(pair.leader(), "POST", path, &[("content-type", kind)], body))
    };
    let kind = dap::UploadRequest::MEDIA_TYPE;
    assert_eq!(upload(&device.path("reports"), kind, b"nonsense"), told(400, "invalidMessage"));
    assert_eq!(upload(&device.path("reports"), "text/plain", b""), told(415, "invalidMessage"));
    let elsewhere = format!("/dap/tasks/{}/reports", URL_SAFE_NO_PAD.encode([7; 32]));
    assert_eq!(upload(&elsewhere, kind, b""), told(404, "unrecognizedTask"));
    let large =
        send(pair.leader(), "POST", &device.path("reports"), &[("content-type", kind)], &[0; 600_000]);
    assert_eq!((large.status, large.problem().as_str()), (413, "body_too_large"));
    // A leader is no helper, and strangers are neither leaders nor collectors.
    let path = device.path("aggregation_jobs");
    assert_eq!(problem(send(pair.leader(), "POST", &path, &[], b"")), told(404, "unrecognizedTask"));
    for (address, path) in [
        (pair.helper_address, path.as_str()),
        (pair.helper_address, &device.path("aggregate_shares")),
        (pair.leader(), &device.path("collection_jobs")),
    ] {
        for token in ["", "Bearer x", "Basic x"] {
            let answer = send(address, "POST", path, &[("authorization", token)], b"");
            assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")));
        }
    }
    let secrets = pair.show()["secrets"].clone();
    let token = format!("Bearer {}", secrets["token"].as_str().unwrap());
    let kind = AggregationJobInitReq::MEDIA_TYPE;
    let headers = [("authorization", token.as_str()), ("content-type", kind)];
    let ask = |body: &[u8]| problem(send(pair.helper_address, "POST", &path, &headers, body));
    assert_eq!(ask(b"\x00"), told(400, "invalidMessage"));
    assert_eq!(ask(b"\0\0\0\0\x01x\0\0"), told(400, "invalidAggregationParameter"));
    assert_eq!(ask(b"\0\0\0\0\0\0\x04\0\x09\0\0"), told(400, "unsupportedExtension"));
    assert_eq!(ask(b"\0\0\0\0\0\0\0"), told(400, "invalidMessage"), "no reports");
    let job = format!("{path}/{}", URL_SAFE_NO_PAD.encode([1; 16]));
    let found = problem(send(pair.helper_address, "GET", &job, &headers, b""));
    assert_eq!(found, told(404, "unrecognizedAggregationJob"));
    // With the signal nothing is taken, and the answer is that of a report that was.
    let report = dap::UploadRequest(vec![device.seal(1, pair.at())]).get_encoded().unwrap();
    let headers = [("content-type", dap::UploadRequest::MEDIA_TYPE), ("sec-gpc", "1")];
    let answer = send(pair.leader(), "POST", &device.path("reports"), &headers, &report);
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(pair.waiting(), 0);
}

#[test]
fn no_sum_of_too_few_leaves_either_aggregator() {
    let pair = Pair::start("few", 20, &[]);
    let device = pair.device();
    for cell in 0..19 {
        assert!(errors(&device.upload(pair.leader(), &[device.seal(cell, pair.at())])).is_empty());
    }
    pair.wait_for_aggregation();
    assert!(pair.try_release(0).unwrap_err().contains("batch_too_small"));
    // A leader that lies about it gets nothing from the helper.
    let secrets = pair.show()["secrets"].clone();
    let token = format!("Bearer {}", secrets["token"].as_str().unwrap());
    let interval = Interval { start: pair.at() / HOUR, duration: 1 };
    let request = |report_count| AggregateShareReq {
        collection: query(interval),
        selector: BatchSelector::TimeInterval(interval),
        report_count,
        checksum: [0; 32],
    };
    let headers = [("authorization", token.as_str()), ("content-type", AggregateShareReq::MEDIA_TYPE)];
    let ask = |request: AggregateShareReq| {
        let body = request.get_encoded().unwrap();
        let answer = send(pair.helper_address, "POST", &device.path("aggregate_shares"), &headers, &body);
        answer.json()["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    };
    assert_eq!(ask(request(20)), "invalidBatchSize");
    assert!(errors(&device.upload(pair.leader(), &[device.seal(1, pair.at())])).is_empty());
    pair.wait_for_aggregation();
    assert_eq!(ask(request(20)), "batchMismatch", "the checksum is not that of the reports");
    let outside = AggregateShareReq {
        selector: BatchSelector::TimeInterval(Interval { duration: 2, ..interval }),
        ..request(20)
    };
    assert_eq!(ask(outside), "batchInvalid");
    assert_eq!(pair.release(0).0, 20);
    assert_eq!(ask(request(20)), "batchOverlap", "once");
}

fn query(interval: Interval) -> CollectionJobReq {
    CollectionJobReq { query: Query::TimeInterval(interval), agg_param: Vec::new(), extensions: Vec::new() }
}

/// A collector elsewhere, by the protocol alone.
#[test]
fn a_collector_elsewhere_gets_what_it_alone_can_open() {
    let collector = KeyPair::derive(&[9; 32], 33);
    let key = URL_SAFE_NO_PAD.encode(collector.config().get_encoded().unwrap());
    let pair = Pair::start("collector", 20, &["--collector", &key]);
    let device = pair.device();
    for cell in 0..25 {
        assert!(errors(&device.upload(pair.leader(), &[device.seal(cell, pair.at())])).is_empty());
    }
    let secrets = pair.show()["secrets"].clone();
    assert!(secrets.get("collector_seed").is_none());
    let token = format!("Bearer {}", secrets["collector_token"].as_str().unwrap());
    let headers = [("authorization", token.as_str()), ("content-type", CollectionJobReq::MEDIA_TYPE)];
    let interval = Interval { start: pair.at() / HOUR, duration: 1 };
    let request = query(interval);
    let begin = |method: &str, path: &str, request: &CollectionJobReq| {
        send(pair.leader(), method, &device.path(path), &headers, &request.get_encoded().unwrap())
    };
    let empty = begin("POST", "collection_jobs", &query(Interval { start: 1, duration: 1 }));
    assert!(empty.text().contains("invalidBatchSize"));
    let begun = begin("POST", "collection_jobs", &request);
    assert!((200..300).contains(&begun.status), "{}", begun.text());
    let location = begun.header("location").unwrap().to_owned();
    assert_eq!(begin("POST", "collection_jobs", &request).header("location"), Some(location.as_str()));
    let mut answer = begun;
    wait_until(|| {
        answer = send(pair.leader(), "GET", &location, &headers, b"");
        !answer.body.is_empty()
    });
    assert_eq!(answer.header("content-type"), Some(CollectionJobResp::MEDIA_TYPE));
    let answer = CollectionJobResp::get_decoded(&answer.body).unwrap();
    assert_eq!((answer.report_count, answer.interval), (25, interval));
    let open =
        |role, sealed| open_aggregate(&collector, role, device.id, &device.wire, &request, sealed).unwrap();
    let (leader, helper) =
        (open(Role::Leader, &answer.leader_share), open(Role::Helper, &answer.helper_share));
    assert_eq!(unshard(&leader, &helper).unwrap(), expected(0..25));
    let wider = begin("POST", "collection_jobs", &query(Interval { start: interval.start - 1, duration: 3 }));
    assert!(wider.text().contains("batchOverlap"));
    let named = begin("PUT", &format!("collection_jobs/{}", URL_SAFE_NO_PAD.encode([5; 16])), &request);
    assert!(named.text().contains("batchOverlap"), "a batch is collected once");
}

/// The helper is away, comes back, both are killed in between: all reports are counted, each once.
#[test]
fn a_helper_that_was_down_is_asked_until_it_answers() {
    let mut pair = Pair::start("down", 20, &[]);
    let device = pair.device();
    let reports: Vec<_> = (0..60).map(|cell| device.seal(cell, pair.at())).collect();
    let upload = |pair: &Pair, reports: &[dap::Report]| {
        reports.chunks(8).for_each(|some| assert!(errors(&device.upload(pair.leader(), some)).is_empty()));
    };
    pair.helper.take().unwrap().kill();
    upload(&pair, &reports[..30]);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(pair.waiting(), 30, "nothing is lost");
    pair.leader.take().unwrap().kill();
    pair.leader = Some(Server::start_with(&pair.leader_data, &[FAST]));
    let address = pair.helper_address.to_string();
    pair.helper = Some(Server::start_at(&pair.helper_data, &address, &[FAST, HELPER]));
    upload(&pair, &reports[30..]);
    // Killed while reports are on their way, wherever that is.
    for _ in 0..3 {
        std::thread::sleep(std::time::Duration::from_millis(120));
        pair.leader.take().unwrap().kill();
        pair.helper.take().unwrap().kill();
        pair.leader = Some(Server::start_with(&pair.leader_data, &[FAST]));
        pair.helper = Some(Server::start_at(&pair.helper_data, &address, &[FAST, HELPER]));
    }
    upload(&pair, &reports);
    assert_eq!(pair.release(0), (60, expected(0..60)));
}

/// Tasks of two parts are summed apart, and names of reports are forgotten with the time they could come again.
#[test]
fn what_is_too_old_is_dropped() {
    let mode = split("https://leader.example/dap/", "https://helper.example/dap/");
    let pair = Pair::of(task_from("old", &mode, 20, now() / HOUR * HOUR - 9 * HOUR), &[]);
    let device = pair.device();
    let old = device.upload(pair.leader(), &[device.seal(1, pair.at())]);
    assert_eq!(errors(&old), [3], "nobody could say any more whether it was counted");
}

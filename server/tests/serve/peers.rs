//! Aggregators whose peers are slow, say nonsense or have no room, and keys that change meanwhile: nothing is lost, nothing
//! is counted twice.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homebody_protocol::dap::{
    self, AggregationJobResp, Dialect, Encode as _, ReportId, VerifyResp, VerifyResult,
};
use homebody_protocol::split::KeyPair;
use homebody_protocol::task::Task;

use super::contributions::{CELLS, HOUR, add, errors, now, plain, post, split, task_from, trusted};
use super::harness::{Data, Server, wait_until};
use super::http::{get, send};
use super::pair::{FAST, HELPER, Pair};

fn expected(cells: impl IntoIterator<Item = usize>) -> Vec<i64> {
    let mut expected = vec![0; CELLS];
    cells.into_iter().for_each(|cell| expected[cell % CELLS] += 1);
    expected
}

/// What stands between a leader and its helper, and how often it was asked.
struct Between {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    /// The helper, once it is let through.
    helper: Arc<Mutex<Option<SocketAddr>>>,
}

impl Between {
    /// Answers nonsense in turn, or nothing at all, until the helper is let through.
    fn start(nonsense: Vec<Option<Vec<u8>>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let between =
            Self { address: listener.local_addr().unwrap(), asked: Arc::default(), helper: Arc::default() };
        let (asked, helper) = (Arc::clone(&between.asked), Arc::clone(&between.helper));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let at = asked.fetch_add(1, Ordering::Relaxed);
                let (stream, through) = (stream.unwrap(), *helper.lock().unwrap());
                let answer = nonsense[at % nonsense.len()].clone();
                std::thread::spawn(move || match through {
                    Some(helper) => pipe(stream, TcpStream::connect(helper).unwrap()),
                    None => say(stream, answer),
                });
            }
        });
        between
    }
}

fn say(mut stream: TcpStream, answer: Option<Vec<u8>>) {
    let Some(body) = answer else {
        // Longer than the leader's patience.
        return std::thread::sleep(Duration::from_secs(2));
    };
    let _request = stream.read(&mut [0; 1 << 16]);
    let head = format!(
        "HTTP/1.1 201 Created\r\ncontent-type: application/ppm-dap;message=aggregation-job-resp\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _gone = stream.write_all(&[head.as_bytes(), &body].concat());
    // What was not read must not reset the connection before the answer is read.
    let _rest = std::io::copy(&mut stream, &mut std::io::sink());
}

fn pipe(from: TcpStream, to: TcpStream) {
    let (mut back_from, mut back_to) = (to.try_clone().unwrap(), from.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ended = std::io::copy(&mut back_from, &mut back_to);
        let _gone = back_to.shutdown(std::net::Shutdown::Both);
    });
    let (mut from, mut to) = (from, to);
    let _ended = std::io::copy(&mut from, &mut to);
}

#[test]
fn a_helper_that_is_slow_or_says_nonsense_is_asked_again() {
    let elsewhere = VerifyResp { report_id: ReportId([9; 16]), result: VerifyResult::Finish };
    let nonsense = vec![
        Some(b"nonsense".to_vec()),
        None,
        Some(AggregationJobResp(vec![elsewhere]).to_bytes(Dialect::Draft18).unwrap()),
        Some(AggregationJobResp(Vec::new()).to_bytes(Dialect::Draft18).unwrap()),
    ];
    let between = Between::start(nonsense);
    let mut pair = Pair::start("nonsense", 20, &["--helper-url", &format!("http://{}/dap", between.address)]);
    pair.leader.take().unwrap().kill();
    let impatient = ("HOMEBODY_COLLECT_HELPER_TIMEOUT_MS", "300");
    pair.leader = Some(Server::start_with(&pair.leader_data, &[FAST, impatient]));
    let device = pair.device();
    let reports: Vec<_> = (0..24).map(|cell| device.seal(cell, pair.at())).collect();
    for some in reports.chunks(8) {
        assert!(errors(&device.upload(pair.leader(), some)).is_empty());
    }
    wait_until(|| between.asked.load(Ordering::Relaxed) >= 4);
    assert_eq!((pair.waiting(), Pair::added(&pair.leader_data)), (24, 0), "nothing lost, nothing added");
    *between.helper.lock().unwrap() = Some(pair.helper_address);
    assert_eq!(pair.release(0), (24, expected(0..24)));
}

/// Either data folder takes nothing for a while: a device is told to come again, a leader asks again.
#[test]
fn a_data_folder_without_room_loses_nothing_and_counts_nothing_twice() {
    let pair = Pair::start("room", 20, &[]);
    let device = pair.device();
    let reports: Vec<dap::Report> = (0..20).map(|cell| device.seal(cell, pair.at())).collect();
    let rename = |data: &Data, from: &str, to: &str| {
        let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
        database.execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
    };
    rename(&pair.leader_data, "uploads", "away");
    let refused = device.upload(pair.leader(), &reports[..8]);
    assert_eq!((refused.status, refused.problem().as_str()), (503, "intake_stuck"));
    assert!(refused.header("retry-after").is_some());
    rename(&pair.leader_data, "away", "uploads");
    rename(&pair.helper_data, "buckets", "away");
    for some in reports.chunks(8) {
        assert!(errors(&device.upload(pair.leader(), some)).is_empty());
    }
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!((pair.waiting(), Pair::added(&pair.leader_data)), (20, 0), "they wait for the helper");
    rename(&pair.helper_data, "away", "buckets");
    assert_eq!(pair.release(0), (20, expected(0..20)));
}

/// Devices keep an aggregator's key for a day, and reports may wait for a helper: what is sealed to a key that another took
/// the place of is opened.
#[test]
fn what_is_sealed_to_a_key_of_before_still_counts() {
    let pair = Pair::start("rotated", 20, &[]);
    let before = pair.device();
    let waiting: Vec<_> = (0..8).map(|cell| before.seal(cell, pair.at())).collect();
    for (data, address) in [(&pair.leader_data, pair.leader()), (&pair.helper_data, pair.helper_address)] {
        let announced = get(address, "/dap/hpke_config").body;
        let rotated = data.run(&["tasks", "rotate-key"]);
        wait_until(|| get(address, "/dap/hpke_config").body != announced);
        assert_eq!(u64::from(get(address, "/dap/hpke_config").body[2]), rotated["key"].as_u64().unwrap());
    }
    let after = pair.device();
    assert_ne!(before.leader, after.leader);
    assert!(errors(&before.upload(pair.leader(), &waiting)).is_empty());
    let fresh: Vec<_> = (8..20).map(|cell| after.seal(cell, pair.at())).collect();
    for some in fresh.chunks(6) {
        assert!(errors(&after.upload(pair.leader(), some)).is_empty());
    }
    assert_eq!(pair.release(0), (20, expected(0..20)));
}

/// Whoever has no task of the key's site is told so, and a task that was closed takes nothing more.
#[test]
fn a_task_of_another_key_is_not_joined_and_a_closed_one_takes_nothing() {
    let pair = Pair::start("closed", 20, &[]);
    let invitation = pair.leader_data.run(&["tasks", "invite", &pair.task.id().to_hex()]);
    let mut forged = invitation.clone();
    forged["site_key"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into();
    let stranger = Data::empty();
    let file = stranger.path().with_file_name("invitation.json");
    std::fs::write(&file, forged.to_string()).unwrap();
    let refused = stranger.try_run(&["tasks", "join", file.to_str().unwrap()], &[]);
    assert!(!refused.status.success());
    add(&stranger, &pair.task, &[]);
    let helper = Server::start_with(&stranger, &[FAST, HELPER]);
    let device = pair.device();
    let answer = send(helper.data, "POST", &device.path("aggregation_jobs"), &[], b"");
    assert!(answer.text().contains("unrecognizedTask"), "a leader is no helper of its own task");
    pair.leader_data.run(&["tasks", "close", &pair.task.id().to_hex()]);
    wait_until(|| errors(&device.upload(pair.leader(), &[device.seal(1, pair.at())])) == [3]);
}

/// A task of six-hour windows whose first is over for nine hours.
fn long_over(name: &str, mode: &str) -> Task {
    let hourly = task_from(name, mode, 20, now() / HOUR * HOUR - 15 * HOUR).canonical();
    Task::from_json(&hourly.replace("\"window_s\":3600", "\"window_s\":21600")).unwrap()
}

/// One sum that the helper refuses for good, and one that a collector elsewhere asks for: all others are released, by the
/// server itself, and learning goes on.
#[test]
fn a_sum_that_cannot_be_released_keeps_back_no_other() {
    let mode = split("https://leader.example/dap/", "https://helper.example/dap/");
    let mut pair = Pair::of(long_over("refused", &mode), &[]);
    let collector = KeyPair::derive(&[9; 32], 33).config().get_encoded().unwrap();
    let collector = URL_SAFE_NO_PAD.encode(collector);
    add(&pair.leader_data, &long_over("elsewhere", &mode), &["--collector", &collector]);
    let others = ["one", "two", "three"].map(|name| long_over(name, &trusted()));
    others.iter().for_each(|task| add(&pair.leader_data, task, &[]));
    wait_until(|| get(pair.leader(), "/v1/tasks").json()["tasks"].as_array().unwrap().len() == 5);
    let device = pair.device();
    for cell in 0..21 {
        assert!(errors(&device.upload(pair.leader(), &[device.seal(cell, pair.at())])).is_empty());
        for task in &others {
            assert_eq!(post(pair.leader(), task, &plain(task, 0, cell)).status, 204);
        }
    }
    pair.wait_for_aggregation();
    // The helper added another set of reports than the leader.
    let database = rusqlite::Connection::open(pair.helper_data.path().join("homebody.db")).unwrap();
    database.execute("UPDATE buckets SET reports = reports - 1", []).unwrap();
    pair.leader.take().unwrap().kill();
    let learning = [("HOMEBODY_TRAIN_ENABLED", "true"), ("HOMEBODY_TRAIN_INTERVAL_MS", "100"), FAST];
    pair.leader = Some(Server::start_with(&pair.leader_data, &learning));
    let server = pair.leader.as_ref().unwrap();
    wait_until(|| server.metric("homebody_unreleased_sums") == 1.0);
    let listed = pair.leader_data.run(&["batches", "list"]);
    let released = listed["releases"].as_array().unwrap();
    assert!(released.len() == 3 && released.iter().all(|release| release["reports"] == 21), "{listed}");
    let refused = listed["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{listed}");
    assert_eq!((&refused[0]["name"], &refused[0]["window"]), (&"refused".into(), &0.into()));
    assert_eq!(refused[0]["code"], "collection_refused");
    assert!(refused[0]["reason"].as_str().unwrap().contains("batchMismatch"), "{listed}");
    let turn = pair.leader_data.run(&["train"]);
    assert_eq!(
        (&turn["outcome"], &turn["unreleased"][0]["name"]),
        (&"nothing_new".into(), &"refused".into())
    );
    let by_hand = pair.leader_data.run(&["batches", "release"]);
    assert_eq!(
        (by_hand["failed"].as_array().unwrap().len(), server.metric("homebody_train_failures_total")),
        (1, 0.0)
    );
}

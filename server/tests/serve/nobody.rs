//! Nobody can be told apart from what is left of them: not from the data folder, its write-ahead log included, and not from
//! a log at its most talkative level. Visitors come from addresses of their own and with headers that are marked.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use homebody_protocol::dap::{Encode as _, Message as _, UploadRequest};

use super::contributions::{Device, add, plain, split, task, trusted};
use super::decisions::addresses;
use super::harness::{Data, homebody, wait_until};
use super::http::{PATIENCE, get, send_on};
use super::pair::{FAST, HELPER};

const VISITORS: usize = 60;

/// A running server that writes down all it can.
struct Watched {
    child: Child,
    address: SocketAddr,
    folder: PathBuf,
    log: PathBuf,
}

impl Watched {
    fn start(data: &Data, env: &[(&str, &str)]) -> Self {
        let log = data.path().with_file_name("log");
        let mut child = homebody()
            .args(["--json", "--data", data.path().to_str().unwrap()])
            .args(["serve", "--listen", "0.0.0.0:0", "--admin-listen", "127.0.0.1:0"])
            .envs([("HOMEBODY_LOG_LEVEL", "debug"), ("HOMEBODY_TRAIN_ENABLED", "false"), FAST])
            .envs([("HOMEBODY_LIMITS_WATCH_INTERVAL_MS", "50")])
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let [mut address, _] = addresses(&mut child);
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Self { child, address, folder: data.path(), log }
    }

    /// Every byte in the folder and the log, now.
    fn left(&self) -> Vec<u8> {
        let mut left = fs::read(&self.log).unwrap();
        read_all(&self.folder, &mut left);
        left
    }

    /// The same after it has ended in order, when everything is written.
    fn ended(mut self) -> Vec<u8> {
        let kill = std::process::Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(kill.unwrap().success());
        self.child.wait().unwrap();
        self.left()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

fn read_all(folder: &Path, left: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => read_all(&path, left),
            // A file may go in between: then nothing is left in it.
            false => left.extend(fs::read(path).unwrap_or_default()),
        }
    }
}

/// A visitor, with all that a browser or a proxy might tell of one.
struct Visitor {
    source: Ipv4Addr,
    marks: Vec<(&'static str, String)>,
}

impl Visitor {
    fn new(number: usize) -> Self {
        let names = [
            "x-forwarded-for",
            "forwarded",
            "x-real-ip",
            "cf-connecting-ip",
            "via",
            "user-agent",
            "cookie",
            "referer",
            "origin",
            "accept-language",
            "authorization",
            "sec-ch-ua",
            "dnt",
            "x-request-id",
            "traceparent",
        ];
        let mark = |name: &&'static str| (*name, format!("mark-{number}-{name}-7f3a"));
        Self {
            source: Ipv4Addr::new(127, 77, (number / 200) as u8, (number % 200 + 1) as u8),
            marks: names.iter().map(mark).collect(),
        }
    }

    fn post(&self, address: SocketAddr, path: &str, kind: &str, body: &[u8]) -> u16 {
        let mut headers: Vec<(&str, &str)> =
            self.marks.iter().map(|(name, mark)| (*name, mark.as_str())).collect();
        headers.push(("content-type", kind));
        let answer = send_on(self.connect(address), "POST", path, &headers, body);
        assert_eq!(answer.header("set-cookie"), None);
        answer.status
    }

    /// From the visitor's own address.
    fn connect(&self, address: SocketAddr) -> TcpStream {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::new(IpAddr::V4(self.source), 0)).unwrap();
            socket.connect(address).await.unwrap().into_std().unwrap()
        });
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Whatever of the visitor is in the bytes.
    fn found(&self, left: &[u8]) -> Option<String> {
        let marks = self.marks.iter().map(|(_, mark)| mark.clone());
        marks
            .chain([format!("{}:", self.source), self.source.to_string()])
            .find(|mark| holds(left, mark.as_bytes()))
    }
}

fn holds(left: &[u8], needle: &[u8]) -> bool {
    left.windows(needle.len()).any(|window| window == needle)
}

fn nothing_of(visitors: &[Visitor], left: &[u8]) {
    // One search for what all marks share; the exact one is for the message.
    for common in ["-7f3a", "127.77."] {
        if holds(left, common.as_bytes()) {
            panic!("left: {:?}", visitors.iter().find_map(|visitor| visitor.found(left)));
        }
    }
}

#[test]
fn contributions_leave_no_address_header_or_vector() {
    let (data, task) = (Data::empty(), task("nobody", &trusted(), 20));
    add(&data, &task, &[]);
    let server = Watched::start(&data, &[]);
    let path = format!("/v1/reports/{}", task.id().to_hex());
    let visitors: Vec<Visitor> = (0..VISITORS).map(Visitor::new).collect();
    for (number, visitor) in visitors.iter().enumerate() {
        let bytes = "application/octet-stream";
        assert_eq!(visitor.post(server.address, &path, bytes, &plain(&task, 0, number)), 204);
        // What is refused may not be written down either, nor what stands in the address.
        assert_eq!(visitor.post(server.address, &path, bytes, visitor.marks[0].1.as_bytes()), 400);
        assert_eq!(visitor.post(server.address, &format!("/v1/{}", visitor.marks[1].1), bytes, b""), 404);
    }
    let running = server.left();
    assert!(server.folder.join("homebody.db-wal").exists(), "the write-ahead log is among what was read");
    let ended = server.ended();
    for left in [&running, &ended] {
        assert!(holds(left, task.id().to_hex().as_bytes()), "the files are read");
        assert!(holds(left, b"listening"), "and so is the log");
        nothing_of(&visitors, left);
        assert!(!holds(left, b"HBRP"), "no report is kept");
    }
    assert_eq!(data.run(&["batches", "list"])["batches"][0]["reports"], VISITORS);
}

#[test]
fn halves_leave_no_address_or_header_at_either_aggregator() {
    let (leader_data, helper_data) = (Data::empty(), Data::empty());
    let task = task("nobody", &split("https://leader.example/dap/", "https://helper.example/dap/"), 20);
    let helper = Watched::start(&helper_data, &[HELPER]);
    add(&leader_data, &task, &["--helper-url", &format!("http://{}/dap", helper.address)]);
    let invitation = leader_data.run(&["tasks", "invite", &task.id().to_hex()]);
    let file = helper_data.path().with_file_name("invitation.json");
    fs::write(&file, invitation.to_string()).unwrap();
    helper_data.run(&["tasks", "join", file.to_str().unwrap()]);
    let leader = Watched::start(&leader_data, &[]);
    wait_until(|| get(helper.address, "/dap/hpke_config").status == 200);
    let device = Device::of(&task, leader.address, helper.address);
    let visitors: Vec<Visitor> = (0..VISITORS).map(Visitor::new).collect();
    for (number, visitor) in visitors.iter().enumerate() {
        let report = device.seal(number, u64::from(task.starts_at) + 60);
        let body = UploadRequest(vec![report]).get_encoded().unwrap();
        let path = device.path("reports");
        assert_eq!(visitor.post(leader.address, &path, UploadRequest::MEDIA_TYPE, &body), 200);
        assert_ne!(visitor.post(leader.address, &path, "text/plain", visitor.marks[0].1.as_bytes()), 200);
    }
    let database = rusqlite::Connection::open(helper_data.path().join("homebody.db")).unwrap();
    let added = "SELECT coalesce(sum(reports), 0) FROM buckets";
    wait_until(|| database.query_row(added, [], |row| row.get::<_, usize>(0)).unwrap() == VISITORS);
    // Times are in hours.
    let finest: u64 = database.query_row("SELECT max(time) FROM aggregated", [], |row| row.get(0)).unwrap();
    assert_eq!(finest, u64::from(task.starts_at) / 3_600);
    drop(database);
    for server in [leader, helper] {
        let running = server.left();
        nothing_of(&visitors, &running);
        let ended = server.ended();
        assert!(holds(&ended, task.id().to_hex().as_bytes()), "the files are read");
        nothing_of(&visitors, &ended);
    }
}

#[test]
fn every_report_of_a_task_is_as_long_as_any_other() {
    let local = "{ \"local\": { \"answer\": \"randomised_response\", \"micro_epsilon\": 4000000 } }";
    for mode in [trusted(), local.to_owned()] {
        let task = task("length", &mode, 20);
        let lengths = (0..17).map(|cell| {
            use homebody_protocol::report::{Body, Report};
            let body = match mode == local {
                true => Body::Cell(cell),
                false => Body::Vector(super::contributions::one_hot(cell as usize)),
            };
            Report { part: task.id().part(0), window: cell, nonce: [cell as u8; 16], body }.write(&task).len()
        });
        let lengths: std::collections::BTreeSet<usize> = lengths.collect();
        assert_eq!(lengths.len(), 1, "{lengths:?}");
    }
    let data = Data::empty();
    let server = Watched::start(&data, &[HELPER]);
    let task = task("length", &split("https://leader.example/dap/", "https://helper.example/dap/"), 20);
    let device = Device::of(&task, server.address, server.address);
    let lengths =
        (0..17).map(|cell| device.seal(cell, u64::from(task.starts_at)).get_encoded().unwrap().len());
    let lengths: std::collections::BTreeSet<usize> = lengths.collect();
    assert_eq!(lengths.len(), 1, "{lengths:?}");
}

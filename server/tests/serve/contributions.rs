//! Tasks and reports for tests of the collector.

use std::fs;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use getrandom::SysRng;
use getrandom::rand_core::{Rng as _, UnwrapErr};
use homebody_protocol::dap::{
    self, Decode as _, Encode as _, HpkeConfigList, Message as _, TaskConfiguration, TaskId, UploadErrors,
    UploadRequest,
};
use homebody_protocol::report::{Body, Report};
use homebody_protocol::split::{Recipients, configuration, seal_report};
use homebody_protocol::task::Task;

use super::harness::Data;
use super::http::{Answer, get, send};

pub(crate) const HOUR: u64 = 3_600;

/// Cells of the tasks below: 16, and one for who has nothing to say.
pub(crate) const CELLS: usize = 17;

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// So little noise that its draws are 0 but once in 10²¹.
const QUIET: &str = "{ \"gaussian\": { \"milli_sigma\": 100 } }";

pub(crate) fn trusted() -> String {
    format!("{{ \"trusted\": {{ \"noise\": {QUIET} }} }}")
}

pub(crate) fn split(leader: &str, helper: &str) -> String {
    format!(
        "{{ \"split\": {{ \"noise\": {QUIET}, \"aggregators\": {{ \"leader\": \"{leader}\", \"helper\": \
         \"{helper}\", \"helper_operator\": \"Partner\" }} }} }}"
    )
}

/// One cell of 17, asked by the hour: windows 0 and 1 are over, 2 is running.
pub(crate) fn task(name: &str, mode: &str, min_batch_size: u32) -> Task {
    task_from(name, mode, min_batch_size, now() / HOUR * HOUR - 2 * HOUR)
}

pub(crate) fn task_from(name: &str, mode: &str, min_batch_size: u32, starts_at: u64) -> Task {
    let text = format!(
        "{{ \"format\": 1, \"site\": \"localhost\", \"name\": \"{name}\", \"description\": \"A test.\",
            \"purpose\": \"measure\", \"measurement\": {{ \"calibration\": {{ \"bins\": 8 }} }},
            \"length\": {CELLS}, \"bound\": \"one_hot\", \"mode\": {mode}, \"micro_rho\": 4000000000,
            \"window_s\": 3600, \"time_precision_s\": 3600, \"min_batch_size\": {min_batch_size},
            \"starts_at\": {starts_at}, \"ends_at\": {} }}",
        starts_at + 24 * HOUR
    );
    Task::from_json(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Takes a task up by the command line.
pub(crate) fn add(data: &Data, task: &Task, options: &[&str]) {
    let file = data.path().with_file_name(format!("{}.json", task.name));
    fs::write(&file, task.canonical()).unwrap();
    let added = data.run(&[&["tasks", "add", file.to_str().unwrap()], options].concat());
    assert_eq!(added["task"], task.id().to_hex());
}

pub(crate) fn one_hot(cell: usize) -> Vec<u32> {
    (0..CELLS).map(|at| u32::from(at == cell % CELLS)).collect()
}

/// A report of a `trusted` task.
pub(crate) fn plain(task: &Task, window: u32, cell: usize) -> Vec<u8> {
    report(task, window, one_hot(cell)).write(task)
}

/// A report of any vector.
pub(crate) fn report(task: &Task, window: u32, vector: Vec<u32>) -> Report {
    let mut nonce = [0; 16];
    UnwrapErr(SysRng).fill_bytes(&mut nonce);
    Report { part: task.id().part(0), window, nonce, body: Body::Vector(vector) }
}

/// A task in six-hour windows of which 0 is over for eleven hours and 1 for five: both take reports.
pub(crate) fn six_hourly(name: &str, mode: &str, about: &str) -> Task {
    let starts_at = now() / HOUR * HOUR - 17 * HOUR;
    let text = format!(
        "{{ \"format\": 1, \"site\": \"localhost\", \"name\": \"{name}\", \"description\": \"A test.\",
            \"purpose\": \"contribute\", {about}, \"mode\": {mode}, \"micro_rho\": 4000000000,
            \"window_s\": 21600, \"time_precision_s\": 3600, \"min_batch_size\": 20,
            \"starts_at\": {starts_at}, \"ends_at\": {} }}",
        starts_at + 24 * HOUR
    );
    Task::from_json(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// `measurement`, `length` and `bound` of which items of a head are wanted, one at the most.
pub(crate) fn wanted(keys: usize) -> String {
    let numbers: Vec<String> = (1..=keys).map(|key| key.to_string()).collect();
    format!(
        "\"measurement\": {{ \"popularity\": {{ \"head\": {{ \"of\": \"items\", \"id_seed\": 0, \"keys\": [{}] }} }} }},
         \"length\": {}, \"bound\": \"one_hot\"",
        numbers.join(","),
        keys + 1
    )
}

pub(crate) fn post(address: SocketAddr, task: &Task, report: &[u8]) -> Answer {
    send(address, "POST", &format!("/v1/reports/{}", task.id().to_hex()), &[], report)
}

/// What a device knows of a `split` task.
pub(crate) struct Device {
    pub(crate) id: TaskId,
    pub(crate) wire: TaskConfiguration,
    pub(crate) leader: HpkeConfigList,
    pub(crate) helper: HpkeConfigList,
}

impl Device {
    pub(crate) fn of(task: &Task, leader: SocketAddr, helper: SocketAddr) -> Self {
        Self::of_part(task, 0, leader, helper)
    }

    pub(crate) fn of_part(task: &Task, part: u32, leader: SocketAddr, helper: SocketAddr) -> Self {
        let (id, wire) = configuration(task, part).unwrap();
        let keys = |address| HpkeConfigList::get_decoded(&get(address, "/dap/hpke_config").body).unwrap();
        Self { id, wire, leader: keys(leader), helper: keys(helper) }
    }

    /// A report of a cell, at a time in seconds.
    pub(crate) fn seal(&self, cell: usize, at: u64) -> dap::Report {
        self.seal_vector(&one_hot(cell), at)
    }

    pub(crate) fn seal_vector(&self, vector: &[u32], at: u64) -> dap::Report {
        let recipients =
            Recipients { leader: self.leader.best().unwrap(), helper: self.helper.best().unwrap() };
        let rng = &mut UnwrapErr(SysRng);
        seal_report(self.id, &self.wire, vector, at / HOUR, recipients, rng).unwrap()
    }

    /// The address of the task's resources.
    pub(crate) fn path(&self, rest: &str) -> String {
        use base64::Engine as _;
        let id = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.id.0);
        format!("/dap/tasks/{id}/{rest}")
    }

    pub(crate) fn upload(&self, address: SocketAddr, reports: &[dap::Report]) -> Answer {
        let body = UploadRequest(reports.to_vec()).get_encoded().unwrap();
        let headers = [("content-type", UploadRequest::MEDIA_TYPE)];
        send(address, "POST", &self.path("reports"), &headers, &body)
    }
}

/// The errors of an upload, by their codes.
pub(crate) fn errors(answer: &Answer) -> Vec<u8> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let UploadErrors(errors) = UploadErrors::get_decoded(&answer.body).unwrap();
    errors.iter().map(|status| status.error as u8).collect()
}

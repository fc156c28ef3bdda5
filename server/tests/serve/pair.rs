//! A leader and its helper: two processes with data folders and keys of their own.

use std::net::SocketAddr;

use homebody_protocol::task::Task;

use super::contributions::{Device, add, split, task};
use super::harness::{Data, Server, wait_until, wait_within};
use super::http::{PATIENCE, send};

pub(crate) const FAST: (&str, &str) = ("HOMEBODY_COLLECT_JOB_INTERVAL_MS", "50");
pub(crate) const HELPER: (&str, &str) = ("HOMEBODY_COLLECT_HELPER", "true");

/// A leader and its helper.
pub(crate) struct Pair {
    pub(crate) leader_data: Data,
    pub(crate) helper_data: Data,
    pub(crate) leader: Option<Server>,
    pub(crate) helper: Option<Server>,
    pub(crate) helper_address: SocketAddr,
    pub(crate) task: Task,
}

impl Pair {
    /// Starts both with a task of one cell of many.
    pub(crate) fn start(name: &str, min_batch_size: u32, options: &[&str]) -> Self {
        let mode = split("https://leader.example/dap/", "https://helper.example/dap/");
        Self::of(task(name, &mode, min_batch_size), options)
    }

    pub(crate) fn of(task: Task, options: &[&str]) -> Self {
        let (leader_data, helper_data) = (Data::empty(), Data::empty());
        let helper = Server::start_with(&helper_data, &[FAST, HELPER]);
        let helper_address = helper.data;
        let url = format!("http://{helper_address}/dap");
        let direct = ["--helper-url", url.as_str()];
        let way = if options.contains(&"--helper-url") { &[][..] } else { &direct[..] };
        add(&leader_data, &task, &[way, options].concat());
        let invitation = leader_data.run(&["tasks", "invite", &task.id().to_hex()]);
        let file = helper_data.path().with_file_name("invitation.json");
        std::fs::write(&file, invitation.to_string()).unwrap();
        let joined = helper_data.run(&["tasks", "join", file.to_str().unwrap()]);
        assert_eq!(joined["role"], "helper");
        let leader = Server::start_with(&leader_data, &[FAST]);
        let pair = Self {
            leader_data,
            helper_data,
            leader: Some(leader),
            helper: Some(helper),
            helper_address,
            task,
        };
        // The helper takes a joined task over when it looks for it next.
        let device = pair.device();
        wait_until(|| {
            let path = device.path("aggregation_jobs");
            send(helper_address, "POST", &path, &[], b"").status == 401
        });
        pair
    }

    pub(crate) fn leader(&self) -> SocketAddr {
        self.leader.as_ref().unwrap().data
    }

    pub(crate) fn device(&self) -> Device {
        Device::of(&self.task, self.leader(), self.helper_address)
    }

    /// A time in window 0, which is over.
    pub(crate) fn at(&self) -> u64 {
        u64::from(self.task.starts_at) + 60
    }

    pub(crate) fn show(&self) -> serde_json::Value {
        self.leader_data.run(&["tasks", "show", &self.task.id().to_hex()])
    }

    pub(crate) fn try_release(&self, window: u32) -> Result<serde_json::Value, String> {
        let (id, window) = (self.task.id().to_hex(), window.to_string());
        let output =
            self.leader_data.try_run(&["batches", "release", "--task", &id, "--window", &window], &[]);
        match output.status.success() {
            true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Waits until both aggregators are done with a window.
    pub(crate) fn release(&self, window: u32) -> (u64, Vec<i64>) {
        let mut released = serde_json::Value::Null;
        // A helper that was down is asked ever more rarely.
        wait_within(3 * PATIENCE, || {
            let value = self.try_release(window).unwrap();
            released = value["released"][0].clone();
            !released.is_null()
        });
        let cells = released["cells"].as_array().unwrap().iter().map(|cell| cell.as_i64().unwrap());
        (released["reports"].as_u64().unwrap(), cells.collect())
    }

    fn database(data: &Data) -> rusqlite::Connection {
        rusqlite::Connection::open(data.path().join("homebody.db")).unwrap()
    }

    /// Waits until no report is on its way.
    pub(crate) fn wait_for_aggregation(&self) {
        wait_until(|| self.waiting() == 0);
    }

    pub(crate) fn waiting(&self) -> u64 {
        let sql = "SELECT count(*) FROM uploads WHERE report IS NOT NULL";
        Self::database(&self.leader_data).query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn added(data: &Data) -> u64 {
        let sql = "SELECT coalesce(sum(reports), 0) FROM buckets";
        Self::database(data).query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

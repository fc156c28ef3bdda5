//! A site's processes: the real binary, with data folders that go when the run ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use homebody_device::contribute::Contribution;
use homebody_protocol::dap::{
    Decode as _, Encode as _, HpkeConfigList, Message as _, UploadErrors, UploadRequest,
};
use homebody_protocol::manifest::{Envelope, Manifest};
use homebody_protocol::split::{Recipients, configuration, seal_report};
use homebody_protocol::task::{Mode, SignedTask, Task};
use serde_json::Value;

use super::http::Client;
use super::world::World;

/// Until what was taken up is offered, and what is asked is released.
const PATIENCE: Duration = Duration::from_secs(600);
const PAUSE: Duration = Duration::from_millis(100);

/// One party: its data folder, its command line, and its server while it runs.
#[derive(Debug)]
pub struct Party {
    binary: PathBuf,
    folder: tempfile::TempDir,
    server: Option<(Child, SocketAddr)>,
}

/// The binary: the one that the variable names, or the one beside this program.
///
/// # Errors
/// When there is none.
pub fn binary() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("HOMEBODY_BIN") {
        return Ok(PathBuf::from(named));
    }
    let this = std::env::current_exe().context("where this program is")?;
    // A test is one folder deeper.
    let folders = this.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join(format!("homebody{}", std::env::consts::EXE_SUFFIX)));
    found.into_iter().find(|path| path.is_file()).context(
        "no `homebody` beside this program; build it with `cargo build -p homebody-server`, or name it in HOMEBODY_BIN",
    )
}

impl Party {
    /// A party with nothing.
    ///
    /// # Errors
    /// When there is no folder to be had.
    pub fn new(binary: &Path) -> Result<Self> {
        let folder = tempfile::tempdir().context("a data folder")?;
        fs::write(folder.path().join("homebody.toml"), "site = \"localhost\"\n")?;
        Ok(Self { binary: binary.to_owned(), folder, server: None })
    }

    /// Imports the catalogue of a world and publishes it.
    ///
    /// # Errors
    /// As the commands say.
    pub fn publish(&self, world: &World) -> Result<()> {
        let size = world.data.items.len();
        let config = format!("site = \"localhost\"\n[[placements]]\nname = \"home\"\nsize = {size}\n");
        fs::write(self.folder.path().join("homebody.toml"), config)?;
        let line = |item: &crate::items::Item| {
            serde_json::json!({ "id": item.id, "title": item.id }).to_string() + "\n"
        };
        let lines: String = world.data.items.iter().map(line).collect();
        self.run_on("import", &["catalog"], "items.jsonl", &lines)?;
        self.run(&["publish"]).map(|_| ())
    }

    /// Takes a task up.
    ///
    /// # Errors
    /// As the command says.
    pub fn add(&self, task: &Task, options: &[&str]) -> Result<()> {
        let file = format!("{}.json", task.name);
        let arguments = [&["add"], options].concat();
        self.run_on("tasks", &arguments, &file, &task.canonical()).map(|_| ())
    }

    /// Becomes the helper of a leader's task.
    ///
    /// # Errors
    /// As the commands say.
    pub fn joins(&self, leader: &Self, task: &Task) -> Result<()> {
        let invitation = leader.run(&["tasks", "invite", &task.id().to_hex()])?;
        self.run_on("tasks", &["join"], "invitation.json", &invitation.to_string()).map(|_| ())
    }

    /// Starts the server.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn serve(&mut self, env: &[(&str, &str)]) -> Result<SocketAddr> {
        let mut command =
            self.command(&["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        let always = [
            ("HOMEBODY_LIMITS_WATCH_INTERVAL_MS", "100"),
            ("HOMEBODY_COLLECT_JOB_INTERVAL_MS", "100"),
            ("HOMEBODY_LOG_LEVEL", "error"),
            // The run takes the steps, when all have contributed.
            ("HOMEBODY_TRAIN_ENABLED", "false"),
        ];
        command.envs(always).envs(env.iter().copied());
        let mut child = command.stdout(Stdio::piped()).spawn().context("the server does not start")?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let told: Value = serde_json::from_str(&line).context("the server does not say where it listens")?;
        let url = told["listening"]["data"].as_str().and_then(|url| url.strip_prefix("http://"));
        let address = url.context("no address")?.parse()?;
        self.server = Some((child, address));
        Ok(address)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When it does not.
    pub fn address(&self) -> Result<SocketAddr> {
        self.server.as_ref().map(|(_, address)| *address).context("the server is not started")
    }

    /// The tasks that devices are offered, once there are these.
    ///
    /// # Errors
    /// When they are not offered in time.
    pub fn offered(&self, names: &[&str]) -> Result<Vec<Task>> {
        #[derive(serde::Deserialize)]
        struct Offer {
            tasks: Vec<SignedTask>,
        }
        let mut client = Client::new(self.address()?);
        let started = Instant::now();
        loop {
            let offer: Offer = serde_json::from_slice(&client.get("/v1/tasks")?)?;
            let tasks = offer.tasks.iter().map(|signed| Task::from_json(&signed.payload));
            let tasks = tasks.collect::<Result<Vec<Task>, _>>().context("what is offered")?;
            let named = names.iter().map(|name| tasks.iter().find(|task| task.name == *name).cloned());
            if let Some(named) = named.collect::<Option<Vec<Task>>>() {
                return Ok(named);
            }
            if started.elapsed() > PATIENCE {
                bail!("the tasks {names:?} are not offered");
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Releases all that is due until there are so many releases; what they are.
    ///
    /// # Errors
    /// When there are not in time.
    pub fn released(&self, count: usize) -> Result<Vec<Value>> {
        let started = Instant::now();
        loop {
            self.run(&["batches", "release"])?;
            let list = self.run(&["batches", "list"])?;
            let releases = list["releases"].as_array().cloned().unwrap_or_default();
            if releases.len() >= count {
                return Ok(releases);
            }
            if started.elapsed() > PATIENCE {
                bail!("{} of {count} sums are released: {list}", releases.len());
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// What is published as of now, through the front door.
    ///
    /// # Errors
    /// When it is not served.
    pub fn manifest(&self) -> Result<Manifest> {
        let envelope: Envelope =
            serde_json::from_slice(&Client::new(self.address()?).get("/v1/manifest.json")?)?;
        Manifest::parse(&envelope.payload).context("the manifest")
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// When it is not served.
    pub fn blob(&self, sha256: &str) -> Result<Vec<u8>> {
        Client::new(self.address()?).get(&format!("/v1/blobs/{sha256}"))
    }

    /// The pool of a version, once it is served.
    ///
    /// # Errors
    /// When it is not in time.
    pub fn pool(&self, version: u64) -> Result<Vec<u8>> {
        let started = Instant::now();
        loop {
            let manifest = self.manifest()?;
            if u64::from(manifest.version) >= version {
                let home = manifest.placements.get("home").context("no placement `home`")?;
                return self.blob(&home.sha256);
            }
            if started.elapsed() > PATIENCE {
                bail!("version {version} is not served");
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Runs a command; its JSON result.
    ///
    /// # Errors
    /// What it prints when it fails.
    pub fn run(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).output().context("the binary does not run")?;
        if !output.status.success() {
            bail!("homebody {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        serde_json::from_slice(&output.stdout).context("its answer")
    }

    fn run_on(&self, command: &str, arguments: &[&str], file: &str, text: &str) -> Result<Value> {
        let path = self.folder.path().join(file);
        fs::write(&path, text)?;
        let path = path.display().to_string();
        let (verb, options) = arguments.split_first().context("a command")?;
        self.run(&[&[command, verb, &path], options].concat())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        // Deaf to the variables of whoever runs this.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HOMEBODY_")) {
            command.env_remove(name);
        }
        let folder = self.folder.path();
        command.env("HOMEBODY_TRAIN_MIN_BATCH_SIZE", "100");
        // What is promoted is everybody's at once: nobody waits here for weeks.
        command.envs([("HOMEBODY_TRAIN_WATCH_DAYS", "0"), ("HOMEBODY_TRAIN_RAMP_DAYS", "0")]);
        command.arg("--json").arg("--config").arg(folder.join("homebody.toml"));
        command.arg("--data").arg(folder.join("data")).args(arguments);
        command
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.server {
            // It may have ended by itself.
            let _gone = child.kill();
            let _ended = child.wait();
        }
    }
}

/// Where a device posts what it says.
#[derive(Debug)]
pub struct Door {
    client: Client,
    /// Keys of leader and helper, for `split`.
    keys: Option<[HpkeConfigList; 2]>,
}

impl Door {
    /// To one server, or to leader and helper.
    ///
    /// # Errors
    /// When an aggregator does not announce its key.
    pub fn open(leader: SocketAddr, helper: Option<SocketAddr>) -> Result<Self> {
        let keys = |address| -> Result<HpkeConfigList> {
            let body = Client::new(address).get("/dap/hpke_config")?;
            HpkeConfigList::get_decoded(&body).ok().context("no keys to seal to")
        };
        let keys = helper.map(|helper| Ok::<_, anyhow::Error>([keys(leader)?, keys(helper)?])).transpose()?;
        Ok(Self { client: Client::new(leader), keys })
    }

    /// Posts a contribution in the way of its task's mode.
    ///
    /// # Errors
    /// When it is not taken.
    pub fn post(&mut self, task: &Task, said: &Contribution) -> Result<()> {
        match task.mode {
            Mode::Split { .. } => self.post_sealed(task, said.part, said.window, &said.vector),
            _ => self.post_plain(task, &said.report(task)),
        }
    }

    /// Posts the bytes of a report of a `trusted` or `local` task.
    ///
    /// # Errors
    /// When it is not taken.
    pub fn post_plain(&mut self, task: &Task, report: &[u8]) -> Result<()> {
        let path = format!("/v1/reports/{}", task.id().to_hex());
        self.client.post(&path, "application/octet-stream", report).map(|_| ())
    }

    /// Proves a vector, seals its halves and posts them.
    ///
    /// # Errors
    /// When it is not taken.
    pub fn post_sealed(&mut self, task: &Task, part: u32, window: u32, vector: &[u32]) -> Result<()> {
        let (id, wire) = configuration(task, part).context("not a `split` task")?;
        let [leader, helper] = self.keys.as_ref().context("no keys of a helper")?;
        let (leader, helper) = leader.best().zip(helper.best()).context("no key that can be sealed to")?;
        let time = task.window_starts_at(window) / u64::from(task.time_precision_s);
        let rng = &mut UnwrapErr(SysRng);
        let report = seal_report(id, &wire, vector, time, Recipients { leader, helper }, rng)?;
        let body = UploadRequest(vec![report]).get_encoded().ok().context("a report that is too long")?;
        let path = format!("/dap/tasks/{}/reports", URL_SAFE_NO_PAD.encode(id.0));
        let answer = self.client.post(&path, UploadRequest::MEDIA_TYPE, &body)?;
        let refused = UploadErrors::get_decoded(&answer.body).ok().is_some_and(|errors| !errors.0.is_empty());
        if refused { bail!("a report is refused: {:?}", answer.body) } else { Ok(()) }
    }
}

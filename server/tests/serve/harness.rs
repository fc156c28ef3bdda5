//! Starts the binary and makes data for it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::http::{self, PATIENCE};

/// A folder for one test.
pub(crate) struct Data {
    folder: Arc<tempfile::TempDir>,
}

impl Data {
    /// An empty data folder.
    pub(crate) fn empty() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().unwrap()) }
    }

    /// A data folder with an imported catalogue of `items` and one publication.
    pub(crate) fn published(items: usize) -> Self {
        let data = Self::empty();
        data.import(items, "first");
        data.publish();
        data
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Replaces the catalogue; `edition` makes its bytes differ.
    pub(crate) fn import(&self, items: usize, edition: &str) {
        let file = self.folder.path().join("items.jsonl");
        fs::write(&file, catalog(items, edition)).unwrap();
        self.run(&["import", "catalog", file.to_str().unwrap()]);
    }

    /// Publishes and returns the version.
    pub(crate) fn publish(&self) -> u64 {
        self.run(&["publish"])["version"].as_u64().unwrap()
    }

    /// Runs a command that must do well; its JSON result.
    pub(crate) fn run(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a command, however it ends.
    pub(crate) fn try_run(&self, arguments: &[&str], env: &[(&str, &str)]) -> Output {
        self.command(arguments).envs(env.iter().copied()).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = homebody();
        command.arg("--json").arg("--data").arg(self.path()).args(arguments);
        command
    }
}

/// The binary, deaf to the variables of whoever runs the tests.
pub(crate) fn homebody() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homebody"));
    let ours = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("HOMEBODY_"));
    for name in ours {
        command.env_remove(name);
    }
    command
}

/// A catalogue of JSON lines.
pub(crate) fn catalog(items: usize, edition: &str) -> String {
    let line = |item: usize| {
        format!(
            "{{\"id\":\"i{item}\",\"title\":\"Item {item} ({edition})\",\"category\":\"c{}\",\"price\":{}.5}}\n",
            item % 7,
            item + 1
        )
    };
    (0..items).map(line).collect()
}

/// A running server; ended when dropped.
pub(crate) struct Server {
    child: Child,
    /// The folder stays as long as the server runs.
    _folder: Arc<tempfile::TempDir>,
    pub(crate) data: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl Server {
    pub(crate) fn start(data: &Data) -> Self {
        Self::start_with(data, &[])
    }

    /// Starts it with variables and waits until it listens.
    pub(crate) fn start_with(data: &Data, env: &[(&str, &str)]) -> Self {
        Self::start_at(data, "127.0.0.1:0", env)
    }

    /// Starts it at an address.
    pub(crate) fn start_at(data: &Data, listen: &str, env: &[(&str, &str)]) -> Self {
        let mut command = data.command(&["serve", "--listen", listen, "--admin-listen", "127.0.0.1:0"]);
        command.env("HOMEBODY_LIMITS_WATCH_INTERVAL_MS", "50").env("HOMEBODY_LOG_LEVEL", "error");
        // Tests release and learn themselves, at a moment of their own.
        command.env("HOMEBODY_TRAIN_ENABLED", "false");
        command.envs(env.iter().copied());
        Self::spawn(command, data)
    }

    /// Starts it so that it can write no file beyond so many blocks of 512 bytes: a disk that is full.
    pub(crate) fn start_cramped(data: &Data, blocks: u32) -> Self {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let serve = data.command(&["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        command.arg("-c").arg(script).arg(serve.get_program()).args(serve.get_args());
        command.env("HOMEBODY_LOG_LEVEL", "error").env("HOMEBODY_TRAIN_ENABLED", "false");
        Self::spawn(command, data)
    }

    fn spawn(mut command: Command, data: &Data) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let listening: serde_json::Value = serde_json::from_str(&line).expect("the server starts");
        let address = |plane: &str| {
            let url = listening["listening"][plane].as_str().unwrap();
            url.strip_prefix("http://").unwrap().parse().unwrap()
        };
        Self { data: address("data"), admin: address("admin"), child, _folder: Arc::clone(&data.folder) }
    }

    /// Ends it without warning, as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let status = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// Waits until the process is gone; its exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until `version` is served.
    pub(crate) fn wait_for_version(&self, version: u64) {
        wait_until(|| served_version(self.data) == Some(version));
    }

    /// The value of a metric.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = http::get(self.admin, "/metrics").text();
        let line = text.lines().find(|line| line.split(' ').next() == Some(name));
        let line = line.unwrap_or_else(|| panic!("no {name} in {text}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

pub(crate) fn wait_until(done: impl FnMut() -> bool) {
    wait_within(PATIENCE, done);
}

pub(crate) fn wait_within(patience: Duration, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < patience, "it does not come to pass");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The manifest inside the envelope.
pub(crate) fn manifest(address: SocketAddr) -> serde_json::Value {
    let answer = http::get(address, "/v1/manifest.json");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let envelope = answer.json();
    serde_json::from_str(envelope["payload"].as_str().unwrap()).unwrap()
}

fn served_version(address: SocketAddr) -> Option<u64> {
    let answer = http::get(address, "/v1/manifest.json");
    (answer.status == 200).then(|| manifest(address)["version"].as_u64().unwrap())
}

/// Addresses of all blobs of a manifest.
pub(crate) fn blobs(manifest: &serde_json::Value) -> Vec<String> {
    let placements = manifest["placements"].as_object().unwrap().values();
    let all = placements.chain(Some(&manifest["catalog"]).filter(|catalog| !catalog.is_null()));
    all.map(|blob| blob["sha256"].as_str().unwrap().to_owned()).collect()
}

/// A folder of static files with one that does not fit the buffers of a connection.
pub(crate) fn www(folder: &Path, large_bytes: usize) -> PathBuf {
    let www = folder.join("www");
    fs::create_dir_all(www.join("shop")).unwrap();
    fs::write(www.join("index.html"), "<!doctype html><title>Shop</title>").unwrap();
    fs::write(www.join("shop/index.html"), "<!doctype html><title>Inner</title>").unwrap();
    fs::write(www.join("app.0123456789ab.js"), "console.log(1);\n".repeat(100)).unwrap();
    fs::write(www.join("rank.wasm"), b"\0asm\x01\0\0\0").unwrap();
    fs::write(www.join("large.bin"), vec![7; large_bytes]).unwrap();
    fs::write(folder.join("secret.txt"), "not for visitors").unwrap();
    www
}

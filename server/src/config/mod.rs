//! The configuration: one TOML file, environment variables and flags.
//!
//! Precedence, strongest first: command-line flags, `HOMEBODY_*` variables, the file, the defaults.
//! `config.example.toml` shows every key with its default; a test keeps the two in step.

mod check;
mod layers;

pub use layers::{ConfigError, ENV_PREFIX, Layers, env_name};

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use homebody_protocol::Policy;
use homebody_protocol::models::{DiversityBounds, Judged};
use homebody_protocol::table::{CATALOGUE_BYTES, CATALOGUE_ITEMS};
use homebody_protocol::task::DEFAULT_MIN_BATCH_SIZE;
use serde::{Deserialize, Serialize};

use crate::train::VarietyLimits;

/// Everything an operator can set.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Host name of the site, signed into every manifest so that another site's cannot be replayed here.
    pub site: String,
    /// The one folder that holds everything: database, blobs, signing key.
    pub data_dir: PathBuf,
    /// Address of the public side (manifest, blobs, the site's files).
    pub listen: SocketAddr,
    /// Folder served as static files at `/`; unset serves the files built into the binary, if any.
    pub www: Option<PathBuf>,
    /// `Content-Security-Policy` of the static files.
    pub content_security_policy: String,
    /// The private side.
    pub admin: AdminConfig,
    /// What goes into the published tables.
    pub catalog: CatalogConfig,
    /// The lists on the site's pages, each published as one pool.
    pub placements: Vec<PlacementConfig>,
    /// What stays of earlier publications.
    pub publish: PublishConfig,
    /// Where visitors are, and how often decisions are written down.
    pub consent: ConsentServeConfig,
    /// Contributions of devices.
    pub collect: CollectConfig,
    /// Learning from them.
    pub train: TrainConfig,
    /// What lists may not pass without an alarm.
    pub audience: VarietyLimits,
    /// Bounds on what clients can take.
    pub limits: LimitsConfig,
    /// What is written to standard error while running.
    pub log: LogConfig,
}

/// The private side: imports, publications, health, metrics.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AdminConfig {
    /// Address of the private side. Anything but loopback needs a token.
    pub listen: SocketAddr,
    /// Bearer token, at least 16 characters. Better given as variable or as `token_file`.
    pub token: Option<String>,
    /// File whose first line is the bearer token.
    pub token_file: Option<PathBuf>,
}

/// What goes into the published tables.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CatalogConfig {
    /// At most this many items, those that histories lead to most, go into the table that devices search by
    /// themselves. 0 publishes no table.
    pub table_items: usize,
    /// At most this many bytes that table has: neighbour lists are shortened, then items left out.
    pub table_bytes: usize,
    /// Tags that never reach a device's profile (health, faith, …): left out of every published table.
    pub sensitive_tags: Vec<String>,
}

/// One place on the site where a list is shown.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PlacementConfig {
    /// Name used by the page: lower-case letters, digits, `-` and `_`.
    pub name: String,
    /// At most this many candidates (1 to 10,000).
    pub size: usize,
    /// Only items of these categories; empty takes all.
    pub categories: Vec<String>,
    /// File of rules (JSON, see docs/rules.md), read anew at every publication.
    pub rules: Option<PathBuf>,
    /// The numbers of every stage of the ranking; what is left out keeps its default.
    pub policy: Policy,
    /// Between what each device chooses λ, in place of the policy's `diversity`; open where `least < most`.
    pub diversity_bounds: DiversityBounds,
    /// The other strength of exploration that devices can be asked about, with a task `off_policy`.
    pub judged: Judged,
}

/// What stays of earlier publications.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PublishConfig {
    /// The newest publications that can be rolled back to (3 to 10,000); older ones are removed after a publication.
    pub keep: u32,
}

/// Where visitors are, and how often decisions are written down.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ConsentServeConfig {
    /// Header in which the edge says the visitor's country (ISO 3166-1); unset: unknown, the strictest law.
    pub region_header: Option<String>,
    /// Header in which the edge says the part of the country (ISO 3166-2, with or without the country in front).
    pub subdivision_header: Option<String>,
    /// Milliseconds between two writes of what was counted.
    pub write_interval_ms: u64,
}

/// Learning from contributions.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TrainConfig {
    /// Whether the server takes a step of the loop by itself, else `homebody train` does.
    pub enabled: bool,
    /// Milliseconds between two steps.
    pub interval_ms: u64,
    /// Devices that have to answer before a candidate is judged (100 or more).
    pub min_batch_size: u32,
    /// Trigger: hours after the last model that the next is made, if anything was released since (0 to 8,760); 0: never.
    pub every_hours: u32,
    /// Trigger: reports released since the last model; 0: never.
    pub new_reports: u64,
    /// Trigger and alarm: population stability index above which a feature of visitors has drifted (0 to 10); 0: nobody
    /// looks.
    pub drift_psi: f64,
    /// Trigger and alarm: share of a window's visitors who open something (0 to 1) below which there are too few; 0: none is.
    pub click_through_floor: f64,
    /// Trigger and alarm: how much of that share may be lost since the window that the last model had seen (0 to 1); 0: nobody
    /// compares.
    pub click_through_fall: f64,
    /// Days that devices go on comparing a published model with the one it replaced (0 to 364); 0: they do not.
    pub watch_days: u32,
    /// Of them, days until all devices use it: a tenth in the first half, one in two in the second (0 to `watch_days`); 0:
    /// all at once.
    pub ramp_days: u32,
    /// Most rounds of a learner (1 to 50).
    pub rounds: u32,
    /// Fewest segments of visitors (2 to 16).
    pub segments_min: u32,
    /// Most segments of visitors (`segments_min` to 16); a task with as many clusters as `segments_min` is not asked how many
    /// there are.
    pub segments_max: u32,
}

/// Contributions of devices.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CollectConfig {
    /// Whether tasks are offered and reports taken: the role `collect`, which is also the leader of `split` tasks.
    pub enabled: bool,
    /// Whether this server is the helper of leaders elsewhere: the role `aggregator-helper`.
    pub helper: bool,
    /// Reports that may wait for the disk; more are answered 503 at once.
    pub queue: usize,
    /// Milliseconds between two looks for reports to aggregate and sums to collect.
    pub job_interval_ms: u64,
    /// Most reports that go to a helper together (1 to 1,000).
    pub job_reports: u32,
    /// Milliseconds that a helper may take to answer.
    pub helper_timeout_ms: u64,
}

/// Bounds on what clients can take.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LimitsConfig {
    /// Open connections per listener; more wait in the kernel's queue.
    pub connections: usize,
    /// Open connections per client address (IPv6: per /64); 0 is no limit, right behind a reverse proxy.
    pub connections_per_ip: usize,
    /// Milliseconds for a complete request head. Also how long an idle connection is kept open.
    pub header_timeout_ms: u64,
    /// Milliseconds without progress before a client that does not read its response is cut.
    pub write_timeout_ms: u64,
    /// Milliseconds for a complete request body (private side).
    pub body_timeout_ms: u64,
    /// Bytes of one request body (private side).
    pub body_bytes: usize,
    /// Requests worked on at once (private side); more are answered 503 at once.
    pub concurrent_requests: usize,
    /// Milliseconds between "not ready" and closing the listener, for load balancers to notice.
    pub drain_delay_ms: u64,
    /// Milliseconds that running requests get to finish on shutdown.
    pub drain_timeout_ms: u64,
    /// Milliseconds between looks at the store for a new publication.
    pub watch_interval_ms: u64,
}

/// What is written to standard error while running.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LogConfig {
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
    /// Least severe level that is written.
    pub level: LogLevel,
}

/// Shape of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One readable line each.
    Text,
    /// One JSON object a line.
    Json,
}

/// Severity of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Only what failed.
    Error,
    /// And what looks wrong.
    Warn,
    /// And what happened.
    Info,
    /// And details for developers.
    Debug,
}

/// Policy of the static files: own scripts, styles and WebAssembly, nothing from elsewhere, no string-built HTML.
pub const DEFAULT_CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

impl Default for Config {
    fn default() -> Self {
        Self {
            site: "localhost".to_owned(),
            data_dir: PathBuf::from("homebody-data"),
            listen: loopback(8080),
            www: None,
            content_security_policy: DEFAULT_CONTENT_SECURITY_POLICY.to_owned(),
            admin: AdminConfig::default(),
            catalog: CatalogConfig::default(),
            placements: vec![PlacementConfig::default()],
            publish: PublishConfig::default(),
            consent: ConsentServeConfig::default(),
            collect: CollectConfig::default(),
            train: TrainConfig::default(),
            audience: VarietyLimits::default(),
            limits: LimitsConfig::default(),
            log: LogConfig::default(),
        }
    }
}

impl Default for AdminConfig {
    fn default() -> Self {
        Self { listen: loopback(8081), token: None, token_file: None }
    }
}

impl Default for CatalogConfig {
    fn default() -> Self {
        Self { table_items: CATALOGUE_ITEMS, table_bytes: CATALOGUE_BYTES, sensitive_tags: Vec::new() }
    }
}

impl Default for PublishConfig {
    fn default() -> Self {
        Self { keep: 10 }
    }
}

impl Default for ConsentServeConfig {
    fn default() -> Self {
        Self { region_header: None, subdivision_header: None, write_interval_ms: 5_000 }
    }
}

impl Default for CollectConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            helper: false,
            queue: 8_192,
            job_interval_ms: 1_000,
            job_reports: 250,
            helper_timeout_ms: 60_000,
        }
    }
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            interval_ms: 600_000,
            min_batch_size: DEFAULT_MIN_BATCH_SIZE,
            every_hours: 24,
            new_reports: 10_000,
            drift_psi: 0.25,
            click_through_floor: 0.0,
            click_through_fall: 0.2,
            watch_days: 21,
            ramp_days: 16,
            rounds: 8,
            segments_min: 2,
            segments_max: 16,
        }
    }
}

impl Default for PlacementConfig {
    fn default() -> Self {
        Self {
            name: "home".to_owned(),
            size: 500,
            categories: Vec::new(),
            rules: None,
            policy: Policy::default(),
            diversity_bounds: DiversityBounds::default(),
            judged: Judged::default(),
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_ip: 256,
            header_timeout_ms: 10_000,
            write_timeout_ms: 30_000,
            body_timeout_ms: 600_000,
            body_bytes: 1 << 30,
            concurrent_requests: 64,
            drain_delay_ms: 0,
            drain_timeout_ms: 25_000,
            watch_interval_ms: 1_000,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: LogLevel::Info }
    }
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

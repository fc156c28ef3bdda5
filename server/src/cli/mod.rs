//! The command line.
//!
//! Results go to standard output (as JSON with `--json`), progress and errors to standard error. Exit codes:
//! 0 done, 1 failed, 2 wrong usage or configuration.

mod audience;
mod collect;
mod commands;
mod consent;
mod dap;
pub(crate) mod fix;
mod notices;
mod output;
mod report;
mod sums;
mod tasks;
pub(crate) mod train;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use dap::{DapAddArgs, DapCollectArgs, DapCommand, DapRole, DapUploadArgs};
pub use sums::{ExportSumsArgs, SumsFormat};
pub use tasks::{
    BatchesCommand, InvitationArgs, ModeArg, QuestionArg, ReleaseArgs, TaskAddArgs, TaskArgs, TaskDraftArgs,
    TasksCommand,
};

use crate::config::{Config, Layers};
use crate::publish::{Placement, PublishOptions};

/// Recommendations that never leave home: import, publish and serve what every visitor's device ranks by itself.
#[derive(Debug, Parser)]
#[command(name = "homebody", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Configuration file (TOML); every key is in config.example.toml.
    #[arg(long, global = true, value_name = "FILE", env = "HOMEBODY_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data folder; created when absent. Variable: HOMEBODY_DATA_DIR.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print results and errors as JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve what is published, until SIGTERM or Ctrl-C.
    Serve(ServeArgs),
    /// Bring data in.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Build, sign and publish the tables of all placements.
    Publish(PublishArgs),
    /// Publish the tables of an earlier version again.
    Rollback(RollbackArgs),
    /// Write out what is published, or known in aggregate.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Check the data folder, the configuration and the current publication.
    Doctor,
    /// What visitors are asked.
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// What devices are asked to contribute to.
    #[command(subcommand)]
    Tasks(TasksCommand),
    /// Sums of what devices contributed.
    #[command(subcommand)]
    Batches(BatchesCommand),
    /// Tasks of the bare protocol, with aggregators, collectors and devices of other makes.
    #[command(subcommand)]
    Dap(DapCommand),
    /// Take a step of learning: judge the model that waits for devices, or make one of what was released.
    Train,
    /// List all models and what became of them.
    Models,
    /// Say what released sums tell of visitors: how varied their lists are, how large segments are, how far they lie apart.
    Audience,
}

/// What visitors are asked.
#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// Say what of a consent configuration may not be published, line by line; fails when there is an error.
    Lint(ConsentLintArgs),
    /// Publish a consent configuration; what the lint refuses changes nothing.
    Publish(ConsentLintArgs),
    /// List what visitors were asked, and from when on.
    List,
    /// Ask an earlier notice again.
    Rollback(ConsentRollbackArgs),
    /// Say in shares how many decided how; no number below 20 is shown.
    Counts,
    /// Check a receipt that a visitor has downloaded.
    VerifyReceipt(VerifyReceiptArgs),
}

/// Write out what is published, or known in aggregate.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Write a folder that any static file server can serve in place of `homebody serve`.
    Site(ExportSiteArgs),
    /// Write what is known in aggregate: released sums, how many decided how, models.
    Sums(ExportSumsArgs),
}

/// Bring data in.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Import items: all of the file, or nothing when a line is wrong.
    Catalog(CatalogArgs),
    /// Import a tree ensemble of XGBoost (JSON) or LightGBM (text); the next publication has it.
    Model(ModelArgs),
    /// Import interactions (visitor, item, kind, time): they become sums, and the rows are forgotten.
    History(HistoryArgs),
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Public address, such as 127.0.0.1:8080; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Private address (imports, publications, health, metrics).
    #[arg(long, value_name = "ADDRESS")]
    pub admin_listen: Option<SocketAddr>,
    /// Folder served as static files at `/`.
    #[arg(long, value_name = "DIR")]
    pub www: Option<PathBuf>,
    /// Host name of the site.
    #[arg(long, value_name = "HOST")]
    pub site: Option<String>,
}

/// Options of `import catalog`.
#[derive(Debug, Args)]
pub struct CatalogArgs {
    /// The file, `-` for standard input; gzip is unpacked.
    pub file: PathBuf,
    /// Format; else the file's name tells.
    #[arg(long, value_enum)]
    pub format: Option<CatalogFormat>,
    /// Name of the feed: a whole feed replaces what it brought before.
    #[arg(long, default_value = "default")]
    pub feed: String,
    /// Keep items that the file does not name.
    #[arg(long)]
    pub upsert: bool,
    /// Leave wrong lines out instead of refusing the file.
    #[arg(long)]
    pub skip_bad_lines: bool,
}

/// Formats of a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CatalogFormat {
    /// JSON Lines.
    Jsonl,
    /// Comma- or semicolon-separated values with a header.
    Csv,
    /// Google Merchant Center feed, RSS or Atom.
    GoogleXml,
    /// Google Merchant Center feed, tab-separated.
    GoogleTsv,
}

/// Options of `import history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The file, `-` for standard input; gzip is unpacked.
    pub file: PathBuf,
    /// Format; else the file's name tells.
    #[arg(long, value_enum)]
    pub format: Option<HistoryFormatArg>,
    /// Leave wrong lines out instead of refusing the file.
    #[arg(long)]
    pub skip_bad_lines: bool,
}

/// Formats of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormatArg {
    /// JSON Lines.
    Jsonl,
    /// Comma-, semicolon- or tab-separated values with a header.
    Csv,
}

/// Options of `import model`.
#[derive(Debug, Args)]
pub struct ModelArgs {
    /// The file that the library saved.
    pub file: PathBuf,
    /// What it is for; it takes the place of the one before.
    #[arg(long, value_enum)]
    pub role: ModelRole,
    /// How much a re-ranker counts against the score, 0 to 100.
    #[arg(long, default_value_t = 1.0)]
    pub weight: f32,
}

/// What an ensemble is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelRole {
    /// The probability of a purchase, from the visitor's features.
    Intent,
    /// The order of the best candidates, from the parts of their scores too.
    Rerank,
}

/// Options of `publish`.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Host name of the site, signed into the manifest.
    #[arg(long, value_name = "HOST")]
    pub site: Option<String>,
}

/// Options of `export site`.
#[derive(Debug, Args)]
pub struct ExportSiteArgs {
    /// The folder, made when absent; its address is the `server` of a page.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Options of `consent lint` and `consent publish`.
#[derive(Debug, Args)]
pub struct ConsentLintArgs {
    /// The file (JSON), `-` for standard input; docs/consent-config.md shows every field.
    pub file: PathBuf,
}

/// Options of `consent rollback`.
#[derive(Debug, Args)]
pub struct ConsentRollbackArgs {
    /// The notice to go back to: 64 hexadecimal digits, as `consent list` shows them.
    #[arg(value_name = "SHA256")]
    pub to: String,
}

/// Options of `consent verify-receipt`.
#[derive(Debug, Args)]
pub struct VerifyReceiptArgs {
    /// The receipt (JSON), `-` for standard input.
    pub file: PathBuf,
    /// The site's public key in base64; else that of the data folder.
    #[arg(long, value_name = "BASE64")]
    pub key: Option<String>,
}

/// Options of `rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The version to go back to; else the one before the newest.
    #[arg(long, value_name = "VERSION")]
    pub to: Option<u64>,
}

/// Parses the arguments of this process and does what they say.
#[must_use]
pub fn main() -> ExitCode {
    // Wrong usage and --help end the process here, with 2 and 0.
    let cli = Cli::parse();
    commands::run(&cli)
}

/// What to publish, by the configuration.
#[must_use]
pub fn publish_options(config: &Config, now: u64) -> PublishOptions {
    let placement = |placement: &crate::config::PlacementConfig| Placement {
        name: placement.name.clone(),
        size: placement.size,
        categories: placement.categories.clone(),
        rules: placement.rules.clone(),
        policy: placement.policy,
        diversity_bounds: placement.diversity_bounds,
        judged: placement.judged,
    };
    PublishOptions {
        site: config.site.clone(),
        placements: config.placements.iter().map(placement).collect(),
        table_items: config.catalog.table_items,
        table_bytes: config.catalog.table_bytes,
        sensitive_tags: config.catalog.sensitive_tags.clone(),
        keep: config.publish.keep,
        now,
    }
}

impl Cli {
    /// The layers of the configuration that these arguments and the environment make.
    fn layers(&self) -> Layers {
        let text = |path: &PathBuf| path.display().to_string();
        let mut flags: Vec<(&'static str, Option<String>)> = vec![("data_dir", self.data.as_ref().map(text))];
        match &self.command {
            Command::Serve(args) => flags.extend([
                ("listen", args.listen.map(|address| address.to_string())),
                ("admin.listen", args.admin_listen.map(|address| address.to_string())),
                ("www", args.www.as_ref().map(text)),
                ("site", args.site.clone()),
            ]),
            Command::Publish(args) => flags.push(("site", args.site.clone())),
            _ => {}
        }
        Layers {
            file: self.config.clone(),
            env: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            flags: flags.into_iter().filter_map(|(key, value)| Some((key, value?))).collect(),
        }
    }
}

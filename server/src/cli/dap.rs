//! `dap`: tasks of the bare protocol, for taking part with aggregators, collectors and devices of other makes.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use homebody_protocol::dap::Interval;
use serde_json::json;

use super::collect::{added, open};
use super::commands::{print, unix_now};
use super::consent as file;
use super::output::Failure;
use super::report::Report;
use crate::Error;
use crate::collect::{self, BareKey, BareTask, BareVdaf, Client, CollectError, outside};
use crate::config::Config;
use crate::store::TaskRole;

/// Tasks of the bare protocol.
#[derive(Debug, Subcommand)]
pub enum DapCommand {
    /// Draw a collector's key: secret.
    Key,
    /// Take a task up as its leader or helper.
    Add(DapAddArgs),
    /// Send a report, as a device would.
    Upload(DapUploadArgs),
    /// Collect an interval, as its collector.
    Collect(DapCollectArgs),
}

/// Options of `dap add`.
#[derive(Debug, Args)]
pub struct DapAddArgs {
    /// The task (JSON), `-` for standard input; docs/collect.md shows every field.
    pub file: PathBuf,
    /// What this server is to it.
    #[arg(long, value_enum)]
    pub role: DapRole,
}

/// What a server is to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DapRole {
    /// Takes the reports.
    Leader,
    /// The other aggregator.
    Helper,
}

/// Options of `dap upload`.
#[derive(Debug, Args)]
pub struct DapUploadArgs {
    /// The task (JSON), `-` for standard input.
    pub file: PathBuf,
    /// The cell of a histogram, or all numbers of a vector.
    #[arg(long, value_delimiter = ',', required = true)]
    pub measurement: Vec<u32>,
    /// When it was made, unix seconds; else now.
    #[arg(long, value_name = "SECONDS")]
    pub time: Option<u64>,
    /// So many reports of the same.
    #[arg(long, default_value_t = 1)]
    pub count: u32,
}

/// Options of `dap collect`.
#[derive(Debug, Args)]
pub struct DapCollectArgs {
    /// The task (JSON) with the collector's private key, `-` for standard input.
    pub file: PathBuf,
    /// First second of the interval, unix time; a multiple of the precision.
    #[arg(long, value_name = "SECONDS")]
    pub start: u64,
    /// Seconds of the interval; a multiple of the precision.
    #[arg(long, value_name = "SECONDS")]
    pub duration: u64,
    /// Seconds to wait for the sum.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub patience: u64,
}

/// Does what the command says.
pub(super) fn run(as_json: bool, command: &DapCommand, config: &Config) -> Result<ExitCode, Failure> {
    let report = match command {
        DapCommand::Key => {
            let value = serde_json::to_value(BareKey::draw().map_err(Error::from)?).unwrap_or_default();
            Report { text: serde_json::to_string_pretty(&value).unwrap_or_default(), value }
        }
        DapCommand::Add(args) => {
            let role = match args.role {
                DapRole::Leader => TaskRole::Leader,
                DapRole::Helper => TaskRole::Helper,
            };
            let taken = collect::take_up(&open(config)?, &read(&args.file)?, role, unix_now());
            added(&taken.map_err(Error::from)?)
        }
        DapCommand::Upload(args) => upload(args, config)?,
        DapCommand::Collect(args) => collect_now(args, config)?,
    };
    print(as_json, &report);
    Ok(ExitCode::SUCCESS)
}

fn upload(args: &DapUploadArgs, config: &Config) -> Result<Report, Failure> {
    let task = read(&args.file)?;
    let vector = vector(&task.vdaf, &args.measurement)?;
    let time = args.time.unwrap_or_else(unix_now) / task.time_precision.max(1);
    let mut refused = Vec::new();
    for _ in 0..args.count {
        let outcome = wait(outside::upload(client(config), &task, &vector, time))?;
        refused.extend(outcome.map(|error| format!("{error:?}")));
    }
    let kept = args.count as usize - refused.len();
    let text = format!("{kept} sent, {} refused {}", refused.len(), refused.join(" "));
    Ok(Report { text, value: json!({ "sent": kept, "refused": refused }) })
}

fn collect_now(args: &DapCollectArgs, config: &Config) -> Result<Report, Failure> {
    let task = read(&args.file)?;
    let precision = task.time_precision.max(1);
    let interval = Interval { start: args.start / precision, duration: args.duration / precision };
    let patience = Duration::from_secs(args.patience);
    let found = wait(outside::collect(client(config), &task, interval, patience))?;
    let outside::Collected { reports, interval: Interval { start, duration }, cells } = found;
    Ok(Report {
        text: format!("{reports} reports\n{cells:?}"),
        value: json!({
            "reports": reports, "cells": cells,
            "interval": { "start": start * precision, "duration": duration * precision },
        }),
    })
}

/// A measurement as the vector it stands for.
fn vector(vdaf: &BareVdaf, measurement: &[u32]) -> Result<Vec<u32>, Failure> {
    let (BareVdaf::Prio3Histogram { length, .. }, [cell]) = (vdaf, measurement) else {
        return Ok(measurement.to_vec());
    };
    let mut vector = vec![0; *length as usize];
    let cell = vector.get_mut(*cell as usize);
    *cell.ok_or_else(|| Failure::of("split_vector", &"the histogram has no such cell"))? = 1;
    Ok(vector)
}

fn client(config: &Config) -> Client {
    Client { patience: Duration::from_millis(config.collect.helper_timeout_ms) }
}

fn wait<T>(work: impl Future<Output = Result<T, CollectError>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::of("internal", &error.to_string()))?;
    Ok(runtime.block_on(work).map_err(Error::from)?)
}

fn read(path: &std::path::Path) -> Result<BareTask, Failure> {
    let unreadable = |error| Failure::of("invitation", &format!("the task is not readable: {error}"));
    serde_json::from_slice(&file::read(path)?).map_err(unreadable)
}

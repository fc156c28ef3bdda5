//! `consent publish`, `list`, `rollback`, `counts` and `verify-receipt`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use homebody_protocol::consent::SignedReceipt;
use serde_json::{Value, json};

use super::commands::{print, signing_key, unix_now};
use super::output::Failure;
use super::report::Report;
use super::{ConsentCommand, VerifyReceiptArgs, consent as file};
use crate::Error;
use crate::config::Config;
use crate::consent::figures::{Figures, Row};
use crate::consent::{self, NoticeError, NoticeReport, day, receipt};
use crate::signing::Signer;
use crate::store::{NoticeChange, Store, Via};

/// How many changes are listed.
const LISTED: u32 = 1_000;

/// Digits of a hash that tell notices apart at a glance.
const SHORT: usize = 12;

/// Does what the command says.
pub(super) fn run(as_json: bool, command: &ConsentCommand, config: &Config) -> Result<ExitCode, Failure> {
    let report = match command {
        ConsentCommand::Lint(args) => return file::lint(as_json, &args.file),
        ConsentCommand::Publish(args) => return publish(as_json, &args.file, config),
        ConsentCommand::List => list(config)?,
        ConsentCommand::Rollback(args) => rollback(&args.to, config)?,
        ConsentCommand::Counts => counts(config)?,
        ConsentCommand::VerifyReceipt(args) => verify(args, config)?,
    };
    print(as_json, &report);
    Ok(ExitCode::SUCCESS)
}

/// What the lint refuses is shown as the lint shows it.
fn publish(as_json: bool, path: &Path, config: &Config) -> Result<ExitCode, Failure> {
    let bytes = file::read(path)?;
    let store = open(config)?;
    match consent::publish(&store, &bytes, Via::CommandLine, unix_now()) {
        Ok(report) => {
            print(as_json, &published(&report));
            Ok(ExitCode::SUCCESS)
        }
        Err(NoticeError::Refused(findings)) => Ok(file::show(as_json, path, &findings)),
        Err(error) => Err(Error::from(error).into()),
    }
}

fn rollback(to: &str, config: &Config) -> Result<Report, Failure> {
    let store = open(config)?;
    let report = consent::rollback(&store, to, Via::CommandLine, unix_now()).map_err(Error::from)?;
    Ok(published(&report))
}

fn list(config: &Config) -> Result<Report, Failure> {
    let changes = open(config)?.notice_changes(LISTED).map_err(Error::from)?;
    let line = |change: &NoticeChange| {
        format!("{}  {:<8}  {}  by {}", day(change.at), change.action, change.sha256, change.via)
    };
    let text = match changes.is_empty() {
        true => "nothing is published yet".to_owned(),
        false => changes.iter().map(line).collect::<Vec<_>>().join("\n"),
    };
    let entry = |change: &NoticeChange| json!({ "notice": change.sha256, "at": change.at, "action": change.action, "via": change.via });
    let current = changes.first().map(|newest| &newest.sha256);
    let value = json!({ "current": current, "changes": changes.iter().map(entry).collect::<Vec<_>>() });
    Ok(Report { text, value })
}

fn counts(config: &Config) -> Result<Report, Failure> {
    let figures = consent::figures_of(&open(config)?, unix_now()).map_err(Error::from)?;
    Ok(Report { text: table(&figures), value: serde_json::to_value(&figures).unwrap_or_default() })
}

fn verify(args: &VerifyReceiptArgs, config: &Config) -> Result<Report, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::of("receipt_unreadable", error);
    let whole: Value = serde_json::from_slice(&file::read(&args.file)?)
        .map_err(|error| unreadable(&format!("the receipt is not JSON: {error}")))?;
    let receipt: SignedReceipt = serde_json::from_value(whole["homebody"].clone())
        .map_err(|error| unreadable(&format!("`homebody` in the receipt is not complete: {error}")))?;
    let key = match &args.key {
        Some(key) => key.clone(),
        None => site_key(config)?,
    };
    receipt::verify(&receipt, &key).map_err(|error| Failure::of(error.code(), &error))?;
    let mut text =
        format!("the site signed this on {} or the day after\nnotice {}", receipt.day, receipt.notice);
    for (purpose, is_given) in &receipt.choices {
        let _infallible = write!(text, "\n  {purpose}: {}", if *is_given { "yes" } else { "no" });
    }
    let value = json!({
        "valid": true, "notice": receipt.notice, "day": receipt.day, "choices": receipt.choices, "key": key,
    });
    Ok(Report { text, value })
}

/// The key of the data folder, which is not made for the question.
fn site_key(config: &Config) -> Result<String, Failure> {
    let signer = Signer::load(&config.data_dir, signing_key().as_deref()).map_err(Error::from)?;
    let missing = || Failure::of("no_signing_key", &"there is no key to check the receipt with");
    Ok(signer.ok_or_else(missing)?.public_key_base64())
}

fn open(config: &Config) -> Result<Store, Failure> {
    Ok(Store::open(&config.data_dir).map_err(Error::from)?)
}

fn published(report: &NoticeReport) -> Report {
    let mut text = match report.is_new {
        true => format!("visitors are asked notice {}", report.sha256),
        false => format!("visitors are asked notice {} already; nothing was changed", report.sha256),
    };
    for warning in &report.warnings {
        let _infallible = write!(text, "\n{warning}");
    }
    let warnings: Vec<Value> = report.warnings.iter().map(file::one).collect();
    Report { text, value: json!({ "notice": report.sha256, "is_new": report.is_new, "warnings": warnings }) }
}

fn table(figures: &Figures) -> String {
    let mut text = String::new();
    for row in &figures.rows {
        let _infallible = writeln!(text, "{}", line(row));
    }
    for kind in &figures.left_out {
        let _infallible = writeln!(text, "{kind}: some are too few to be shown");
    }
    if text.is_empty() { "nothing is counted yet".to_owned() } else { text }
}

fn line(row: &Row) -> String {
    let or_all = |name: &str, value: Option<&String>| match value {
        Some(value) if value.is_empty() => format!("no {name}"),
        Some(value) => value.clone(),
        None => format!("other {name}s"),
    };
    let group = [
        row.day.clone(),
        row.notice.chars().take(SHORT).collect(),
        or_all("variant", row.variant.as_ref()),
        or_all("region", row.region.as_ref()),
        or_all("language", row.language.as_ref()),
    ];
    let mut text = format!("{:<11}  {}  {}", row.kind, group.join("  "), row.total);
    if row.is_open {
        text.push_str(" so far");
    }
    for (action, count) in &row.counts {
        let percent = row.shares.get(action).copied().unwrap_or_default() * 100.0;
        let _infallible = write!(text, ", {action} {count} ({percent:.1} %)");
    }
    text
}

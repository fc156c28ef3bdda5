//! `tasks` and `batches`: what devices are asked, and sums of what they answered.

use std::fmt::Write as _;
use std::process::ExitCode;

use homebody_protocol::dap::Encode as _;
use homebody_protocol::task::{Aggregators, LocalLimits, Summing};
use serde_json::{Value, json};

use super::commands::{print, signing_key, unix_now};
use super::output::Failure;
use super::report::Report;
use super::{
    BatchesCommand, ModeArg, QuestionArg, ReleaseArgs, TaskAddArgs, TaskDraftArgs, TasksCommand,
    consent as file,
};
use crate::Error;
use crate::collect::{
    self, AddOptions, Added, CollectError, DraftOptions, Invitation, Part, Question, Registry, release,
};
use crate::config::Config;
use crate::signing::{Signer, hex};
use crate::store::{Release, Store, StoredTask};

/// Does what the command about tasks says.
pub(super) fn tasks(as_json: bool, command: &TasksCommand, config: &Config) -> Result<ExitCode, Failure> {
    let store = open(config)?;
    let report = match command {
        TasksCommand::Draft(args) => draft(args, &store, config)?,
        TasksCommand::Add(args) => add(args, &store, config)?,
        TasksCommand::List => list(&store)?,
        TasksCommand::Show(args) => show(&store, &args.id)?,
        TasksCommand::Close(args) => close(&store, &args.id)?,
        TasksCommand::Invite(args) => {
            let invitation = collect::invite(&store, &args.id).map_err(Error::from)?;
            let value = serde_json::to_value(&invitation).unwrap_or_default();
            Report { text: serde_json::to_string_pretty(&value).unwrap_or_default(), value }
        }
        TasksCommand::RotateKey => rotate(config)?,
        TasksCommand::Join(args) => {
            let unreadable =
                |error| Failure::of("invitation", &format!("the invitation is not readable: {error}"));
            let invitation: Invitation =
                serde_json::from_slice(&file::read(&args.file)?).map_err(unreadable)?;
            added(&collect::join(&store, &invitation, unix_now()).map_err(Error::from)?)
        }
    };
    print(as_json, &report);
    Ok(ExitCode::SUCCESS)
}

/// Draws another key that devices seal to.
fn rotate(config: &Config) -> Result<Report, Failure> {
    let id = collect::rotate(&config.data_dir, unix_now()).map_err(Error::from)?;
    Ok(Report { text: format!("key {id} is announced"), value: json!({ "key": id }) })
}

/// Does what the command about batches says.
pub(super) fn batches(as_json: bool, command: &BatchesCommand, config: &Config) -> Result<ExitCode, Failure> {
    let store = open(config)?;
    let report = match command {
        BatchesCommand::List => batch_list(&store)?,
        BatchesCommand::Release(args) => release_now(args, &store)?,
    };
    print(as_json, &report);
    Ok(ExitCode::SUCCESS)
}

/// The task as text: to be read, changed and added by whoever signs it.
fn draft(args: &TaskDraftArgs, store: &Store, config: &Config) -> Result<Report, Failure> {
    let is_of_pairs = matches!(args.question, QuestionArg::Pairs | QuestionArg::After);
    if is_of_pairs && args.mode == ModeArg::Local {
        let why = "answers at random cannot tell pairs apart: ask them as `trusted` or `split`";
        return Err(Failure::of("task_mismatch", &why));
    }
    let words = |given: &Option<String>| given.clone().unwrap_or_default();
    let options = DraftOptions {
        question: match args.question {
            QuestionArg::Items => Question::Items,
            QuestionArg::Pairs => Question::Pairs,
            QuestionArg::After => Question::After,
            QuestionArg::Categories => Question::Categories,
        },
        summing: match args.mode {
            ModeArg::Trusted => Summing::Trusted,
            ModeArg::Local => Summing::Local,
            ModeArg::Split => Summing::Split(Aggregators {
                leader: words(&args.leader),
                helper: words(&args.helper),
                helper_operator: words(&args.helper_operator),
            }),
        },
        epsilon: args.epsilon,
        most: args.most,
        windows: args.windows,
        min_batch_size: args.min_batch_size,
        sensitive_tags: config.catalog.sensitive_tags.clone(),
    };
    let task = collect::draft(store, &config.site, &options, unix_now()).map_err(Error::from)?;
    if let Some(refusal) = LocalLimits::default().refuses(&task) {
        return Err(Failure::of("task_refused", &format!("devices would not answer it: {refusal}")));
    }
    let value = serde_json::to_value(&task).unwrap_or_default();
    Ok(Report { text: serde_json::to_string_pretty(&task).unwrap_or_default(), value })
}

fn add(args: &TaskAddArgs, store: &Store, config: &Config) -> Result<Report, Failure> {
    let signer = Signer::load_or_create(&config.data_dir, signing_key().as_deref()).map_err(Error::from)?;
    let text = String::from_utf8(file::read(&args.file)?)
        .map_err(|error| Failure::of("task_unreadable", &format!("not text: {error}")))?;
    let options = AddOptions {
        collector: args.collector.clone(),
        helper_url: args.helper_url.clone(),
        transitional: args.transitional,
        sensitive_tags: config.catalog.sensitive_tags.clone(),
    };
    let outcome = collect::add(store, &signer, &config.site, &text, &options, unix_now());
    Ok(added(&outcome.map_err(Error::from)?))
}

pub(super) fn added(added: &Added) -> Report {
    let Added { stored, mode, is_new } = added;
    let mut text = match is_new {
        true => format!("task `{}` is taken up as {}\n{}", stored.name, stored.role.word(), stored.id),
        false => format!("task `{}` was taken up before; nothing was changed\n{}", stored.name, stored.id),
    };
    if is_over(stored) {
        text.push_str("\nnote: it is over, so nobody is asked; `ends_at` lies in the past");
    }
    if *mode == "split" && stored.role.word() == "leader" && !stored.envelope.is_empty() {
        let _infallible =
            write!(text, "\nhand `homebody tasks invite {}` to the helper, in secret", stored.id);
    }
    let value = json!({
        "task": stored.id, "name": stored.name, "mode": mode, "role": stored.role.word(),
        "is_new": is_new,
    });
    Report { text, value }
}

fn list(store: &Store) -> Result<Report, Failure> {
    let stored = store.tasks().map_err(Error::from)?;
    let line = |task: &StoredTask| {
        let state = match task.closed_at {
            Some(_) => "closed",
            None if is_over(task) => "over",
            None => "open",
        };
        format!("{}  {:<9}  {state:<6}  {}", task.id, task.role.word(), task.name)
    };
    let text = match stored.is_empty() {
        true => "nothing is asked yet".to_owned(),
        false => {
            let lines: Vec<String> = stored.iter().map(line).collect();
            format!("{}\nwhat visitors read about them: /transparency", lines.join("\n"))
        }
    };
    let entry = |task: &StoredTask| {
        json!({
            "task": task.id, "name": task.name, "role": task.role.word(), "added_at": task.added_at,
            "closed_at": task.closed_at,
        })
    };
    Ok(Report { text, value: json!({ "tasks": stored.iter().map(entry).collect::<Vec<_>>() }) })
}

/// Whether nobody answers it any more because of its dates.
fn is_over(task: &StoredTask) -> bool {
    let parts = Part::of(task).unwrap_or_default();
    let ends_at = parts.first().and_then(|part| part.signed().ok()).map(|task| u64::from(task.ends_at));
    ends_at.is_some_and(|ends_at| ends_at <= unix_now())
}

/// All that another implementation must be told to take part: secret.
fn show(store: &Store, id: &str) -> Result<Report, Failure> {
    let stored = store.task(id).map_err(Error::from)?;
    let stored = stored.ok_or_else(|| Error::from(CollectError::UnknownTask(id.to_owned())))?;
    let parts = Part::of(&stored).map_err(Error::from)?;
    let secrets: Value =
        stored.split.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let parts: Vec<Value> = parts.iter().map(wire).collect();
    let value = json!({
        "task": stored.id, "name": stored.name, "role": stored.role.word(), "site_key": stored.site_key,
        "envelope": serde_json::from_str::<Value>(&stored.envelope).unwrap_or_default(),
        "secrets": secrets, "parts": parts,
    });
    Ok(Report { text: serde_json::to_string_pretty(&value).unwrap_or_default(), value })
}

fn wire(part: &Part) -> Value {
    let Some(split) = &part.split else { return json!({ "part": part.number, "id": hex(&part.id) }) };
    let wire = &split.wire;
    json!({
        "part": part.number,
        "task_id": collect::settings::encode(&part.id),
        "verify_key": collect::settings::encode(&split.verify_key),
        "configuration": collect::settings::encode(&wire.get_encoded().unwrap_or_default()),
        "task_info": collect::settings::encode(&wire.task_info),
        "leader_aggregator_endpoint": wire.leader_endpoint,
        "helper_aggregator_endpoint": wire.helper_endpoint,
        "time_precision": wire.time_precision_s,
        "min_batch_size": wire.min_batch_size,
        "vdaf": format!("{:?}", wire.vdaf),
        "task_interval": wire.interval.map(|interval| [interval.start, interval.duration]),
        "collector": collect::settings::encode(&split.collector.get_encoded().unwrap_or_default()),
    })
}

fn close(store: &Store, id: &str) -> Result<Report, Failure> {
    let is_changed = store.close_task(id, unix_now()).map_err(Error::from)?;
    if !is_changed && store.task(id).map_err(Error::from)?.is_none() {
        return Err(Error::from(CollectError::UnknownTask(id.to_owned())).into());
    }
    let text = if is_changed { "nobody is asked any more" } else { "it was closed before" };
    Ok(Report { text: text.to_owned(), value: json!({ "task": id, "is_changed": is_changed }) })
}

fn batch_list(store: &Store) -> Result<Report, Failure> {
    let registry = Registry::load(store).map_err(Error::from)?;
    let mut open = Vec::new();
    for batch in store.batches().map_err(Error::from)? {
        let Some(part) = registry.part(&batch.part) else { continue };
        open.push(json!({
            "task": &*part.task_id, "name": &*part.name, "part": part.number, "window": batch.window,
            "state": batch.state, "reports": batch.reports, "min_batch_size": part.task.as_ref().map(|task| task.min_batch_size),
        }));
    }
    let refused = release::refused(store, &registry).map_err(Error::from)?;
    let refused: Vec<Report> = refused.iter().map(of_unreleased).collect();
    let releases = store.releases(0).map_err(Error::from)?;
    let released: Vec<Value> = releases.iter().map(|(_, release)| of_release(release)).collect();
    let mut text = String::new();
    for batch in &open {
        let _infallible = writeln!(
            text,
            "{}  part {}  window {}  {}  {} reports",
            batch["name"], batch["part"], batch["window"], batch["state"], batch["reports"]
        );
    }
    for Report { text: line, .. } in &refused {
        let _infallible = writeln!(text, "{line}");
    }
    let _infallible = write!(text, "{} released", released.len());
    let refused: Vec<Value> = refused.into_iter().map(|refused| refused.value).collect();
    Ok(Report { text, value: json!({ "batches": open, "refused": refused, "releases": released }) })
}

/// A sum that cannot be released, and why.
pub(super) fn of_unreleased(unreleased: &release::Unreleased) -> Report {
    let release::Unreleased { task, name, part, window, error } = unreleased;
    Report {
        text: format!("{name}  part {part}  window {window}  not released: {error}"),
        value: json!({
            "task": task, "name": name, "part": part, "window": window, "code": error.code(),
            "reason": error.to_string(),
        }),
    }
}

fn of_release(release: &Release) -> Value {
    let Release { task, part, window, reports, cells, at } = release;
    json!({ "task": task, "part": part, "window": window, "reports": reports, "cells": cells, "at": at })
}

fn release_now(args: &ReleaseArgs, store: &Store) -> Result<Report, Failure> {
    let registry = Registry::load(store).map_err(Error::from)?;
    let now = unix_now();
    let Some(task) = &args.task else {
        let due = release::release_due(store, &registry, now).map_err(Error::from)?;
        let failed: Vec<Report> = due.failed.iter().map(of_unreleased).collect();
        let mut text = failed.iter().map(|failed| format!("{}\n", failed.text)).collect::<String>();
        let _infallible = write!(text, "{} released", due.released.len());
        let failed: Vec<Value> = failed.into_iter().map(|failed| failed.value).collect();
        let released: Vec<Value> = due.released.iter().map(of_release).collect();
        return Ok(Report { text, value: json!({ "released": released, "failed": failed }) });
    };
    let part = registry.parts().find(|part| *part.task_id == **task && part.number == args.part);
    let part = part.ok_or_else(|| Error::from(CollectError::UnknownTask(task.clone())))?;
    let outcome = release::release(store, part, args.window, now).map_err(Error::from)?;
    Ok(match outcome {
        release::Outcome::Released(release) => Report {
            text: format!("released: {} reports\n{:?}", release.reports, release.cells),
            value: json!({ "released": [of_release(&release)] }),
        },
        release::Outcome::Pending => Report {
            text: "both aggregators are at it while `homebody serve` runs; ask again".to_owned(),
            value: json!({ "released": [], "pending": true }),
        },
    })
}

pub(super) fn open(config: &Config) -> Result<Store, Failure> {
    Ok(Store::open(&config.data_dir).map_err(Error::from)?)
}

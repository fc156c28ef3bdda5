//! Results in words and as JSON.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::catalog::{CatalogReport, FIELD_NAMES};
use crate::ensemble::EnsembleReport;
use crate::export::SiteReport;
use crate::history::{COLUMN_NAMES, HistoryReport};
use crate::intake::{Problems, resembling};
use crate::publish::PublishReport;

/// A result in both shapes.
pub(super) struct Report {
    pub(super) text: String,
    pub(super) value: Value,
}

pub(super) fn catalog(report: &CatalogReport) -> Report {
    let changes = report.changes;
    let mut text = format!(
        "imported {} rows ({}): {} added, {} changed, {} unchanged, {} deleted",
        report.rows,
        report.format.name(),
        changes.added,
        changes.changed,
        changes.unchanged,
        changes.deleted
    );
    add_warnings(&mut text, report.skipped, &report.problems, &report.ignored_fields, &FIELD_NAMES);
    let value = json!({
        "rows": report.rows, "format": report.format.name(), "added": changes.added, "changed": changes.changed,
        "unchanged": changes.unchanged, "deleted": changes.deleted, "skipped": report.skipped,
        "problems": problems(&report.problems), "ignored_fields": report.ignored_fields,
    });
    Report { text, value }
}

pub(super) fn history(report: &HistoryReport) -> Report {
    let mut text = format!(
        "learned from {} of {} rows by {} visitors; the rows are forgotten\nmodel: {}",
        report.used, report.rows, report.visitors, report.model
    );
    for (name, value) in report.metrics.as_object().into_iter().flatten() {
        let _infallible = write!(text, "\n  {name}: {value}");
    }
    if report.unknown_item_rows > 0 {
        let shown = report.unknown_items.join(", ");
        let _infallible = write!(
            text,
            "\nwarning: {} rows name items that the catalogue lacks: {shown}",
            report.unknown_item_rows
        );
    }
    if report.weightless_rows > 0 {
        let _infallible =
            write!(text, "\nnote: {} rows say nothing about wanting an item", report.weightless_rows);
    }
    add_warnings(&mut text, report.skipped, &report.problems, &report.ignored_fields, &COLUMN_NAMES);
    let value = json!({
        "rows": report.rows, "used": report.used, "visitors": report.visitors, "model": report.model,
        "metrics": report.metrics, "unknown_item_rows": report.unknown_item_rows,
        "unknown_items": report.unknown_items, "weightless_rows": report.weightless_rows,
        "skipped": report.skipped, "problems": problems(&report.problems),
        "ignored_fields": report.ignored_fields,
    });
    Report { text, value }
}

pub(super) fn ensemble(report: &EnsembleReport) -> Report {
    let text = format!(
        "imported {} trees with {} nodes: {} bytes in every pool from the next publication on",
        report.trees, report.nodes, report.bytes
    );
    Report { text, value: json!({ "trees": report.trees, "nodes": report.nodes, "bytes": report.bytes }) }
}

pub(super) fn publication(report: &PublishReport, public_key: &str) -> Report {
    let mut text = match report.rolled_back_to {
        Some(old) => format!("published version {} with the tables of version {old}", report.version),
        None => format!("published version {} (model: {})", report.version, report.model),
    };
    for blob in &report.blobs {
        let _infallible =
            write!(text, "\n  {}: {} items, {} bytes, {}", blob.name, blob.rows, blob.bytes, blob.sha256);
    }
    let _infallible = write!(text, "\npublic key for the page: {public_key}");
    let table = |blob: &crate::publish::PublishedBlob| json!({ "name": blob.name, "sha256": blob.sha256, "rows": blob.rows, "bytes": blob.bytes });
    let value = json!({
        "version": report.version, "rolled_back_to": report.rolled_back_to, "id_seed": report.id_seed,
        "model": report.model, "tables": report.blobs.iter().map(table).collect::<Vec<_>>(),
        "public_key": public_key,
    });
    Report { text, value }
}

pub(super) fn site(report: &SiteReport, folder: &Path, public_key: &str) -> Report {
    let SiteReport { version, site, tables, bytes } = report;
    let folder = folder.display().to_string();
    let text = format!(
        "wrote version {version} into {folder}: {tables} tables, {bytes} bytes\n\
         a page names the folder's address as `server`, and this key: {public_key}"
    );
    let value = json!({
        "version": version, "site": site, "tables": tables, "bytes": bytes, "folder": folder,
        "public_key": public_key,
    });
    Report { text, value }
}

fn add_warnings(text: &mut String, skipped: u64, problems: &Problems, ignored: &[String], known: &[&str]) {
    if skipped > 0 {
        let _infallible = write!(text, "\nwarning: {skipped} wrong lines were left out{problems}");
    }
    if !ignored.is_empty() {
        let shown: Vec<String> = ignored.iter().map(|name| with_guess(name, known)).collect();
        let _infallible = write!(text, "\nnote: fields without a meaning here: {}", shown.join(", "));
    }
}

fn with_guess(name: &str, known: &[&str]) -> String {
    match resembling(name, known) {
        Some(meant) => format!("{name} (did you mean `{meant}`?)"),
        None => name.to_owned(),
    }
}

fn problems(problems: &Problems) -> Vec<Value> {
    let problem = |problem: &crate::intake::Problem| json!({ "line": problem.line, "code": problem.code.as_str(), "message": problem.detail });
    problems.shown().iter().map(problem).collect()
}

//! The only place that writes to standard output and standard error (besides log lines).

use std::fmt::Display;
use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressStyle};

use super::fix;
use crate::history::HistoryProgress;
use crate::intake::Progress;

/// A failure ready to be shown.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) fix: Option<String>,
    /// Wrong usage or configuration (exit code 2) rather than a failed run (1).
    pub(super) is_usage: bool,
}

impl Failure {
    /// A failed run.
    pub(super) fn of(code: &'static str, error: &dyn Display) -> Self {
        Self { code, message: error.to_string(), fix: fix::fix(code).map(str::to_owned), is_usage: false }
    }

    /// Writes it to standard error.
    pub(super) fn print(&self, as_json: bool) {
        if as_json {
            let error = serde_json::json!({ "code": self.code, "message": self.message, "fix": self.fix });
            print_error_line(&serde_json::json!({ "error": error }).to_string());
            return;
        }
        print_error_line(&format!("error[{}]: {}", self.code, self.message));
        if let Some(fix) = &self.fix {
            print_error_line(&format!("  fix: {fix}"));
        }
    }
}

/// Writes a result: the text for people, or the value as one line of JSON.
pub(super) fn print_result(as_json: bool, text: &str, value: &serde_json::Value) {
    let mut out = io::stdout().lock();
    // A reader that has gone away (`| head`) is no error of ours.
    let _gone = match as_json {
        true => writeln!(out, "{value}"),
        false => writeln!(out, "{}", text.trim_end()),
    };
    let _gone = out.flush();
}

fn print_error_line(line: &str) {
    let _gone = writeln!(io::stderr().lock(), "{line}");
}

/// Progress of an import; invisible unless standard error is a terminal.
pub(super) struct ImportProgress {
    bar: ProgressBar,
}

impl ImportProgress {
    /// Starts it under a title.
    pub(super) fn start(title: &'static str) -> Self {
        let bar = ProgressBar::no_length();
        bar.set_style(style("{msg} {bytes} read, {prefix} rows, {elapsed}"));
        bar.set_message(title);
        Self { bar }
    }

    /// Shows how far it has come.
    pub(super) fn show(&self, progress: Progress) {
        if let (Some(total), None) = (progress.bytes_total, self.bar.length()) {
            self.bar.set_length(total);
            self.bar.set_style(style("{msg} {bar:30} {percent}% {prefix} rows, {eta} left"));
        }
        self.bar.set_prefix(progress.rows.to_string());
        self.bar.set_position(progress.bytes_read);
    }
}

impl ImportProgress {
    /// Shows how far a history import has come: rows first, then the training stages.
    pub(super) fn show_history(&self, progress: HistoryProgress) {
        match progress {
            HistoryProgress::Reading(progress) => self.show(progress),
            HistoryProgress::Training(training) => {
                self.bar.set_style(style("{msg} {bar:30} {pos} of {len}"));
                self.bar.set_message(training.stage);
                self.bar.set_length(u64::from(training.total));
                self.bar.set_position(u64::from(training.done));
            }
        }
    }
}

impl Drop for ImportProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

//! All that the xtask prints.
//!
//! Progress goes to stdout like the output of the tools it starts, unless [`results_only`] moved it to stderr so that
//! stdout carries one machine-readable answer.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is the purpose of this module")]

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

static RESULTS_ONLY: AtomicBool = AtomicBool::new(false);

/// Keeps stdout for [`answer`]: progress, and the output of other programs, go to stderr from here on.
pub(crate) fn results_only() {
    RESULTS_ONLY.store(true, Ordering::Relaxed);
}

/// Whether [`results_only`] was asked for.
pub(crate) fn is_results_only() -> bool {
    RESULTS_ONLY.load(Ordering::Relaxed)
}

/// One line of progress.
pub(crate) fn say(line: impl Display) {
    if is_results_only() {
        eprintln!("{line}");
    } else {
        println!("{line}");
    }
}

/// One line of the answer, always on stdout.
pub(crate) fn answer(line: impl Display) {
    println!("{line}");
}

/// The failure that ends the command, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("\nerror: {error:#}");
}

/// Text in a frame, for the one thing the reader should not overlook.
pub(crate) fn boxed(lines: &[String]) {
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    say(format!("\n┌─{}─┐", "─".repeat(width)));
    for line in lines {
        say(format!("│ {line:width$} │"));
    }
    say(format!("└─{}─┘\n", "─".repeat(width)));
}

/// What a step did.
pub(crate) enum Outcome {
    /// It ran.
    Done,
    /// It had nothing to do, for this reason.
    Skipped(&'static str),
}

/// A numbered sequence of steps, each announced before and timed after.
pub(crate) struct Steps {
    title: &'static str,
    total: usize,
    started: usize,
}

impl Steps {
    /// A sequence of `total` steps.
    pub(crate) fn new(title: &'static str, total: usize) -> Self {
        Steps { title, total, started: 0 }
    }

    /// Runs the next step.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) -> Result<Duration> {
        self.started += 1;
        let place = format!("[{} {}/{}] {name}", self.title, self.started, self.total);
        say(&place);
        let since = Instant::now();
        let outcome = work();
        let elapsed = since.elapsed();
        let verdict = match &outcome {
            Ok(Outcome::Done) => String::from("done"),
            Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
            Err(_) => String::from("FAILED"),
        };
        say(format!("{place}: {verdict} ({} s)", seconds(elapsed)));
        outcome.map(|_| elapsed)
    }
}

/// A duration in seconds with one decimal.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64())
}

//! The tests that are scripts of Node.js: of pages in a real browser, and of packagers.

use std::num::NonZero;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};

use crate::install;
use crate::process::Program;
use crate::report;
use crate::workspace::Workspace;

/// A file that takes longer than this hangs: the longest takes two minutes, alone.
const TIMEOUT_MS: u32 = 8 * 60 * 1000;

/// More files at once wait for each other's browsers.
const MOST_AT_ONCE: usize = 4;

/// The name of a file that measures what a visitor waits for, or types at the pace of a hand.
const TIMED: &str = ".timed.test.mjs";

/// What pages are opened in.
pub(crate) struct Browsers {
    whole: PathBuf,
    /// Most of what a page takes is the window around it.
    without_windows: Option<PathBuf>,
}

impl Browsers {
    /// Finds them, or installs them.
    pub(crate) fn found(workspace: &Workspace) -> Result<Self> {
        let whole = install::chromium(workspace)?;
        let without_windows = install::chromium_shell(workspace)?;
        report::say(format!("  Chromium: {}", whole.display()));
        match &without_windows {
            Some(shell) => report::say(format!("  Chromium without windows: {}", shell.display())),
            None => report::say("  Chromium without windows: none, so that every page gets its window"),
        }
        Ok(Self { whole, without_windows })
    }
}

/// Runs every `*.test.mjs` of a folder, as many at once as there are processors; each starts a server and a browser of
/// its own. What is timed comes last, one at a time, in the browser that visitors have.
pub(crate) fn run(workspace: &Workspace, folder: &str, browsers: &Browsers) -> Result<()> {
    let (timed, others): (Vec<_>, Vec<_>) =
        files(workspace, folder)?.into_iter().partition(|name| name.ends_with(TIMED));
    let at_once = std::thread::available_parallelism().map_or(1, NonZero::get).min(MOST_AT_ONCE);
    let without_windows = browsers.without_windows.clone().unwrap_or_default();
    node(workspace, &others, at_once, browsers).env("CHROMIUM_SHELL", without_windows).run()?;
    if timed.is_empty() {
        return Ok(());
    }
    node(workspace, &timed, 1, browsers).env("CHROMIUM_SHELL", "").run()
}

fn files(workspace: &Workspace, folder: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(workspace.at(folder)).with_context(|| format!("reading `{folder}`"))?;
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(format!("{folder}/{name}"));
        }
    }
    if files.is_empty() {
        return Err(anyhow!("`{folder}` has no *.test.mjs"));
    }
    files.sort();
    Ok(files)
}

fn node(workspace: &Workspace, files: &[String], at_once: usize, browsers: &Browsers) -> Program {
    workspace
        .program("node")
        .args(["--test", "--test-reporter=spec"])
        .args([format!("--test-concurrency={at_once}"), format!("--test-timeout={TIMEOUT_MS}")])
        .args(files)
        .env("CHROMIUM", &browsers.whole)
        .env("CARGO_TARGET_DIR", &workspace.target)
}

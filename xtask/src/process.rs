//! Starting other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::fault::fault;
use crate::report;

/// Environment that `cargo run` sets for the xtask and that would make the cargo we start see another package.
const OWN_ENVIRONMENT: [&str; 4] = ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "OUT_DIR"];

/// A program with its arguments, run in one folder.
pub(crate) struct Program {
    command: Command,
    line: String,
    fix: Option<String>,
}

impl Program {
    /// `name` as found on the PATH, to be run in `folder`.
    pub(crate) fn new(name: impl AsRef<OsStr>, folder: &Path) -> Self {
        let mut command = Command::new(&name);
        command.current_dir(folder);
        for variable in OWN_ENVIRONMENT {
            command.env_remove(variable);
        }
        Program { command, line: name.as_ref().to_string_lossy().into_owned(), fix: None }
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        for arg in args {
            self.line.push(' ');
            self.line.push_str(&arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    /// Sets one environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What the reader should do when it fails.
    pub(crate) fn or_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Runs it to the end with its output shown; an exit code other than 0 is an error.
    pub(crate) fn run(mut self) -> Result<()> {
        report::say(format!("  $ {}", self.line));
        if report::is_results_only() {
            self.command.stdout(Stdio::from(std::io::stderr()));
        }
        let status = self.command.status().map_err(|error| not_started(&self.line, &error))?;
        if status.success() {
            return Ok(());
        }
        let problem = format!("`{}` failed ({status})", self.line);
        Err(match self.fix {
            Some(fix) => fault(problem, fix),
            None => anyhow!(problem),
        })
    }

    /// Runs it to the end and returns its stdout, or its stderr as the error.
    pub(crate) fn capture(mut self) -> Result<String> {
        let output = self.command.output().map_err(|error| not_started(&self.line, &error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(anyhow!("`{}` failed ({}): {}", self.line, output.status, said.trim()));
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print UTF-8", self.line))
    }

    /// The command itself, for a caller that keeps the program running.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }
}

/// Where the PATH has `name`, if it has it.
pub(crate) fn find_program(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn not_started(line: &str, error: &std::io::Error) -> anyhow::Error {
    let program = line.split(' ').next().unwrap_or(line);
    let fix = match program {
        "node" | "npm" => "install Node.js 20 or newer with npm (https://nodejs.org)",
        "rustup" => "install rustup (https://rustup.rs)",
        _ => "install it and put it on the PATH",
    };
    fault(format!("cannot start `{program}`: {error}"), fix)
}

//! Failures that say what to do about them.

use anyhow::Error;

/// An error of two parts: what is wrong, and the command or change that repairs it.
pub(crate) fn fault(problem: impl Into<String>, fix: impl Into<String>) -> Error {
    Fault { problem: problem.into(), fix: fix.into() }.into()
}

#[derive(Debug)]
struct Fault {
    problem: String,
    fix: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n  fix: {}", self.problem, self.fix)
    }
}

impl std::error::Error for Fault {}

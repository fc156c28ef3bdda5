//! `size`: what a page loads, weighed raw, by gzip and by Brotli.

mod limits;
mod parts;
mod snapshot;

use std::fs;

use anyhow::{Context, Result};

use crate::fault::fault;
use crate::workspace::Workspace;
use crate::{build, report};

/// The committed sizes.
const SNAPSHOT: &str = "benches/size.snap";

/// Builds, weighs, compares with the snapshot and the budgets.
pub(crate) fn run(workspace: &Workspace, json: bool, update: bool) -> Result<()> {
    if json {
        report::results_only();
    }
    build::run(workspace)?;
    let sizes = parts::weigh(&workspace.at("js/dist"), &workspace.at("js/src"))?;
    if json {
        report::answer(limits::json(&sizes));
    } else {
        report::answer(snapshot::write(&sizes).trim_end());
    }
    let over = limits::over_budget(&sizes);
    if !over.is_empty() {
        return Err(fault(
            format!("over budget:\n  {}", over.join("\n  ")),
            "make it smaller; budgets do not grow",
        ));
    }
    let file = workspace.at(SNAPSHOT);
    if update {
        fs::write(&file, snapshot::write(&sizes)).with_context(|| format!("writing `{SNAPSHOT}`"))?;
        report::say(format!("size: {SNAPSHOT} updated"));
        return Ok(());
    }
    let accept = "make it smaller, or accept it with `cargo xtask size --update` and commit the snapshot";
    let text = fs::read_to_string(&file).map_err(|error| fault(format!("`{SNAPSHOT}`: {error}"), accept))?;
    let grown = snapshot::growth(&snapshot::read(&text)?, &sizes);
    if !grown.is_empty() {
        return Err(fault(format!("grown against {SNAPSHOT}:\n  {}", grown.join("\n  ")), accept));
    }
    report::say("size: within the budgets and the snapshot");
    Ok(())
}

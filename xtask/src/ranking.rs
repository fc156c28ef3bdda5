//! `ranking`: measures the ranking on real sets and writes docs/ranking.md.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::fault::fault;
use crate::workspace::Workspace;

/// What may be chosen.
#[derive(Args)]
pub(crate) struct Options {
    /// Folder of the sets.
    #[arg(long, env = "HOMEBODY_DATA")]
    data: Option<PathBuf>,
    /// Measure this set alone (repeatable).
    #[arg(long, value_name = "SET")]
    only: Vec<String>,
    /// File to write.
    #[arg(long, default_value = "docs/ranking.md")]
    out: PathBuf,
}

/// Builds the laboratory in release and lets it measure.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let Some(data) = &options.data else {
        return Err(fault(
            "no folder with the sets is known",
            "name it with --data or in HOMEBODY_DATA; your own history is measured by `homebody-lab evaluate`",
        ));
    };
    let mut program = workspace
        .cargo(["run", "--release", "--quiet", "--package", "homebody-lab", "--", "report", "--data"])
        .args([data])
        .args(["--out"])
        .args([workspace.at(&options.out)]);
    for set in &options.only {
        program = program.args(["--only"]).args([set]);
    }
    program.env("CARGO_TARGET_DIR", &workspace.target).run()
}

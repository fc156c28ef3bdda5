//! `ranking`: measures the ranking on real sets and writes docs/ranking.md with its charts.

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
    /// Most visitors that the studies of each set (what each part brings, pools, trade-offs) are made with; their charts
    /// go to a folder beside the file. 0 leaves them out.
    #[arg(long, default_value_t = 500)]
    study_visitors: usize,
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
        .args([workspace.at(&options.out)])
        .args(["--study-visitors"])
        .args([options.study_visitors.to_string()]);
    for set in &options.only {
        program = program.args(["--only"]).args([set]);
    }
    program.env("CARGO_TARGET_DIR", &workspace.target).run()
}

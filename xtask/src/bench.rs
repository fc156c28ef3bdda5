//! `bench`: the measurements, each printed as a ratio of things run in turns.

use anyhow::Result;

use crate::report::{Outcome, Steps};
use crate::workspace::Workspace;
use crate::{build, install};

/// Builds in release and hands over to benches/run.mjs with `args`.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut steps = Steps::new("bench", 4);
    let mut tools = None;
    steps.run("Chromium and nginx", || {
        tools = Some((install::chromium(workspace)?, install::nginx(workspace)?));
        Ok(Outcome::Done)
    })?;
    steps.run("browser side", || build::run(workspace).map(|()| Outcome::Done))?;
    steps.run("server and native benchmarks, release", || {
        workspace
            .cargo([
                "build",
                "--release",
                "--bins",
                "--package",
                "homebody-server",
                "--package",
                "homebody-benches",
            ])
            .run()?;
        Ok(Outcome::Done)
    })?;
    steps.run("benchmarks", || {
        let mut program = workspace.program("node").args(["benches/run.mjs"]).args(args);
        if let Some((chromium, nginx)) = &tools {
            program = program.env("CHROMIUM", chromium).env("NGINX", nginx);
        }
        program.env("CARGO_TARGET_DIR", &workspace.target).run()?;
        Ok(Outcome::Done)
    })?;
    Ok(())
}

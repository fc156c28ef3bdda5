//! `bench`: the measurements, each printed as a ratio of things run in turns.

use anyhow::Result;

use crate::report::{Outcome, Steps};
use crate::workspace::Workspace;
use crate::{build, install, wasm};

/// Builds in release and hands over to benches/run.mjs with `args`.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut steps = Steps::new("bench", 5);
    let mut tools = None;
    steps.run("Chromium and nginx", || {
        tools = Some((install::chromium(workspace)?, install::nginx(workspace)?));
        Ok(Outcome::Done)
    })?;
    steps.run("browser side", || build::run(workspace).map(|()| Outcome::Done))?;
    let with_simd = workspace.target.join("bench/wasm-simd");
    steps.run("the hot module with SIMD", || wasm::build_with_simd(workspace, &with_simd))?;
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
        program.env("CARGO_TARGET_DIR", &workspace.target).env("WASM_SIMD", &with_simd).run()?;
        Ok(Outcome::Done)
    })?;
    Ok(())
}

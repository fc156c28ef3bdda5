//! `build`: everything a browser loads.

use anyhow::Result;

use crate::report::Steps;
use crate::workspace::Workspace;
use crate::{bundle, install, wasm};

/// Runs the steps in order; those whose inputs did not change are skipped.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::new("build", 4 + wasm::MODULES.len());
    steps.run("Wasm target", || install::wasm_target(workspace))?;
    steps.run("npm packages", || install::npm_packages(workspace))?;
    for module in wasm::MODULES {
        steps.run(&format!("Wasm module {module}"), || wasm::build(workspace, module))?;
    }
    steps.run("npm package (tsc)", || bundle::package(workspace))?;
    steps.run("bundles (webpack)", || bundle::webpack(workspace))?;
    Ok(())
}

/// The server and the laboratory, in the dev profile.
pub(crate) fn binaries(workspace: &Workspace) -> Result<()> {
    workspace.cargo(["build", "--package", "homebody-server", "--package", "homebody-lab"]).run()
}

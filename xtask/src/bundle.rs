//! The npm package and what webpack makes of it.

use anyhow::Result;

use crate::install::npm;
use crate::report::Outcome;
use crate::stamp::Stamp;
use crate::wasm;
use crate::workspace::Workspace;

/// Compiles js/src to js/dist.
pub(crate) fn package(workspace: &Workspace) -> Result<Outcome> {
    let mut inputs: Vec<_> = ["js/src", "js/package.json", "js/tsconfig.json", "package-lock.json"]
        .map(|path| workspace.at(path))
        .into();
    inputs.extend(wasm::MODULES.map(|module| workspace.at(wasm::FOLDER).join(format!("{module}.d.ts"))));
    let outputs = ["js/dist/index.js", "js/dist/index.d.ts"].map(|path| workspace.at(path));
    Stamp::of(workspace, "package", &inputs, "")?
        .outputs(outputs)
        .unless_fresh(|| npm(workspace).args(["run", "build", "--workspace", "js"]).run())
}

/// Bundles the script-tag build and the demo shop.
pub(crate) fn webpack(workspace: &Workspace) -> Result<Outcome> {
    let mut inputs: Vec<_> =
        ["js/src", "www", "webpack.config.js", "package-lock.json"].map(|path| workspace.at(path)).into();
    for module in wasm::MODULES {
        inputs.extend(["js", "wasm"].map(|kind| workspace.at(wasm::FOLDER).join(format!("{module}.{kind}"))));
    }
    let outputs = ["js/dist/homebody.js", "www/dist/shop/index.html"].map(|path| workspace.at(path));
    Stamp::of(workspace, "webpack", &inputs, "")?
        .outputs(outputs)
        .unless_fresh(|| npm(workspace).args(["run", "bundle"]).run())
}

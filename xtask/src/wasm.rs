//! The browser modules: cargo, then wasm-bindgen as a library, then wasm-opt.
//!
//! wasm-bindgen's library is locked by the same Cargo.lock as the crate it processes, so the two cannot disagree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::install::WASM_TARGET;
use crate::report::{self, Outcome};
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// The modules, each a feature of `homebody-wasm` and a file name in [`FOLDER`].
pub(crate) const MODULES: [&str; 2] = ["rank", "care"];

/// Where the npm package keeps them.
pub(crate) const FOLDER: &str = "js/dist/wasm";

/// No `--enable-…` flag: wasm-opt reads the features from the module itself, and `--all-features` would write a module
/// that no browser loads. The section that names them is stripped last, when nobody needs it any more.
const OPTIMISE: [&str; 4] = ["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// Builds one of [`MODULES`].
pub(crate) fn build(workspace: &Workspace, module: &str) -> Result<Outcome> {
    let compiled = compile(workspace, module)?;
    let folder = workspace.at(FOLDER);
    let outputs = ["js", "d.ts", "wasm"].map(|extension| folder.join(format!("{module}.{extension}")));
    // Cargo is quick when nothing changed; what follows is not, and depends on its output alone.
    let inputs = [compiled.clone(), workspace.at("node_modules/binaryen/package.json")];
    let settings = format!("{OPTIMISE:?} {}", env!("CARGO_PKG_VERSION"));
    Stamp::of(workspace, &format!("wasm-{module}"), &inputs, &settings)?
        .outputs(outputs)
        .unless_fresh(|| bind(workspace, module, &compiled, &folder))
}

fn compile(workspace: &Workspace, module: &str) -> Result<PathBuf> {
    // One target folder a module: they are the same crate with other features and would overwrite each other.
    let target = workspace.target.join("wasm").join(module);
    workspace
        .cargo(["build", "--package", "homebody-wasm", "--target", WASM_TARGET, "--profile", "wasm"])
        .args(["--no-default-features", "--features", module, "--target-dir"])
        .args([&target])
        .run()?;
    Ok(target.join(WASM_TARGET).join("wasm/homebody_wasm.wasm"))
}

fn bind(workspace: &Workspace, module: &str, compiled: &Path, folder: &Path) -> Result<()> {
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name(module)
        .web(true)
        .and_then(|bindgen| bindgen.typescript(true).omit_default_module_path(true).generate_output())
        .map_err(|error| anyhow!("wasm-bindgen on `{}`: {error:#}", compiled.display()))?;
    fs::create_dir_all(folder)?;
    let raw = compiled.with_file_name(format!("{module}.bound.wasm"));
    fs::write(&raw, output.wasm_mut().emit_wasm())?;
    let types = output.ts().context("wasm-bindgen wrote no TypeScript")?;
    fs::write(folder.join(format!("{module}.d.ts")), types)?;
    fs::write(folder.join(format!("{module}.js")), output.js())?;
    optimise(workspace, &raw, &folder.join(format!("{module}.wasm")))
}

fn optimise(workspace: &Workspace, from: &Path, to: &Path) -> Result<()> {
    workspace
        .program("node")
        .args([workspace.at("node_modules/binaryen/bin/wasm-opt")])
        .args([from])
        .args(OPTIMISE)
        .args([Path::new("-o"), to])
        .or_fix("remove node_modules and run `cargo xtask build` again")
        .run()?;
    let before = fs::metadata(from)?.len();
    let after = fs::metadata(to)?.len();
    report::say(format!("  {} bytes, {after} after wasm-opt", before));
    Ok(())
}

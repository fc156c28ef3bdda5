//! `rust-page`: the example that is a page written in Rust, compiled and bound.

use anyhow::{Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::install::{self, WASM_TARGET};
use crate::report::Outcome;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// A workspace of its own: nothing else wants its packages, and nobody who builds the rest compiles them.
const FOLDER: &str = "examples/08-all-rust";

/// Writes the module and its glue to `pkg` in the example's folder.
pub(crate) fn build(workspace: &Workspace) -> Result<Outcome> {
    install::wasm_target(workspace)?;
    let folder = workspace.at(FOLDER);
    let inputs = ["src", "Cargo.toml", "Cargo.lock"].map(|path| folder.join(path));
    let core = ["core/protocol", "core/device"].map(|path| workspace.at(path));
    let inputs: Vec<_> = inputs.into_iter().chain(core).collect();
    let outputs =
        ["homebody_all_rust.js", "homebody_all_rust_bg.wasm"].map(|name| folder.join("pkg").join(name));
    Stamp::of(workspace, "rust-page", &inputs, include_str!("rust_page.rs"))?
        .outputs(outputs)
        .unless_fresh(|| compile(workspace))
}

fn compile(workspace: &Workspace) -> Result<()> {
    let (folder, target) = (workspace.at(FOLDER), workspace.target.join("rust-page"));
    workspace
        .cargo(["build", "--release", "--locked", "--target", WASM_TARGET, "--manifest-path"])
        .args([folder.join("Cargo.toml")])
        .env("CARGO_TARGET_DIR", &target)
        .run()?;
    Bindgen::new()
        .input_path(target.join(WASM_TARGET).join("release/homebody_all_rust.wasm"))
        .web(true)
        .and_then(|bindgen| bindgen.typescript(false).generate(folder.join("pkg")))
        .map_err(|error| anyhow!("wasm-bindgen on the page in Rust: {error:#}"))
}

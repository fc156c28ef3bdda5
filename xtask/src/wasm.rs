//! The browser modules: cargo, then wasm-bindgen as a library, then wasm-opt.
//!
//! wasm-bindgen's library is locked by the same Cargo.lock as the crate it processes, so the two cannot disagree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use walrus::Module;
use wasm_bindgen_cli_support::Bindgen;

use crate::annex;
use crate::glue::{self, Glue};
use crate::install::WASM_TARGET;
use crate::report::{self, Outcome};
use crate::snip::snip;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// The modules, each a feature of `homebody-wasm` and a file name in [`FOLDER`].
pub(crate) const MODULES: [&str; 5] = ["rank", "care", "contribute", "judge", "split"];

/// Where the npm package keeps them.
pub(crate) const FOLDER: &str = "js/dist/wasm";

/// What the modules are compiled from.
const SOURCES: [&str; 5] = ["Cargo.toml", "Cargo.lock", "core/protocol", "core/device", "sdk-wasm"];

/// Nobody waits for loops in the modules that come on demand: they are compiled for size alone.
const SMALL: [&str; 4] = [
    "--config",
    r#"profile.wasm.package.homebody-device.opt-level="z""#,
    "--config",
    r#"profile.wasm.package.homebody-protocol.opt-level="z""#,
];

/// SHA-256 with a loop in place of 64 rounds written out: 7 KB less, and a few hundred blocks a report.
const COMPACT: &str = r#"--cfg sha2_backend_soft="compact""#;

/// No `--enable-…` flag: wasm-opt reads the features from the module itself, and `--all-features` would write a module
/// that no browser loads. The section that names them is stripped last, when nobody needs it any more. `-O3` ranks 6 %
/// faster than `-Oz` and is 0.3 % larger. A function that is called once stays a function: rustc has inlined what pays,
/// and Brotli finds more in common between small functions than within one large one, 4 % of the module. What is no
/// longer than a call is no function; those of one file stand side by side, and locals by how often they are named.
const OPTIMISE: [&str; 8] = [
    "-O3",
    "--one-caller-inline-max-function-size=0",
    "--always-inline-max-function-size=6",
    "--reorder-functions-by-name",
    "--reorder-locals",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Builds one of [`MODULES`].
pub(crate) fn build(workspace: &Workspace, module: &str) -> Result<Outcome> {
    let compiled = compile(workspace, module)?;
    let folder = workspace.at(FOLDER);
    let named = |extension| folder.join(format!("{module}.{extension}"));
    let annex = (module == "rank").then(|| folder.join("annex.wasm"));
    let outputs = ["js", "d.ts", "wasm"].map(named).into_iter().chain(annex);
    // What follows depends on cargo's output alone, which often stays the same when a source changes.
    let inputs = [compiled.clone(), workspace.at("node_modules/binaryen/package.json")];
    // A changed recipe is a changed input too.
    Stamp::of(
        workspace,
        &format!("wasm-{module}"),
        &inputs,
        &[
            include_str!("wasm.rs"),
            include_str!("snip.rs"),
            include_str!("leftovers.rs"),
            include_str!("annex.rs"),
            glue::RECIPE,
        ]
        .concat(),
    )?
    .outputs(outputs)
    .unless_fresh(|| bind(workspace, module, &compiled, &folder))
}

/// Builds `rank` with SIMD instructions into `folder`: a contestant of the benchmarks, which shows whether shipping
/// them would pay.
pub(crate) fn build_with_simd(workspace: &Workspace, folder: &Path) -> Result<Outcome> {
    let target = workspace.target.join("wasm-simd");
    workspace
        .cargo(["build", "--package", "homebody-wasm", "--target", WASM_TARGET, "--profile", "wasm"])
        .args(["--no-default-features", "--features", "rank", "--target-dir"])
        .args([&target])
        .env("RUSTFLAGS", "-Ctarget-feature=+simd128")
        .run()?;
    bind(workspace, "rank", &target.join(WASM_TARGET).join("wasm/homebody_wasm.wasm"), folder)?;
    Ok(Outcome::Done)
}

/// Compiles the module unless its sources are unchanged, and returns where the result is kept.
///
/// Cargo alone would not do: both modules are one crate, whose two outputs overwrite each other, so cargo links anew
/// every time it is asked for the other one.
fn compile(workspace: &Workspace, module: &str) -> Result<PathBuf> {
    let target = workspace.target.join("wasm");
    let kept = target.join(format!("{module}.wasm"));
    let inputs = SOURCES.map(|path| workspace.at(path));
    let settings = workspace.program("rustc").args(["--version"]).capture()?;
    let settings = [settings.as_str(), &SMALL.concat(), COMPACT].concat();
    Stamp::of(workspace, &format!("compile-{module}"), &inputs, &settings)?
        .outputs([kept.clone()])
        .unless_fresh(|| {
            let build = workspace
                .cargo(["build", "--package", "homebody-wasm", "--target", WASM_TARGET, "--profile", "wasm"])
                .args(["--no-default-features", "--features", module, "--target-dir"])
                .args([&target])
                .args(if module == "rank" { &[][..] } else { &SMALL[..] });
            if hashes(module) { build.env("RUSTFLAGS", COMPACT).run() } else { build.run() }?;
            fs::copy(target.join(WASM_TARGET).join("wasm/homebody_wasm.wasm"), &kept)?;
            Ok(())
        })?;
    Ok(kept)
}

/// Whether a library in a module puts text together, only ever for errors: the circuits of `split`, whose parameters and
/// vectors are held to their bounds before.
fn speaks(module: &str) -> bool {
    module == "split"
}

/// Whether a module has SHA-256 in it.
fn hashes(module: &str) -> bool {
    matches!(module, "contribute" | "judge")
}

fn bind(workspace: &Workspace, module: &str, compiled: &Path, folder: &Path) -> Result<()> {
    let mut raw = Module::from_file(compiled)?;
    let snipped = snip(&mut raw, speaks(module))?;
    ensure!(snipped > 0, "no panic code found in `{}`: did the names change?", compiled.display());
    let mut output = Bindgen::new()
        .input_module(module, raw)
        .web(true)
        .and_then(|bindgen| {
            // With `__wbg_reset_state`, a module that trapped can be made new without loading it again; `care` keeps
            // no state between calls and saves its 200 bytes.
            bindgen
                .typescript(true)
                .omit_default_module_path(true)
                .reset_state_function(module == "rank")
                .generate_output()
        })
        .map_err(|error| anyhow!("wasm-bindgen on `{}`: {error:#}", compiled.display()))?;
    fs::create_dir_all(folder)?;
    let types = output.ts().context("wasm-bindgen wrote no TypeScript")?.to_owned();
    let glue = Glue { script: output.js().to_owned(), types };
    let glue = glue::slim(output.wasm_mut(), &glue).with_context(|| format!("the glue of `{module}`"))?;
    let wasm = output.wasm_mut().emit_wasm();
    fs::write(folder.join(format!("{module}.d.ts")), glue.types)?;
    fs::write(folder.join(format!("{module}.js")), glue.script)?;
    let raw = |half: &str| compiled.with_file_name(format!("{half}.bound.wasm"));
    if module != "rank" {
        fs::write(raw(module), wasm)?;
        return optimise(workspace, &raw(module), &folder.join(format!("{module}.wasm")));
    }
    let halves = annex::cut(&wasm, &annex::ENTRANCES)?;
    for (half, wasm) in [("rank", halves.host), ("annex", halves.annex)] {
        fs::write(raw(half), wasm)?;
        optimise(workspace, &raw(half), &folder.join(format!("{half}.wasm")))?;
    }
    Ok(())
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
    report::say(format!("  {before} bytes, {after} after wasm-opt"));
    Ok(())
}

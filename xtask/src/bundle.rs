//! The npm package and what webpack makes of it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

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

/// Bundles the script-tag build, its worker, the readers, the feeds and bridges, the bindings for React and Vue, the demo shop and the
/// designer of notices.
pub(crate) fn webpack(workspace: &Workspace) -> Result<Outcome> {
    let mut inputs: Vec<_> =
        ["js/src", "www", "docs/consent.schema.json", "webpack.config.js", "package-lock.json"]
            .map(|path| workspace.at(path))
            .into();
    for module in wasm::MODULES {
        inputs.extend(["js", "wasm"].map(|kind| workspace.at(wasm::FOLDER).join(format!("{module}.{kind}"))));
    }
    let outputs = [
        "js/dist/homebody.js",
        "js/dist/homebody.worker.js",
        "js/dist/sources/tcf.js",
        "js/dist/feeds/segment.js",
        "js/dist/bridges/gtag.js",
        "js/dist/react/binding.js",
        "js/dist/vue/binding.js",
        "js/dist/wasm/rank.inline.js",
        "www/dist/index.html",
        "www/designer/dist/index.html",
    ]
    .map(|path| workspace.at(path));
    Stamp::of(workspace, "webpack", &inputs, "")?.outputs(outputs).unless_fresh(|| {
        // Chunks of an earlier bundle would be shipped with this one: webpack shares the folder with tsc and clears
        // nothing in it.
        for folder in ["", "bridges", "crm", "feeds", "flags", "texts"] {
            let dist = workspace.at("js/dist").join(folder);
            for stale in chunks(&dist, &workspace.at("js/src").join(folder))? {
                fs::remove_file(dist.join(stale))?;
            }
        }
        npm(workspace).args(["run", "bundle"]).run()
    })
}

/// The scripts in `dist` that are webpack's and not the compiled form of a file in `sources`.
pub(crate) fn chunks(dist: &Path, sources: &Path) -> Result<Vec<String>> {
    let mut chunks = Vec::new();
    for entry in fs::read_dir(dist).with_context(|| format!("reading `{}`", dist.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_compiled =
            name.strip_suffix(".js").is_none_or(|stem| sources.join(format!("{stem}.ts")).is_file());
        if !is_compiled {
            chunks.push(name);
        }
    }
    chunks.sort();
    Ok(chunks)
}

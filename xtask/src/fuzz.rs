//! `fuzz`: inputs nobody would think of, by libFuzzer on the stable compiler, which can instrument but not sanitise: safe
//! Rust has little to sanitise.

use std::path::Path;

use anyhow::{Context, Result};

use crate::report::{Outcome, Steps};
use crate::workspace::Workspace;

/// Where the targets and their inputs are.
const FOLDER: &str = "tests/fuzz";
/// Coverage counters for every branch and the operands of every comparison.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1";
/// Longer inputs find nothing that shorter ones do not.
const MAX_INPUT_BYTES: u32 = 4_096;

/// Builds the targets and runs each for `minutes`; with a name, that one alone. New inputs that reach new code are
/// added to the corpus, and a crash is written beside it and named.
pub(crate) fn run(workspace: &Workspace, minutes: f64, only: Option<&str>) -> Result<()> {
    let folder = workspace.root.join(FOLDER);
    let targets = targets(&folder.join("targets"), only)?;
    let mut steps = Steps::new("fuzz", targets.len() + 1);
    let target_folder = workspace.target.join("fuzz");
    steps.run("instrumented build", || {
        let host = "x86_64-unknown-linux-gnu";
        let build =
            workspace.cargo(["build", "--package", "homebody-fuzz", "--profile", "fuzz", "--target", host]);
        let fix = "libFuzzer is compiled from C++: install a C++ compiler (g++ or clang)";
        build.env("RUSTFLAGS", INSTRUMENTED).env("CARGO_TARGET_DIR", &target_folder).or_fix(fix).run()?;
        Ok(Outcome::Done)
    })?;
    for target in targets {
        let corpus = folder.join("corpus").join(&target);
        std::fs::create_dir_all(&corpus).with_context(|| format!("cannot create `{}`", corpus.display()))?;
        steps.run(&format!("{target}, {minutes} min"), || {
            let seconds = (minutes * 60.0).ceil();
            let program = target_folder.join("x86_64-unknown-linux-gnu/fuzz").join(&target);
            let crash = folder.join(format!("crash-{target}-"));
            let fix = format!("the input is in {FOLDER}; run it again with `{target} FILE`");
            workspace
                .program(&program)
                .args([format!("-max_total_time={seconds}"), format!("-max_len={MAX_INPUT_BYTES}")])
                .args([format!("-artifact_prefix={}", crash.display()), "-print_final_stats=1".to_owned()])
                .args(["-verbosity=0".to_owned(), corpus.display().to_string()])
                .or_fix(fix)
                .run()?;
            Ok(Outcome::Done)
        })?;
    }
    Ok(())
}

/// The targets there are, in order of their names.
fn targets(folder: &Path, only: Option<&str>) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().trim_end_matches(".rs").to_owned();
        if only.is_none_or(|only| only == name) {
            names.push(name);
        }
    }
    names.sort();
    anyhow::ensure!(!names.is_empty(), "no fuzz target of that name; see {FOLDER}/targets");
    Ok(names)
}

//! `test`: every check of the repository, in the order in which they fail cheapest.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::fault::fault;
use crate::install::{self, npm};
use crate::report::{self, Outcome, Steps};
use crate::scripts::{self, Browsers};
use crate::workspace::Workspace;
use crate::{build, codegen, graph, rust_page, size};

type Check = fn(&Workspace) -> Result<()>;

/// Name, and what is done.
const STEPS: [(&str, Check); 11] = [
    ("format", format),
    ("graph", graph::run),
    ("lints", lints),
    ("rust", rust),
    ("docs", docs),
    ("build", build::run),
    ("codegen", |workspace| codegen::run(workspace, true, &WHOLE)),
    ("typescript", typescript),
    ("size", |workspace| size::run(workspace, false, false)),
    ("browser", browser),
    ("packaging", packaging),
];

/// Runs all steps, or those named in `only`, up to the first failure, and prints a table.
pub(crate) fn run(workspace: &Workspace, only: &[String]) -> Result<ExitCode> {
    let chosen = choose(only)?;
    say_data();
    let mut steps = Steps::new("test", chosen.len());
    let since = Instant::now();
    let mut results: Vec<(&str, Option<Duration>)> = Vec::new();
    let mut failure = None;
    for (name, check) in &chosen {
        if failure.is_some() {
            results.push((name, None));
            continue;
        }
        let started = Instant::now();
        if let Err(error) = steps.run(name, || check(workspace).map(|()| Outcome::Done)) {
            failure = Some(error.context(format!("step `{name}`")));
        }
        results.push((name, Some(started.elapsed())));
    }
    if let Some(error) = &failure {
        report::error(error);
    }
    summary(&results, failure.is_some(), since.elapsed());
    Ok(if failure.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn choose(only: &[String]) -> Result<Vec<(&'static str, Check)>> {
    for name in only {
        if !STEPS.iter().any(|(step, _)| step == name) {
            let names: Vec<&str> = STEPS.iter().map(|(step, _)| *step).collect();
            return Err(fault(
                format!("there is no step `{name}`"),
                format!("use one of: {}", names.join(", ")),
            ));
        }
    }
    let wanted = |step: &str| only.is_empty() || only.iter().any(|name| name == step);
    Ok(STEPS.into_iter().filter(|(step, _)| wanted(step)).collect())
}

fn say_data() {
    match std::env::var_os("HOMEBODY_DATA").map(PathBuf::from) {
        Some(folder) if folder.is_dir() => report::say(format!("real data: {}", folder.display())),
        Some(folder) => report::say(format!(
            "real data: none, HOMEBODY_DATA names `{}`, which is not a folder; tests say what they skip",
            folder.display()
        )),
        None => report::say("real data: none, HOMEBODY_DATA is not set; tests say what they skip"),
    }
}

fn summary(results: &[(&str, Option<Duration>)], failed: bool, elapsed: Duration) {
    let ran = results.iter().filter(|(_, elapsed)| elapsed.is_some()).count();
    let failures = usize::from(failed);
    report::say("");
    for (at, (name, elapsed)) in results.iter().enumerate() {
        let verdict = match elapsed {
            None => String::from("not run"),
            Some(elapsed) if failed && at + 1 == ran => format!("FAILED  {:>7} s", report::seconds(*elapsed)),
            Some(elapsed) => format!("passed  {:>7} s", report::seconds(*elapsed)),
        };
        report::say(format!("  {name:<12} {verdict}"));
    }
    report::say(format!("  {:<12}         {:>7} s\n", "together", report::seconds(elapsed)));
    report::answer(format!("{} passed, {failures} failed", ran - failures));
}

fn format(workspace: &Workspace) -> Result<()> {
    workspace.cargo(["fmt", "--all", "--check"]).or_fix("run `cargo fmt --all`").run()
}

/// The features of the browser modules are on; the modules' own builds check them one by one.
const FEATURES: &str = "homebody-wasm/rank,homebody-wasm/care,homebody-wasm/contribute,homebody-wasm/split,homebody-device/ts,homebody-server/parquet";

/// One set of packages and features for every step that runs something: cargo compiles all dependencies again for a set
/// that differs in one feature. The fuzz targets link with libFuzzer, which `fuzz` does.
const WHOLE: [&str; 7] =
    ["--workspace", "--exclude", "xtask", "--exclude", "homebody-fuzz", "--features", FEATURES];

/// The same for lints, which link nothing.
const READ: [&str; 5] = ["--workspace", "--exclude", "xtask", "--features", FEATURES];

/// The xtask apart, as `cargo xtask` compiled it.
const XTASK: [&str; 2] = ["--package", "xtask"];

fn lints(workspace: &Workspace) -> Result<()> {
    let lint = |packages: &[&str]| {
        workspace.cargo(["clippy"]).args(packages).args(["--all-targets", "--", "--deny", "warnings"]).run()
    };
    lint(&READ)?;
    lint(&XTASK)
}

fn rust(workspace: &Workspace) -> Result<()> {
    // The tests that ts-rs derives write files; `codegen` compares them, here they only have to be out of the way.
    let scratch = workspace.target.join("xtask/scratch-types");
    workspace.cargo(["test"]).args(WHOLE).env("TS_RS_EXPORT_DIR", &scratch).run()?;
    workspace.cargo(["test"]).args(XTASK).run()
}

fn docs(workspace: &Workspace) -> Result<()> {
    workspace.cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings").run()
}

fn typescript(workspace: &Workspace) -> Result<()> {
    install::npm_packages(workspace)?;
    npm(workspace).args(["test", "--workspace", "js"]).run()
}

fn browser(workspace: &Workspace) -> Result<()> {
    let browsers = Browsers::found(workspace)?;
    install::firefox(workspace);
    build::run(workspace)?;
    workspace.cargo(["build", "--bins", "--tests"]).args(WHOLE).run()?;
    rust_page::build(workspace)?;
    scripts::run(workspace, "tests/browser", &browsers)
}

fn packaging(workspace: &Workspace) -> Result<()> {
    let browsers = Browsers::found(workspace)?;
    build::run(workspace)?;
    scripts::run(workspace, "tests/packaging", &browsers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_steps_run_unless_some_are_named() {
        assert_eq!(choose(&[]).unwrap().len(), STEPS.len());
        let chosen = choose(&["size".into(), "graph".into()]).unwrap();
        assert_eq!(chosen.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["graph", "size"]);
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_list() {
        let refused = choose(&["browsers".into()]).err().unwrap().to_string();
        assert!(refused.contains("`browsers`") && refused.contains("packaging"), "{refused}");
    }
}

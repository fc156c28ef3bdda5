//! Every command of the repository: `cargo xtask build | test | demo | …`.
//!
//! One file a command; [`report`] is the only one that prints, [`process`] the only one that starts other programs.

mod annex;
mod bench;
mod build;
mod bundle;
mod codegen;
mod demo;
mod fault;
mod fuzz;
mod glue;
mod graph;
mod install;
mod leftovers;
mod process;
mod ranking;
mod report;
mod rust_page;
mod scripts;
mod size;
mod snip;
mod stamp;
mod suite;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Builds, tests and measures Homebody.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the browser side: Wasm modules, npm package, script-tag bundle, demo shop.
    Build,
    /// Write the TypeScript types of the Rust types to js/src/generated.
    Codegen {
        /// Write nothing; fail when the committed files differ.
        #[arg(long)]
        check: bool,
    },
    /// Check that the crates depend on one another only as ARCHITECTURE.md allows.
    Graph,
    /// Weigh what a page loads, against benches/size.snap and the budgets.
    Size {
        /// Print one line of JSON and nothing else on stdout.
        #[arg(long)]
        json: bool,
        /// Accept the sizes of today as the new snapshot.
        #[arg(long)]
        update: bool,
    },
    /// Check everything: format, lints, tests in Rust, TypeScript and Chromium, sizes, packaging.
    #[command(visible_alias = "ci")]
    Test {
        /// Run this step alone (repeatable); an unknown name prints the list.
        #[arg(long, value_name = "STEP")]
        only: Vec<String>,
    },
    /// Start the demo shop on a local address.
    Demo(demo::Options),
    /// Run the benchmarks; they print ratios.
    Bench {
        /// Handed to benches/run.mjs: parts to measure, `--quick`, `--write`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure the ranking on real sets and write docs/ranking.md.
    Ranking(ranking::Options),
    /// Compile the example that is a page written in Rust.
    RustPage,
    /// Feed everything that reads bytes or ranks with inputs nobody would think of.
    Fuzz {
        /// One target alone; see tests/fuzz/targets.
        target: Option<String>,
        /// Minutes for each target.
        #[arg(long, default_value_t = 2.5)]
        minutes: f64,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            report::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::load()?;
    match command {
        Command::Build => build::run(&workspace),
        Command::Codegen { check } => codegen::run(&workspace, check, &codegen::CRATES),
        Command::Graph => graph::run(&workspace),
        Command::Size { json, update } => size::run(&workspace, json, update),
        // Its last line is the count, so it reports its failure itself.
        Command::Test { only } => return suite::run(&workspace, &only),
        Command::Demo(options) => demo::run(&workspace, &options),
        Command::Bench { args } => bench::run(&workspace, &args),
        Command::Ranking(options) => ranking::run(&workspace, &options),
        Command::RustPage => rust_page::build(&workspace).map(|_| ()),
        Command::Fuzz { target, minutes } => fuzz::run(&workspace, minutes, target.as_deref()),
    }?;
    Ok(ExitCode::SUCCESS)
}

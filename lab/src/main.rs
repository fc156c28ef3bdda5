//! `homebody-lab`: simulated visitors and offline evaluation.

mod commands;
mod population_options;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use homebody_lab::cut::{Protocol, cut};
use homebody_lab::log::Log;
use homebody_lab::simulate::{Simulation, simulate};
use homebody_lab::{items, replay, tables};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Simulated visitors and offline evaluation.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the history of made-up visitors of a catalogue.
    Simulate {
        /// Catalogue, JSON Lines or CSV.
        #[arg(long)]
        catalog: PathBuf,
        /// History to write, CSV.
        #[arg(long)]
        out: PathBuf,
        /// The same seed gives the same file.
        #[arg(long)]
        seed: u64,
        /// Number of visitors.
        #[arg(long, default_value_t = 2_000)]
        visitors: u32,
        /// Unix seconds that everything happens before.
        #[arg(long, default_value_t = 1_767_225_600)]
        end_ts: i64,
    },
    /// Learn from a history, rank for its visitors with the real device, and compare.
    Evaluate(commands::Evaluate),
    /// Estimate what policies would earn from logs with propensities.
    OffPolicy(commands::OffPolicy),
    /// Let a population of devices contribute to a site that knows nothing, over HTTP, and judge what it learns.
    Population(population_options::Population),
    /// Measure every known set and write the table of docs/ranking.md.
    Report(commands::Report),
    /// Split a history into what is trained on and what visitors do next.
    Split {
        /// History, CSV.
        #[arg(long)]
        history: PathBuf,
        /// How to split.
        #[arg(long)]
        protocol: Protocol,
        /// Where the train part goes, CSV.
        #[arg(long)]
        train: PathBuf,
        /// Where the held-out part goes, CSV.
        #[arg(long)]
        test: PathBuf,
    },
    /// Rank for held-out visitors with published tables, on the device's own code.
    Replay {
        /// Published tables, or folders that hold them.
        #[arg(long, num_args = 1.., required = true)]
        tables: Vec<PathBuf>,
        /// The train part, CSV.
        #[arg(long)]
        history: PathBuf,
        /// The held-out part, CSV.
        #[arg(long)]
        test: PathBuf,
        /// Print everything, lists included, as one line of JSON.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Simulate { catalog, out, seed, visitors, end_ts } => {
            write_simulated(&catalog, &out, Simulation { visitors, seed, end_ts })
        }
        Command::Evaluate(options) => options.run().map(|text| say(&text)),
        Command::OffPolicy(options) => options.run().map(|text| say(&text)),
        Command::Population(options) => options.run().map(|text| say(&text)),
        Command::Report(options) => options.run().map(|text| say(&text)),
        Command::Split { history, protocol, train, test } => split(&history, protocol, &train, &test),
        Command::Replay { tables, history, test, json } => run_replay(&tables, &history, &test, json),
    }
}

fn write_simulated(catalog: &Path, out: &Path, simulation: Simulation) -> Result<()> {
    let items = items::read(catalog)?;
    let file = File::create(out).with_context(|| format!("cannot create `{}`", out.display()))?;
    let mut writer = BufWriter::new(file);
    let rows = simulate(&items, simulation, &mut writer)?;
    writer.flush()?;
    say(&format!(
        "simulated: {rows} interactions of {} made-up visitors (seed {}), no person behind them -> {}",
        simulation.visitors,
        simulation.seed,
        out.display()
    ));
    Ok(())
}

fn split(history: &Path, protocol: Protocol, train: &Path, test: &Path) -> Result<()> {
    let log = Log::read(history)?;
    let cut = cut(&log, protocol);
    log.write(train, cut.train.iter().copied())?;
    log.write(test, cut.test.iter().copied())?;
    say(&format!("{} rows to train on, {} held out", cut.train.len(), cut.test.len()));
    Ok(())
}

fn run_replay(paths: &[PathBuf], history: &Path, test: &Path, json: bool) -> Result<()> {
    let tables = tables::find(paths)?;
    let (train, test) = (Log::read(history)?, Log::read(test)?);
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new(0) };
    let found = replay::replay(&tables, &train, &test, &mut |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    if json {
        say(&serde_json::to_string(&found)?);
    } else {
        say(&format!(
            "{} visitors: NDCG@10 {:.4}, recall@10 {:.4}, MRR@10 {:.4}; {} held-out rows of unknown items",
            found.visitors, found.ndcg_at_10, found.recall_at_10, found.mrr_at_10, found.unknown_items
        ));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the output of a command goes to stdout")]
fn say(line: &str) {
    println!("{line}");
}

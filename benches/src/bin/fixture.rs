//! `fixture FOLDER`: writes the tables and the scenario that the benchmarks measure.

use std::path::PathBuf;

use anyhow::{Context, Result};
use homebody_benches::scenario::Scenario;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).context("usage: fixture FOLDER")?;
    Scenario::new().write(&folder)
}

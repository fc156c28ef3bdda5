//! The report of docs/ranking.md: every set there is, ours beside the best of others.

mod bandits;
mod peers;
mod sections;
pub mod sets;

use anyhow::{Result, bail};
use sections::Sections;
use sets::{SETS, Set};
use std::path::Path;

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Folder of the sets.
    pub data: &'a Path,
    /// Folders of the sets that are measured; all that are there where none is named.
    pub only: &'a [String],
    /// Seed of samples and intervals.
    pub seed: u64,
    /// Most visitors that each set's studies are made with; 0 makes none.
    pub study_visitors: usize,
    /// Folder of the charts, as the report's links name it.
    pub charts: &'a str,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Report {
    /// The text.
    pub markdown: String,
    /// Charts: name of the file, and SVG.
    pub charts: Vec<(String, String)>,
}

/// Measures the sets of a folder; `each` is handed the report after every set, since all of them take half an hour.
///
/// # Errors
/// When none is there, one cannot be evaluated, or `each` fails.
pub fn report(options: &Options<'_>, each: &mut dyn FnMut(&Report) -> Result<()>) -> Result<Report> {
    let wanted = |set: &&Set| options.only.is_empty() || options.only.iter().any(|name| name == set.folder);
    let sets: Vec<&Set> = SETS.iter().filter(wanted).filter(|set| set.is_in(options.data)).collect();
    if sets.is_empty() {
        bail!("none of the known sets is in `{}`", options.data.display());
    }
    let bandits = bandits::section(options.data, options.seed)?;
    let mut sections = Sections::new();
    for set in sets {
        sections.measure(set, options)?;
        each(&sections.report(&bandits))?;
    }
    Ok(sections.report(&bandits))
}

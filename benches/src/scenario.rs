//! What is ranked: the cases, and the file that tells every contestant about them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use homebody_device::{Device, RankRequest};
use homebody_protocol::table::TableKind;
use serde::{Deserialize, Serialize};

use crate::visitor::{self, Deed, live};
use crate::{catalogue, stages};

/// The name of the file.
pub const FILE: &str = "scenario.json";

/// λ of the pools' policy.
const DIVERSITY: f32 = 0.7;
/// Rows of the pools.
const POOL_ROWS: [usize; 2] = [500, 1_000];

/// Everything a contestant is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Scenario {
    /// What the visitor did, oldest first.
    pub deeds: Vec<Deed>,
    /// When the list is asked for, milliseconds since 1970.
    pub now_ms: u64,
    /// Breaks ties.
    pub seed: u32,
    /// What is ranked.
    pub cases: Vec<Case>,
    /// What is ranked against machine-learning runtimes; not all runtimes know what the other cases ask for.
    pub plain: Vec<Case>,
    /// Pools that differ by one stage each; see [`crate::stages`].
    pub stages: Vec<Case>,
}

/// One list to be made.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// File of the pool.
    pub pool: String,
    /// File of the catalogue, where one is ranked besides.
    pub catalogue: Option<String>,
    /// Length of the list.
    pub limit: usize,
    /// λ of maximal marginal relevance: that of the pool's policy, for contestants that do not read policies.
    pub diversity: f32,
}

impl Scenario {
    /// The scenario every run measures.
    pub fn new() -> Self {
        let pool = |rows, limit| case(format!("{rows} rows, {limit} places"), rows, None, limit);
        let with_catalogue =
            case(format!("{} rows, 50 places", catalogue::ITEMS), 500, Some(catalogue::ITEMS), 50);
        Self {
            deeds: visitor::deeds(),
            now_ms: visitor::now_ms(),
            seed: 17,
            cases: vec![pool(500, 50), pool(1_000, 50), pool(500, 20), with_catalogue],
            plain: POOL_ROWS.map(plain_case).into(),
            stages: stages::all().into_iter().map(|stage| stage_case(stage.name)).collect(),
        }
    }

    /// Reads the scenario of a folder.
    ///
    /// # Errors
    /// When the file is missing or not a scenario.
    pub fn read(folder: &Path) -> Result<Self> {
        let text = fs::read_to_string(folder.join(FILE)).context("no scenario: run `fixture` first")?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Writes the scenario and its tables into a folder.
    ///
    /// # Errors
    /// When the folder cannot be written or a table not encoded.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for rows in POOL_ROWS {
            let bytes = catalogue::draft(TableKind::Pool, rows, DIVERSITY).encode()?;
            fs::write(folder.join(pool_file(rows)), bytes)?;
            fs::write(folder.join(plain_file(rows)), catalogue::plain_draft(rows).encode()?)?;
        }
        for stage in stages::all() {
            fs::write(folder.join(stage_file(stage.name)), stage.draft.encode()?)?;
        }
        let bytes = catalogue::draft(TableKind::Catalogue, catalogue::ITEMS, DIVERSITY).encode()?;
        fs::write(folder.join(catalogue_file(catalogue::ITEMS)), bytes)?;
        fs::write(folder.join(FILE), serde_json::to_string_pretty(self)?)?;
        Ok(())
    }

    /// A device that lived through the scenario, with the tables of a case.
    ///
    /// # Errors
    /// When a table is missing or damaged.
    pub fn device(&self, case: &Case, folder: &Path) -> Result<Device> {
        let mut device = visitor::consenting_device();
        device.load_pool(fs::read(folder.join(&case.pool))?)?;
        if let Some(file) = &case.catalogue {
            device.load_catalogue(fs::read(folder.join(file))?)?;
        }
        live(&mut device, &self.deeds);
        Ok(device)
    }

    /// What a case asks of the device.
    pub fn request(&self, case: &Case) -> RankRequest<'static> {
        RankRequest {
            keys: &[],
            limit: case.limit,
            seed: self.seed,
            neutral: false,
            now_ms: self.now_ms,
            ..RankRequest::default()
        }
    }
}

impl Default for Scenario {
    fn default() -> Self {
        Self::new()
    }
}

fn case(name: String, pool: usize, catalogue: Option<usize>, limit: usize) -> Case {
    Case {
        name,
        pool: pool_file(pool),
        catalogue: catalogue.map(catalogue_file),
        limit,
        diversity: DIVERSITY,
    }
}

fn stage_case(name: &str) -> Case {
    Case { name: name.to_owned(), pool: stage_file(name), catalogue: None, limit: 20, diversity: 1.0 }
}

fn stage_file(name: &str) -> String {
    format!("stage-{}.hbtb", name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"))
}

/// By score alone: a graph has no notion of a diverse list.
fn plain_case(rows: usize) -> Case {
    Case {
        name: format!("{rows} rows, 20 places"),
        pool: plain_file(rows),
        catalogue: None,
        limit: 20,
        diversity: 1.0,
    }
}

fn plain_file(rows: usize) -> String {
    format!("plain-{rows}.hbtb")
}

fn pool_file(rows: usize) -> String {
    format!("pool-{rows}.hbtb")
}

fn catalogue_file(rows: usize) -> String {
    format!("catalogue-{rows}.hbtb")
}

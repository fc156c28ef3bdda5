//! Publishing: from the catalogue and the model to signed, immutable tables.
//!
//! [`publish`] builds one pool a placement and the catalogue table, writes them as blobs, signs a manifest
//! that names them by hash, and records all of it in one transaction. [`rollback`] signs a new version of
//! the manifest that names the blobs of an earlier one: versions only rise, because browsers refuse to go
//! back. Without a model the tables still carry popularity, facets and content neighbours.

mod build;
mod error;
mod exclusions;
mod extras;
mod order;
mod rules;
mod scores;
mod sections;
mod seed;
mod sign;
mod tables;

pub use build::{publish, publish_news};
pub use error::PublishError;
pub use rules::{RulesError, read_rules};
pub use sign::rollback;

use std::path::PathBuf;

use homebody_protocol::Policy;
use homebody_protocol::models::{DiversityBounds, Judged};

/// Name of the catalogue table among a publication's blobs.
pub const CATALOG_BLOB: &str = "catalog";

/// Name of the table of a model that devices shall compare with the published one, among the placements of the manifest.
/// No site can give a placement this name, and no page asks for it.
pub const CANDIDATE_BLOB: &str = ".candidate";

/// Name of the published model's table as it was when devices were asked to compare: both stay the same while they answer,
/// however often the catalogue changes meanwhile.
pub const CHAMPION_BLOB: &str = ".champion";

/// Beginning of the names of tables that stay because open tasks are about them.
pub const JUDGED_BLOB: &str = ".judged-";

/// Beginning of the names of tables that only a share of devices uses yet; the rest is the name of the table they replace.
pub const RAMP_BLOB: &str = ".ramp-";

/// Whether a name of the manifest is none of a page's placements, but of a table that only tasks are about.
#[must_use]
pub fn is_internal(name: &str) -> bool {
    name.starts_with('.')
}

/// What to publish, and for whom.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishOptions {
    /// Host name of the site, signed into the manifest.
    pub site: String,
    /// One pool each.
    pub placements: Vec<Placement>,
    /// At most this many items, those that histories lead to most, go into the catalogue table; 0 = no table.
    pub table_items: usize,
    /// At most this many bytes the catalogue table has: lists are shortened, then items left out.
    pub table_bytes: usize,
    /// Categories, brands and tags (any case) that never enter a table.
    pub sensitive_tags: Vec<String>,
    /// Publications that stay afterwards, the newest first; see [`crate::store::Store::prune_publications`].
    pub keep: u32,
    /// The time of publication, unix seconds.
    pub now: u64,
}

/// A place on the site where a list is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// Its name in the manifest.
    pub name: String,
    /// Most candidates in its pool.
    pub size: usize,
    /// Only items of these categories; empty = all.
    pub categories: Vec<String>,
    /// File of its rules.
    pub rules: Option<PathBuf>,
    /// Its numbers.
    pub policy: Policy,
    /// Between what devices choose how varied its lists are.
    pub diversity_bounds: DiversityBounds,
    /// The other strength of exploration that devices can be asked about.
    pub judged: Judged,
}

impl Default for Placement {
    fn default() -> Self {
        Self {
            name: "home".to_owned(),
            size: 500,
            categories: Vec::new(),
            rules: None,
            policy: Policy::default(),
            diversity_bounds: DiversityBounds::default(),
            judged: Judged::default(),
        }
    }
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishReport {
    /// Version of the new manifest.
    pub version: u64,
    /// The version whose blobs it names, for a rollback.
    pub rolled_back_to: Option<u64>,
    /// Its blobs, by name: rows and plain bytes.
    pub blobs: Vec<PublishedBlob>,
    /// Seed of the item keys.
    pub id_seed: u32,
    /// Name of the model, `none` without one.
    pub model: String,
}

/// One blob of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedBlob {
    /// Placement, or [`CATALOG_BLOB`].
    pub name: String,
    /// 64 hexadecimal digits.
    pub sha256: String,
    /// Rows of the table.
    pub rows: u32,
    /// Size of the plain bytes.
    pub bytes: u64,
}

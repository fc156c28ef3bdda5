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
mod seed;
mod sign;
mod tables;

pub use build::publish;
pub use error::PublishError;
pub use rules::{RulesError, read_rules};
pub use sign::rollback;

use std::path::PathBuf;

use homebody_protocol::Policy;

/// Name of the catalogue table among a publication's blobs.
pub const CATALOG_BLOB: &str = "catalog";

/// What to publish, and for whom.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishOptions {
    /// Host name of the site, signed into the manifest.
    pub site: String,
    /// One pool each.
    pub placements: Vec<Placement>,
    /// At most this many items, the best of the neutral order, go into the catalogue table; 0 = no table.
    pub table_items: usize,
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
}

impl Default for Placement {
    fn default() -> Self {
        Self {
            name: "home".to_owned(),
            size: 500,
            categories: Vec::new(),
            rules: None,
            policy: Policy::default(),
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

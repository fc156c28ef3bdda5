//! Why nothing was published.

use homebody_protocol::table::{EncodeError, TableError};

use super::RulesError;
use crate::store::StoreError;

/// Why nothing was published; what was served before is still served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The catalogue is empty.
    #[error("the catalogue is empty")]
    EmptyCatalog,
    /// No item of the catalogue may stand in a placement.
    #[error(
        "no available item belongs in placement `{placement}`; check its categories, its rules and the items' `placements`"
    )]
    EmptyPool {
        /// Name of the placement.
        placement: String,
    },
    /// A placement cannot be published under this name.
    #[error("`{name}` cannot be the name of a placement: {reason}")]
    PlacementName {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// No seed keeps the keys of all ids apart.
    #[error("ids `{first}` and `{second}` share a key under each of {tried} seeds; rename one of them")]
    NoSeed {
        /// One id.
        first: String,
        /// The other.
        second: String,
        /// How many seeds were tried.
        tried: u32,
    },
    /// The rules of a placement are refused.
    #[error("placement `{placement}`: {source}")]
    Rules {
        /// Name of the placement.
        placement: String,
        /// What is wrong.
        source: RulesError,
    },
    /// A table could not be encoded.
    #[error("table `{name}`: {source}")]
    Encode {
        /// Placement, or `catalog`.
        name: String,
        /// What the encoder said.
        source: EncodeError,
    },
    /// A table that was just written cannot be read: a defect of this program.
    #[error("table `{name}` failed its own check and was not published: {source}")]
    SelfCheck {
        /// Placement, or `catalog`.
        name: String,
        /// What the reader said.
        source: TableError,
    },
    /// There is no such version to go back to.
    #[error("there is no version `{0}` to go back to")]
    UnknownVersion(u64),
    /// There is no earlier version at all.
    #[error("there is no earlier version to go back to")]
    NothingToRollBack,
    /// A blob of the version is no longer in the data folder.
    #[error("version `{version}` cannot be served again: its blob `{sha256}` is missing")]
    MissingBlob {
        /// The version.
        version: u64,
        /// The blob.
        sha256: String,
    },
    /// The data folder was published for another site.
    #[error("the data folder belongs to site `{stored}`, not `{given}`; use one data folder a site")]
    OtherSite {
        /// Site of the newest publication.
        stored: String,
        /// Site of this one.
        given: String,
    },
    /// There are 2³² versions, and the last one is published.
    #[error("no version is left; start a new data folder under a new signing key")]
    VersionsUsedUp,
    /// Nothing could be learned from the catalogue.
    #[error("cannot learn from the catalogue: {message}")]
    Learn {
        /// The learner's stable code.
        code: &'static str,
        /// What it said.
        message: String,
    },
    /// JSON could not be written.
    #[error("manifest: {0}")]
    Manifest(serde_json::Error),
    /// The data folder failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PublishError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyCatalog => "empty_catalog",
            Self::EmptyPool { .. } => "empty_pool",
            Self::PlacementName { .. } => "placement_name",
            Self::NoSeed { .. } => "id_collision",
            Self::Rules { source, .. } => source.code(),
            Self::Encode { source, .. } => source.code(),
            Self::SelfCheck { .. } => "self_check",
            Self::UnknownVersion(_) => "unknown_version",
            Self::NothingToRollBack => "nothing_to_roll_back",
            Self::MissingBlob { .. } => "missing_blob",
            Self::OtherSite { .. } => "other_site",
            Self::VersionsUsedUp => "versions_used_up",
            Self::Learn { code, .. } => code,
            Self::Manifest(_) => "manifest",
            Self::Store(error) => error.code(),
        }
    }
}

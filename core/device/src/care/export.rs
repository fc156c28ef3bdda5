//! Portability: the whole profile as documented JSON, and back.

use homebody_protocol::table::FacetKind;
use homebody_protocol::{ItemKey, Kind};
use serde::{Deserialize, Serialize};

use crate::consent::{Permit, Personalize};
use crate::profile::{FacetState, ItemState, MAX_ID_BYTES, Profile};
use crate::track::SessionTracker;

/// The version this crate writes and the newest it reads.
pub const EXPORT_VERSION: u32 = 1;

/// Every field of a profile. Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ProfileExport {
    /// Version of this layout.
    pub schema_version: u32,
    /// When it was exported.
    pub exported_at_ms: f64,
    /// Interactions booked.
    pub interactions: u32,
    /// Visits.
    pub sessions: u32,
    /// The first interaction; 0 before there is one.
    pub first_at_ms: f64,
    /// Begin of the last visit.
    pub session_started_at_ms: f64,
    /// The last interaction.
    pub last_at_ms: f64,
    /// Items, most recent first.
    pub items: Vec<ExportedItem>,
    /// Seed of `older_item_keys`.
    pub id_seed: u32,
    /// Keys of items consumed long ago; their ids are no longer kept.
    pub older_item_keys: Vec<u32>,
    /// Tastes.
    pub facets: Vec<ExportedFacet>,
}

/// One item of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedItem {
    /// The site's id.
    pub id: String,
    /// The last interaction.
    pub last_at_ms: f64,
    /// Name of its kind.
    pub last_kind: String,
    /// The strongest wish shown for it, 0–1.
    pub weight: f32,
    /// Interactions, impressions excepted.
    pub count: u16,
    /// Impressions.
    pub shown: u16,
    /// Bits: 1 bought, 2 in the cart, 4 rated, 8 dismissed or disliked.
    pub flags: u8,
}

/// One taste of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedFacet {
    /// `category`, `brand` or `tag`.
    pub kind: String,
    /// The site's name for it.
    pub name: String,
    /// Likes less dislikes as of `at_ms`.
    pub strength: f32,
    /// When `strength` was brought up to date.
    pub at_ms: f64,
    /// Whether it is muted.
    pub muted: bool,
}

/// Why an export cannot be imported; the profile in place stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Written by a newer release.
    #[error("export version `{0}` is newer than this release reads")]
    Version(u32),
    /// A value that no export holds.
    #[error("`{0}` is out of range")]
    Value(&'static str),
}

impl ImportError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Version(_) => "export_version",
            Self::Value(_) => "export_value",
        }
    }
}

impl ProfileExport {
    /// Exports a profile.
    pub fn of(profile: &Profile, now_ms: u64) -> Self {
        Self {
            schema_version: EXPORT_VERSION,
            exported_at_ms: now_ms as f64,
            interactions: profile.interactions,
            sessions: profile.sessions,
            first_at_ms: profile.first_at_ms as f64,
            session_started_at_ms: profile.session.started_at_ms as f64,
            last_at_ms: profile.session.last_at_ms as f64,
            items: profile.items.iter().map(export_item).collect(),
            id_seed: profile.id_seed,
            older_item_keys: profile.older.iter().map(|key| key.0).collect(),
            facets: profile.facets.as_slice().iter().map(export_facet).collect(),
        }
    }

    /// The profile of an export, for the epoch of a permit.
    ///
    /// # Errors
    /// [`ImportError`] names the first value that is out of range.
    pub fn into_profile(self, permit: &Permit<Personalize>) -> Result<Profile, ImportError> {
        if self.schema_version == 0 || self.schema_version > EXPORT_VERSION {
            return Err(ImportError::Version(self.schema_version));
        }
        let mut profile = Profile::new(permit, self.id_seed);
        profile.interactions = self.interactions;
        profile.sessions = self.sessions;
        profile.first_at_ms = millis(self.first_at_ms, "first_at_ms")?;
        profile.session = SessionTracker {
            started_at_ms: millis(self.session_started_at_ms, "session_started_at_ms")?,
            last_at_ms: millis(self.last_at_ms, "last_at_ms")?,
        };
        profile.older = self.older_item_keys.into_iter().map(ItemKey).collect();
        for item in self.items {
            profile.items.push(import_item(item, self.id_seed)?);
        }
        for facet in self.facets {
            profile.facets.insert(import_facet(facet, self.id_seed)?);
        }
        profile.fold_to_bounds();
        Ok(profile)
    }
}

fn export_item(item: &ItemState) -> ExportedItem {
    ExportedItem {
        id: item.id.clone(),
        last_at_ms: item.last_at_ms as f64,
        last_kind: item.last_kind.name().to_owned(),
        weight: item.weight,
        count: item.count,
        shown: item.shown,
        flags: item.flags,
    }
}

fn export_facet(facet: &FacetState) -> ExportedFacet {
    ExportedFacet {
        kind: facet.kind.name().to_owned(),
        name: facet.name.clone(),
        strength: facet.strength,
        at_ms: facet.at_ms as f64,
        muted: facet.muted,
    }
}

fn import_item(item: ExportedItem, id_seed: u32) -> Result<ItemState, ImportError> {
    if item.id.is_empty() || item.id.len() > MAX_ID_BYTES {
        return Err(ImportError::Value("items.id"));
    }
    if !(0.0..=1.0).contains(&item.weight) {
        return Err(ImportError::Value("items.weight"));
    }
    Ok(ItemState {
        key: ItemKey::derive(id_seed, &item.id),
        last_at_ms: millis(item.last_at_ms, "items.last_at_ms")?,
        last_kind: Kind::from_name(&item.last_kind).ok_or(ImportError::Value("items.last_kind"))?,
        weight: item.weight,
        count: item.count,
        shown: item.shown,
        flags: ItemState::known_flags(item.flags).ok_or(ImportError::Value("items.flags"))?,
        id: item.id,
    })
}

fn import_facet(facet: ExportedFacet, id_seed: u32) -> Result<FacetState, ImportError> {
    let kinds = [FacetKind::Category, FacetKind::Brand, FacetKind::Tag];
    let kind =
        kinds.into_iter().find(|kind| kind.name() == facet.kind).ok_or(ImportError::Value("facets.kind"))?;
    if !facet.strength.is_finite() {
        return Err(ImportError::Value("facets.strength"));
    }
    let at_ms = millis(facet.at_ms, "facets.at_ms")?;
    let key = kind.key(id_seed, &facet.name);
    Ok(FacetState { key, kind, name: facet.name, strength: facet.strength, at_ms, muted: facet.muted })
}

/// JavaScript's numbers are exact up to 2⁵³; no clock reaches that.
fn millis(value: f64, field: &'static str) -> Result<u64, ImportError> {
    if (0.0..9_007_199_254_740_992.0).contains(&value) {
        Ok(value as u64)
    } else {
        Err(ImportError::Value(field))
    }
}

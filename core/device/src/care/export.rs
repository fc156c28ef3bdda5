//! Portability: the whole profile as documented JSON, and back.

use super::document::Document;
use super::import::Importer;
use crate::consent::{Permit, Personalize};
use crate::profile::{FacetState, Hour, ItemState, Note, Opinion, Profile};

/// The version this crate writes and the newest it reads.
pub const EXPORT_VERSION: u32 = 2;

/// Every field of a profile. Times are milliseconds since 1970. What version 1 did not have may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
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
    /// Interactions of the last visit.
    #[cfg_attr(feature = "json", serde(default))]
    pub session_interactions: u32,
    /// End of the visit before; 0 without one.
    #[cfg_attr(feature = "json", serde(default))]
    pub session_before_ended_at_ms: f64,
    /// The last interaction.
    pub last_at_ms: f64,
    /// Items, most recent first.
    pub items: Vec<ExportedItem>,
    /// Seed of `older_item_keys` and of the keys in `answers`.
    pub id_seed: u32,
    /// Keys of items consumed long ago; their ids are no longer kept.
    pub older_item_keys: Vec<u32>,
    /// Days since 1970 of the last interaction with each of them.
    #[cfg_attr(feature = "json", serde(default))]
    pub older_item_days: Vec<u16>,
    /// Tastes.
    pub facets: Vec<ExportedFacet>,
    /// Counts of each hour in which something happened, oldest first; the last 31 days.
    #[cfg_attr(feature = "json", serde(default))]
    pub hours: Vec<ExportedHour>,
    /// Counts that halve every 30 days, as of `rhythm_at_ms`: opened, put into the cart, purchases, searches, visits,
    /// active milliseconds, value of purchases, minutes of visits, visits ended, price bands added up, interactions in
    /// each of the 24 hours of the day (UTC), items opened in each fifth of the prices.
    #[cfg_attr(feature = "json", serde(default))]
    pub rhythm: Vec<f32>,
    /// When they were brought up to date.
    #[cfg_attr(feature = "json", serde(default))]
    pub rhythm_at_ms: f64,
    /// Purchases whose value is known.
    #[cfg_attr(feature = "json", serde(default))]
    pub orders: u32,
    /// Their value, in the site's currency.
    #[cfg_attr(feature = "json", serde(default))]
    pub order_value: f32,
    /// The last purchase; 0 without one.
    #[cfg_attr(feature = "json", serde(default))]
    pub last_order_at_ms: f64,
    /// Search terms with how often they were searched for, most recent first.
    #[cfg_attr(feature = "json", serde(default))]
    pub searches: Vec<ExportedNote>,
    /// Survey questions, by the site's names, with their newest answers.
    #[cfg_attr(feature = "json", serde(default))]
    pub surveys: Vec<ExportedNote>,
    /// What the site's own records say of the visitor, the last to lapse first, with weights of −1 to 1 and the moments they lapse.
    #[cfg_attr(feature = "json", serde(default))]
    pub hints: Vec<ExportedNote>,
    /// Answers to the questionnaire for newcomers.
    #[cfg_attr(feature = "json", serde(default))]
    pub answers: Vec<ExportedAnswer>,
    /// What exploration has learned: the numbers of its linear model.
    #[cfg_attr(feature = "json", serde(default))]
    pub linear: Vec<f32>,
    /// The segment, by its place among the site's segments.
    #[cfg_attr(feature = "json", serde(default))]
    pub segment: Option<u8>,
}

/// One item of a profile.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedItem {
    /// The site's id.
    pub id: String,
    /// The last interaction.
    pub last_at_ms: f64,
    /// Name of its kind.
    pub last_kind: String,
    /// The strongest wish shown for it, 0–1; in version 2 its rating and thumb aside.
    pub weight: f32,
    /// Interactions, impressions excepted.
    pub count: u16,
    /// Impressions.
    pub shown: u16,
    /// The last impression; 0 without one.
    #[cfg_attr(feature = "json", serde(default))]
    pub shown_at_ms: f64,
    /// Bits: 1 bought, 2 in the cart, 4 rated; in version 1 also 8 dismissed or disliked.
    pub flags: u8,
    /// Dismissal: −1, or 0 for none.
    #[cfg_attr(feature = "json", serde(default))]
    pub dismissal: ExportedOpinion,
    /// Thumb: 1, −1, or 0 for none.
    #[cfg_attr(feature = "json", serde(default))]
    pub thumb: ExportedOpinion,
    /// Rating: −1 for one star to 1 for five.
    #[cfg_attr(feature = "json", serde(default))]
    pub rating: ExportedOpinion,
    /// When it was last put into the cart or taken out; 0 for never.
    #[cfg_attr(feature = "json", serde(default))]
    pub cart_at_ms: f64,
    /// Pieces in the cart.
    #[cfg_attr(feature = "json", serde(default))]
    pub quantity: u16,
}

/// Something said about an item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedOpinion {
    /// −1 (dislike) to 1 (like).
    pub taste: f32,
    /// When it was said or taken back; 0 for never.
    pub at_ms: f64,
}

/// One taste of a profile.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedFacet {
    /// `category`, `brand` or `tag`.
    pub kind: String,
    /// The site's name for it.
    pub name: String,
    /// Likes less dislikes as of `at_ms`.
    pub strength: f32,
    /// Impressions of its items, as of `at_ms`.
    #[cfg_attr(feature = "json", serde(default))]
    pub shown: f32,
    /// Openings of its items, as of `at_ms`.
    #[cfg_attr(feature = "json", serde(default))]
    pub opened: f32,
    /// Openings of items that had been shown, as of `at_ms`.
    #[cfg_attr(feature = "json", serde(default))]
    pub clicked: f32,
    /// When the counts were brought up to date.
    pub at_ms: f64,
    /// Whether it is muted.
    pub muted: bool,
}

/// One hour in which something happened.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedHour {
    /// Hours since 1970.
    pub hour: u32,
    /// Counts: opened, put into the cart, purchases, searches, visits begun, active milliseconds.
    pub counts: [u32; 6],
    /// Value of the purchases whose price is known.
    pub value: f32,
}

/// A text with a number.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedNote {
    /// The search term or the question's name.
    pub text: String,
    /// How often, or the answer.
    pub value: f32,
    /// The last time.
    pub at_ms: f64,
}

/// An answer to the questionnaire.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ExportedAnswer {
    /// Key of the facet that was asked about.
    pub facet: u32,
    /// 1 yes, 2 no, 3 would rather not say.
    pub answer: u8,
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
    /// A field is missing, or of another type; or there is no export at all.
    #[error("no exported profile")]
    Malformed,
}

impl ImportError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Version(_) => "export_version",
            Self::Value(_) => "export_value",
            Self::Malformed => "export_malformed",
        }
    }
}

impl ProfileExport {
    /// Exports a profile.
    pub fn of(profile: &Profile, now_ms: u64) -> Self {
        let answers = profile.answers.iter();
        Self {
            schema_version: EXPORT_VERSION,
            exported_at_ms: now_ms as f64,
            interactions: profile.interactions,
            sessions: profile.sessions,
            first_at_ms: profile.first_at_ms as f64,
            session_started_at_ms: profile.session.started_at_ms as f64,
            session_interactions: profile.session.interactions,
            session_before_ended_at_ms: profile.session.before_ended_at_ms as f64,
            last_at_ms: profile.session.last_at_ms as f64,
            items: profile.items.iter().map(export_item).collect(),
            id_seed: profile.id_seed,
            older_item_keys: profile.older.iter().map(|key| key.0).collect(),
            older_item_days: profile.older_days.clone(),
            facets: profile.facets.as_slice().iter().map(export_facet).collect(),
            hours: profile.windows.as_slice().iter().map(export_hour).collect(),
            rhythm: profile.rhythm.counts.to_vec(),
            rhythm_at_ms: profile.rhythm.at_ms as f64,
            orders: profile.orders.count,
            order_value: profile.orders.value,
            last_order_at_ms: profile.orders.last_at_ms as f64,
            searches: profile.searches.as_slice().iter().map(export_note).collect(),
            surveys: profile.surveys.as_slice().iter().map(export_note).collect(),
            hints: profile.hints.as_slice().iter().map(export_note).collect(),
            answers: answers
                .map(|(key, answer)| ExportedAnswer { facet: key.0, answer: *answer as u8 })
                .collect(),
            linear: profile.linear.clone(),
            segment: profile.segment,
        }
    }

    /// As bytes for `js/src/document.ts`.
    pub fn to_bytes(&self) -> Vec<u8> {
        Document::to_bytes(self)
    }

    /// Reads what `js/src/document.ts` made of an export.
    ///
    /// # Errors
    /// [`ImportError::Malformed`].
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, ImportError> {
        Document::of_bytes(bytes).map_err(|_| ImportError::Malformed)
    }

    /// The profile of an export, for the epoch of a permit.
    ///
    /// # Errors
    /// [`ImportError`] names the first value that is out of range.
    pub fn into_profile(self, permit: &Permit<Personalize>) -> Result<Profile, ImportError> {
        if self.schema_version == 0 || self.schema_version > EXPORT_VERSION {
            return Err(ImportError::Version(self.schema_version));
        }
        Importer { version: self.schema_version, id_seed: self.id_seed }.profile(self, permit)
    }
}

fn export_item(item: &ItemState) -> ExportedItem {
    let opinion = |opinion: Opinion| ExportedOpinion { taste: opinion.taste, at_ms: opinion.at_ms as f64 };
    ExportedItem {
        id: item.id.clone(),
        last_at_ms: item.last_at_ms as f64,
        last_kind: item.last_kind.name().to_owned(),
        weight: item.weight,
        count: item.count,
        shown: item.shown,
        shown_at_ms: item.shown_at_ms as f64,
        flags: item.flags,
        dismissal: opinion(item.dismissal),
        thumb: opinion(item.thumb),
        rating: opinion(item.rating),
        cart_at_ms: item.cart_at_ms as f64,
        quantity: item.quantity,
    }
}

fn export_facet(facet: &FacetState) -> ExportedFacet {
    ExportedFacet {
        kind: facet.kind.name().to_owned(),
        name: facet.name.clone(),
        strength: facet.strength,
        shown: facet.shown,
        opened: facet.opened,
        clicked: facet.clicked,
        at_ms: facet.at_ms as f64,
        muted: facet.muted,
    }
}

fn export_hour(hour: &Hour) -> ExportedHour {
    ExportedHour { hour: hour.hour, counts: hour.counts, value: hour.value }
}

fn export_note(note: &Note) -> ExportedNote {
    ExportedNote { text: note.text.clone(), value: note.value, at_ms: note.at_ms as f64 }
}

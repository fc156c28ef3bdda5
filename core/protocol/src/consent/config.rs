//! The file as a whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ask::Ask;
use super::experiment::Experiment;
use super::purpose::Purpose;
use super::region::Region;
use super::theme::Theme;

/// Texts by language (BCP 47 tag), then by key such as `banner.title`.
pub type Texts = BTreeMap<String, BTreeMap<String, String>>;

/// What a site asks its visitors, where, how, and in which words. `docs/consent-config.md` explains every field.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentConfig {
    /// Address of `consent.schema.json`, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub schema: Option<String>,
    /// Version of the format, 1.
    pub version: u32,
    /// The site's name for this configuration: 1 to 64 of `a-z`, `0-9`, `-`.
    pub id: String,
    /// `auto`: a hash of what is asked; or eight hexadecimal digits of the site's own. A new one asks everybody again.
    #[serde(default = "auto")]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub revision: String,
    /// Who is responsible.
    #[serde(default)]
    pub controller: Controller,
    /// The rights the notice names; all of them have to be.
    #[serde(default)]
    pub rights: Vec<Right>,
    /// What is asked for, by id; at most 16.
    #[serde(default)]
    pub purposes: BTreeMap<String, Purpose>,
    /// What holds where; the first entry that matches counts. What none matches follows the built-in presets.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub regions: Vec<Region>,
    /// How and when visitors are asked.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub ask: Ask,
    /// Colours and shapes.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub theme: Theme,
    /// Who asks: our banner, or a consent platform that is there already.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub source: Source,
    /// Whether minors are among the visitors.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub minors: Minors,
    /// The languages the notice is in.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub languages: Languages,
    /// Texts of the site's own, instead of the built-in ones.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub texts: Texts,
    /// Variants of the words that are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub experiment: Option<Experiment>,
}

fn auto() -> String {
    "auto".to_owned()
}

/// Who is responsible for the data (GDPR Art. 13(1)). Every field is needed before publishing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentController"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Controller {
    /// Name of the company or person.
    pub name: String,
    /// Where visitors write to: an address of mail or of a page.
    pub contact: String,
    /// The privacy policy: `https://…`, or a path that begins with `/`.
    pub policy_url: String,
    /// The supervisory authority for complaints.
    pub authority: String,
}

/// A right of visitors (GDPR Art. 7(3), 13(2), 15 to 21). The receipt lists them as `privacy_rights`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentRight"))]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// To know what is kept.
    Access,
    /// To have it corrected.
    Rectification,
    /// To have it deleted.
    Erasure,
    /// To have its use paused.
    Restriction,
    /// To take it along.
    Portability,
    /// To object to a use without consent.
    Objection,
    /// To take consent back.
    Withdrawal,
    /// To complain to the authority.
    Complaint,
}

impl Right {
    /// All of them, in the order of the law.
    pub const ALL: [Self; 8] = [
        Self::Access,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Portability,
        Self::Objection,
        Self::Withdrawal,
        Self::Complaint,
    ];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Portability => "portability",
            Self::Objection => "objection",
            Self::Withdrawal => "withdrawal",
            Self::Complaint => "complaint",
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentSourceConfig"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Source {
    /// Which one.
    pub kind: SourceKind,
}

/// Where answers come from. Anything but `builtin` is mirrored, and our banner never shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentSourceKind"))]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Our own banner.
    #[default]
    Builtin,
    /// A platform of TCF 2.2 or 2.3.
    Tcf,
    /// A platform of the Global Privacy Platform.
    Gpp,
    /// Google Consent Mode, as some platform sets it.
    Gcm,
    /// OneTrust.
    Onetrust,
    /// Cookiebot.
    Cookiebot,
    /// Klaro.
    Klaro,
    /// vanilla-cookieconsent.
    Vcc,
    /// Orejime.
    Orejime,
    /// tarteaucitron.
    Tarteaucitron,
    /// c15t.
    C15t,
    /// A source that the page hands over.
    Custom,
}

/// Whether minors are among the visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentMinors"))]
#[serde(rename_all = "kebab-case")]
pub enum Minors {
    /// They may be; the page says so when it knows.
    #[default]
    Possible,
    /// The site lets adults in only.
    AdultsOnly,
    /// The site is made for them: nothing is asked and every purpose is off.
    Directed,
}

/// The languages of the notice, as BCP 47 tags.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentLanguages"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Languages {
    /// Shown to visitors whose language is not there; one of `available`.
    pub default: String,
    /// All of them, at least one, at most 64.
    pub available: Vec<String>,
}

impl Default for Languages {
    fn default() -> Self {
        Self { default: "en".to_owned(), available: vec!["en".to_owned()] }
    }
}

//! What data may be used for, each with its own consent.

use serde::{Deserialize, Serialize};

/// One purpose.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentPurpose"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Purpose {
    /// Whose it is.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub kind: PurposeKind,
    /// How long the device remembers.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub tier: Tier,
    /// Key of its texts, `<text>.title` and `<text>.body`; `purposes.<id>` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub text: Option<String>,
    /// Key of the sentence of explicit consent (GDPR Art. 9(2)(a)); needed for data of special categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub explicit: Option<String>,
    /// Its term in the Data Privacy Vocabulary, such as `dpv:ServicePersonalisation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub dpv: Option<String>,
    /// What is used.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub data: Vec<DataKind>,
    /// Who else receives it; nobody when empty.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub recipients: Vec<String>,
    /// Days the data is kept; 0 where nothing is. Needed before publishing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub retention_days: Option<u16>,
    /// The most ε that one contribution may cost, above 0 to 10: devices answer no task that costs more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub epsilon: Option<f64>,
    /// What it is called by the consent platform that asks.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub map: PurposeMap,
    /// What is deleted when consent is taken back.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub clear: Clear,
}

impl Purpose {
    /// Key of its texts, without `.title` and `.body`.
    pub fn text_key(&self, id: &str) -> String {
        self.text.clone().unwrap_or_else(|| format!("purposes.{id}"))
    }

    /// Whether it uses data of a special category (GDPR Art. 9(1)).
    pub fn is_special(&self) -> bool {
        self.data.iter().any(|kind| kind.is_special())
    }
}

/// Whose a purpose is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentPurposeKind"))]
#[serde(rename_all = "kebab-case")]
pub enum PurposeKind {
    /// One of `personalize`, `contribute`, `share`, `measure`.
    #[default]
    Homebody,
    /// Of a tag of the site's own.
    SiteTag,
}

/// How long the device remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentTier"))]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// As long as the tab is open, in memory alone.
    Session,
    /// For `retentionDays`, encrypted on the device.
    #[default]
    Profile,
}

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentDataKind"))]
#[serde(rename_all = "kebab-case")]
pub enum DataKind {
    /// What was looked at.
    Views,
    /// What was opened.
    Clicks,
    /// For how long.
    Dwell,
    /// What was searched for.
    Searches,
    /// What is in the cart.
    Cart,
    /// What was bought.
    Purchases,
    /// Ratings and thumbs.
    Ratings,
    /// Answers to questions.
    Answers,
    /// The kind of device.
    Device,
    /// Where the visitor is.
    Location,
    /// Identifiers of a person or device.
    Identifiers,
    /// Special: health.
    Health,
    /// Special: sex life or orientation.
    SexLife,
    /// Special: racial or ethnic origin.
    EthnicOrigin,
    /// Special: political opinions.
    PoliticalOpinions,
    /// Special: religious or philosophical beliefs.
    Beliefs,
    /// Special: membership of a trade union.
    TradeUnion,
    /// Special: genetic data.
    Genetic,
    /// Special: biometric data that identifies somebody.
    Biometric,
}

impl DataKind {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Views,
        Self::Clicks,
        Self::Dwell,
        Self::Searches,
        Self::Cart,
        Self::Purchases,
        Self::Ratings,
        Self::Answers,
        Self::Device,
        Self::Location,
        Self::Identifiers,
        Self::Health,
        Self::SexLife,
        Self::EthnicOrigin,
        Self::PoliticalOpinions,
        Self::Beliefs,
        Self::TradeUnion,
        Self::Genetic,
        Self::Biometric,
    ];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Views => "views",
            Self::Clicks => "clicks",
            Self::Dwell => "dwell",
            Self::Searches => "searches",
            Self::Cart => "cart",
            Self::Purchases => "purchases",
            Self::Ratings => "ratings",
            Self::Answers => "answers",
            Self::Device => "device",
            Self::Location => "location",
            Self::Identifiers => "identifiers",
            Self::Health => "health",
            Self::SexLife => "sex-life",
            Self::EthnicOrigin => "ethnic-origin",
            Self::PoliticalOpinions => "political-opinions",
            Self::Beliefs => "beliefs",
            Self::TradeUnion => "trade-union",
            Self::Genetic => "genetic",
            Self::Biometric => "biometric",
        }
    }

    /// Whether it is of a special category (GDPR Art. 9(1)).
    pub fn is_special(self) -> bool {
        matches!(
            self,
            Self::Health
                | Self::SexLife
                | Self::EthnicOrigin
                | Self::PoliticalOpinions
                | Self::Beliefs
                | Self::TradeUnion
                | Self::Genetic
                | Self::Biometric
        )
    }
}

/// What a purpose is called elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentPurposeMap"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PurposeMap {
    /// Purposes of the Transparency and Consent Framework that have to be granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub tcf: Option<TcfMap>,
    /// Types of Google Consent Mode.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub gcm: Vec<GcmType>,
    /// What an opt-out in the Global Privacy Platform does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub gpp: Option<GppEffect>,
    /// Name of the category or service in any other platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub category: Option<String>,
}

/// Purposes of TCF 2.2 and 2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentTcfMap"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TcfMap {
    /// Whose consent counts.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub basis: TcfBasis,
    /// Purposes, 1 to 11, that all have to be granted.
    pub all: Vec<u8>,
    /// Number in the global vendor list, with the basis `vendor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub vendor: Option<u16>,
    /// Whether purpose 1 counts although the string says that it was treated apart. Default no.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub accept_purpose_one_treatment: bool,
}

/// Whose consent counts in a TCF string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentTcfBasis"))]
#[serde(rename_all = "lowercase")]
pub enum TcfBasis {
    /// The publisher's own segment.
    #[default]
    Publisher,
    /// That of a listed vendor.
    Vendor,
}

/// A type of Google Consent Mode 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentGcmType"))]
#[serde(rename_all = "snake_case")]
pub enum GcmType {
    /// Storage for advertising.
    AdStorage,
    /// Sending user data for advertising.
    AdUserData,
    /// Personalised advertising.
    AdPersonalization,
    /// Storage for statistics.
    AnalyticsStorage,
    /// Storage for functions of the site.
    FunctionalityStorage,
    /// Storage for personalisation.
    PersonalizationStorage,
}

/// What an opt-out in the Global Privacy Platform does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentGppEffect"))]
#[serde(rename_all = "kebab-case")]
pub enum GppEffect {
    /// The purpose is refused.
    DenyOnOptout,
    /// Nothing.
    Ignore,
}

/// What is deleted when consent is taken back. Names may end in `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentClear"))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Clear {
    /// Cookies.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub cookies: Vec<String>,
    /// Keys of localStorage and sessionStorage.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub local_storage: Vec<String>,
    /// Databases of IndexedDB.
    #[serde(rename = "indexedDB")]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub indexed_db: Vec<String>,
    /// Caches of the Cache API.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub cache_storage: Vec<String>,
    /// Files and folders at the top of the origin's private file system.
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub file_system: Vec<String>,
}

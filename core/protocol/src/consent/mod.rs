//! What a site asks its visitors, as one file of JSON: the consent configuration, its checks and its lint.
//!
//! `docs/consent-config.md` shows every field, `docs/consent.schema.json` the form. Three sieves, each finer:
//!
//! 1. [`ConsentConfig::from_json`] refuses what is not the form: wrong types, unknown words, values out of range;
//! 2. the schema refuses, in an editor, what it can express of the law too: floors, caps, what must be there;
//! 3. [`lint()`] refuses whatever may not be published, with the line it stands in.
//!
//! [`ConsentConfig::mode`] is what devices act on. It is total, and never looser than the law of the region: a file that
//! nobody linted asks where it has to.

mod ask;
mod check;
mod colour;
mod config;
mod error;
mod experiment;
mod lint;
mod mode;
mod parse;
mod places;
mod purpose;
mod region;
mod theme;

pub use ask::{Ask, Button, Position, Surface};
pub use colour::Colour;
pub use config::{ConsentConfig, Controller, Languages, Minors, Right, Source, SourceKind, Texts};
pub use error::ConsentError;
pub use experiment::{Arm, Experiment};
pub use lint::{Finding, LintRule, Severity, lint, rules as lint_rules};
pub use mode::{GpcEffect, Mode};
pub use purpose::{
    Clear, DataKind, GcmType, GppEffect, Purpose, PurposeKind, PurposeMap, TcfBasis, TcfMap, Tier,
};
pub use region::{Link, Region};
pub use theme::{ButtonStyle, Palette, Scheme, Theme};

/// The languages that the npm package brings texts in; for any other one a file has to have them all.
pub const BUILT_IN_LANGUAGES: [&str; 2] = ["en", "de"];
/// The texts of the first layer, and how many words the built-in one has at the most in any language.
pub const FIRST_LAYER_WORDS: [(&str, usize); 7] = [
    ("banner.title", 8),
    ("banner.body", 39),
    ("banner.accept", 3),
    ("banner.reject", 4),
    ("banner.preferences", 2),
    ("banner.later", 2),
    ("banner.policy", 2),
];

/// The version of the format this release reads.
pub const VERSION: u32 = 1;
/// A refusal is not asked again before this many days.
pub const MIN_REASK_DAYS: u16 = 180;
/// A yes lasts at most this many days: thirteen months, the limit of TCF 2.2.
pub const MAX_EXPIRY_DAYS: u16 = 395;
/// A yes should last at most this many days.
pub const ADVISED_EXPIRY_DAYS: u16 = 365;
/// The purposes Homebody itself serves; every other one is for tags of the site.
pub const BUILT_IN_PURPOSES: [&str; 4] = ["personalize", "contribute", "share", "measure"];

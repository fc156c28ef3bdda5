//! What a site asks its visitors, as one file of JSON: the consent configuration, its checks and its lint.
//!
//! `docs/consent-config.md` shows every field, `docs/consent.schema.json` the form. Three sieves, each finer:
//!
//! 1. [`ConsentConfig::from_json`] refuses what is not the form: wrong types, unknown words, values out of range;
//! 2. the schema refuses, in an editor, what it can express of the law too: floors, caps, what must be there;
//! 3. [`lint()`] refuses whatever may not be published, with the line it stands in.
//!
//! What travels besides the file: [`ConsentAnswer`] to the page, [`Decision`] and [`ReceiptRequest`] from it.
//!
//! [`ConsentConfig::mode`] is what devices act on. It is total, and never looser than the law of the region: a file that
//! nobody linted asks where it has to. [`Status::after`] is what answers become, [`ConsentConfig::digest`] what they are
//! answers to.

mod answer;
mod ask;
mod check;
mod colour;
mod config;
mod decision;
mod error;
mod experiment;
mod language;
mod lint;
mod material;
mod mode;
mod parse;
mod places;
mod purpose;
mod receipt;
mod region;
mod status;
mod theme;

pub use answer::{ConsentAnswer, counted_region, region_code};
pub use ask::{Ask, Button, Position, Surface};
pub use colour::Colour;
pub use config::{ConsentConfig, Controller, Languages, Minors, Right, Source, SourceKind, Texts};
pub use decision::{Decision, DecisionAction, MAX_DECISION_BYTES};
pub use error::ConsentError;
pub use experiment::{Arm, Experiment};
pub use language::{BUILT_IN_LANGUAGES, NOTICE_KEYS, built_in_language};
pub use lint::{Finding, LintRule, Severity, lint, rules as lint_rules};
pub use mode::{GpcEffect, Mode};
pub use purpose::{
    Clear, DataKind, GcmType, GppEffect, Purpose, PurposeKind, PurposeMap, TcfBasis, TcfMap, Tier,
};
pub use receipt::{ReceiptError, ReceiptRequest, ReceiptSeal, SignedReceipt};
pub use region::{Link, Region};
pub use status::{Keeping, Status, Step};
pub use theme::{ButtonStyle, Palette, Scheme, Theme};

/// The texts of the first layer, and how many words the built-in one has at the most in any language.
pub const FIRST_LAYER_WORDS: [(&str, usize); 7] = [
    ("banner.title", 8),
    ("banner.body", 33),
    ("banner.accept", 4),
    ("banner.reject", 5),
    ("banner.preferences", 3),
    ("banner.later", 3),
    ("banner.policy", 4),
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

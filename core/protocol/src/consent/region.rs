//! What holds where: an entry of the file, and the laws it is held against.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::mode::{GpcEffect, Mode};

/// What holds in some regions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentRegion"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Region {
    /// Regions: `EU`, `EEA`, a country such as `CH`, a part of one such as `CA-QC`, or `*` for all others.
    #[serde(rename = "match")]
    pub matches: Vec<String>,
    /// The mode of each purpose; `*` for all others. What is not named is asked.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub modes: BTreeMap<String, Mode>,
    /// What Global Privacy Control does to each purpose; `*` for all others. Never less than the built-in effect.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(as = "Option<_>", optional))]
    pub gpc: BTreeMap<String, GpcEffect>,
    /// A link the law asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub link: Option<Link>,
}

/// A link to the choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentLink"))]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// "Your Privacy Choices" with its icon (California, 11 CCR 7015).
    YourPrivacyChoices,
    /// "Privacy settings".
    PrivacySettings,
}

/// Members of the European Union, and the territories in which its data protection law holds and that have codes of
/// their own: Åland, French Guiana, Guadeloupe, Saint Martin, Martinique, Réunion, Mayotte.
pub(super) const EU: [&str; 34] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "AX", "GF", "GP", "MF", "MQ", "RE", "YT",
];

/// The rest of the European Economic Area.
pub(super) const EEA_ONLY: [&str; 3] = ["IS", "LI", "NO"];

/// Other regions whose law asks for consent first. A bare `CA` may be Quebec.
pub(super) const OPT_IN: [&str; 4] = ["CH", "BR", "CA-QC", "CA"];

/// Codes that geolocation gives for nowhere in particular.
const NOWHERE: [&str; 4] = ["AA", "AP", "XX", "ZZ"];

/// The law of a region, as far as consent goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
    /// Consent first: EU, EEA, Switzerland, Brazil, Quebec.
    OptIn,
    /// The United Kingdom since 2026-02-05 (Data (Use and Access) Act 2025): statistics and appearance after notice.
    Britain,
    /// The United States: notice and opt-out, Global Privacy Control binding.
    States,
    /// Anywhere else that is known.
    Elsewhere,
    /// Not known: the strictest.
    Unknown,
}

impl Law {
    pub(super) fn of(region: &str) -> Self {
        let is_known = is_code(region) && !NOWHERE.contains(&country(region));
        match region {
            _ if is_opt_in(region) => Self::OptIn,
            _ if !is_known => Self::Unknown,
            _ if covers("GB", region) => Self::Britain,
            _ if covers("US", region) => Self::States,
            _ => Self::Elsewhere,
        }
    }
}

fn is_opt_in(region: &str) -> bool {
    let country = country(region);
    // Of Canada only Quebec asks for consent first, and the bare `CA` may be Quebec.
    matches!(country, "EU" | "EEA")
        || protected().any(|code| code == region || (code != "CA" && code == country))
}

/// The regions in which consent comes first.
pub(super) fn protected() -> impl Iterator<Item = &'static str> {
    EU.into_iter().chain(EEA_ONLY).chain(OPT_IN)
}

/// Whether an entry's code covers a region.
pub(super) fn covers(code: &str, region: &str) -> bool {
    let country = country(region);
    match code {
        "*" => true,
        "EU" => country == "EU" || EU.contains(&country),
        "EEA" => country == "EEA" || covers("EU", region) || EEA_ONLY.contains(&country),
        _ => code == region || code == country,
    }
}

fn country(region: &str) -> &str {
    region.split_once('-').map_or(region, |(country, _)| country)
}

/// Whether it has the form of ISO 3166: two letters, then for a part of a country `-` and one to three characters.
pub(super) fn is_code(region: &str) -> bool {
    let (country, part) =
        region.split_once('-').map_or((region, None), |(country, part)| (country, Some(part)));
    let is_part = |part: &str| {
        (1..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && part.is_none_or(is_part)
}

//! What a page is told: which notice is current, where its visitor is, and what to ask.

use serde::{Deserialize, Serialize};

use super::config::ConsentConfig;
use super::region::is_code;

/// The answer to `GET /v1/consent.json`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
#[serde(deny_unknown_fields)]
pub struct ConsentAnswer {
    /// SHA-256 of the published file, 64 hexadecimal digits: what decisions and receipts refer to.
    pub notice: String,
    /// `DE`, or `US-CA` where the part is known; empty when nothing is, which devices take for the strictest law.
    pub region: String,
    /// The published file.
    pub config: ConsentConfig,
}

impl ConsentAnswer {
    /// The JSON text around the text of a published file. The file goes in as it was written: purposes are asked in the
    /// order of the file, and a map has none.
    pub fn around(notice: &str, region: &str, file: &str) -> String {
        format!("{{\"notice\":\"{notice}\",\"region\":\"{region}\",\"config\":{}}}", file.trim())
    }
}

/// The code of a region from what an edge says of country and part: the part counts only where both have the form of
/// ISO 3166. Empty where the country has not.
pub fn region_code(country: &str, part: &str) -> String {
    if !is_code(country) {
        return String::new();
    }
    let whole = format!("{country}-{part}");
    if is_code(&whole) { whole } else { country.to_owned() }
}

/// How finely a region is told apart when decisions are counted: a part of a country only where the configuration names
/// it, the country otherwise. Numbers of small places say too much of the few who live there.
pub fn counted_region<'a>(config: &ConsentConfig, region: &'a str) -> &'a str {
    let is_named = config.regions.iter().flat_map(|entry| &entry.matches).any(|code| code == region);
    match region.split_once('-') {
        Some((country, _)) if !is_named => country,
        _ => region,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_the_form_is_no_region() {
        for (country, part, region) in [
            ("DE", "", "DE"),
            ("US", "CA", "US-CA"),
            ("FR", "IDF", "FR-IDF"),
            ("AT", "9", "AT-9"),
            ("US-CA", "", "US-CA"),
            ("US-CA", "CA", "US-CA"),
            ("US", "California", "US"),
            ("US", "ca", "US"),
            ("de", "", ""),
            ("T1", "", ""),
            ("Germany", "", ""),
            ("", "CA", ""),
            ("D\"", "", ""),
        ] {
            assert_eq!(region_code(country, part), region, "{country} {part}");
        }
    }

    #[test]
    fn parts_are_told_apart_where_the_file_names_them() {
        let text = r#"{"version":1,"id":"t","regions":[{"match":["US-CA"]},{"match":["US"]}]}"#;
        let config = ConsentConfig::from_json(text).unwrap();
        for (region, counted) in
            [("US-CA", "US-CA"), ("US-NY", "US"), ("DE-BY", "DE"), ("DE", "DE"), ("", "")]
        {
            assert_eq!(counted_region(&config, region), counted);
        }
    }

    #[test]
    fn the_golden_answer_is_what_is_written_and_read() {
        let golden = include_str!("../../testdata/consent/answer.json");
        let config = include_str!("../../testdata/consent/lint/clean.json");
        assert_eq!(ConsentAnswer::around(&"0f".repeat(32), "US-CA", config), golden.trim());
        let answer: ConsentAnswer = serde_json::from_str(golden).unwrap();
        assert_eq!((answer.notice.len(), answer.region.as_str()), (64, "US-CA"));
        assert_eq!(answer.config, ConsentConfig::from_json(config).unwrap());
    }
}

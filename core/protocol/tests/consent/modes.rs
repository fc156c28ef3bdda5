//! Region × purpose → mode, as a table that TypeScript reads too.

use homebody_protocol::consent::{ConsentConfig, Mode};
use serde_json::{Value, json};

use super::support::golden;

/// Every kind of region: opt-in by each of its ways, Britain, the States, elsewhere, unknown, and spelled oddly.
const REGIONS: [&str; 33] = [
    "EU", "EEA", "DE", "FR", "FR-IDF", "GR", "IE", "RE", "AX", "IS", "LI", "NO", "CH", "BR", "CA-QC", "CA",
    "CA-ON", "GB", "GB-SCT", "US", "US-CA", "US-NY", "JP", "AU", "IN", "", "*", "XX", "ZZ", "UK", "T1", "de",
    "us_ca",
];

const PURPOSES: [&str; 7] = ["personalize", "contribute", "share", "measure", "count", "diet", "unheard-of"];

fn purposes() -> Value {
    json!({
        "personalize": {}, "contribute": {}, "share": {}, "measure": {},
        "count": { "kind": "site-tag" }, "diet": { "kind": "site-tag", "data": ["health"] },
    })
}

/// No entries at all; the design's example; entries as loose as can be; entries as strict.
fn configs() -> Value {
    let of = |regions: Value| json!({ "version": 1, "id": "t", "purposes": purposes(), "regions": regions });
    json!({
        "presets": of(json!([])),
        "entries": of(json!([
            { "match": ["EU", "EEA", "CH", "BR", "CA-QC"], "modes": { "*": "ask" } },
            { "match": ["GB"], "modes": { "personalize": "ask", "contribute": "notice", "count": "notice" } },
            { "match": ["US-CA"], "modes": { "*": "ask", "share": "off" } },
            { "match": ["US"], "modes": { "personalize": "notice", "contribute": "notice" },
              "gpc": { "contribute": "deny", "personalize": "ask" }, "link": "your-privacy-choices" },
            { "match": ["*"], "modes": { "*": "ask" } },
        ])),
        "loose": of(json!([{ "match": ["*"], "modes": { "*": "notice" } }])),
        "strict": of(json!([{ "match": ["*"], "modes": { "*": "off" }, "gpc": { "*": "deny" } }])),
    })
}

fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Notice => "notice",
        Mode::Ask => "ask",
        Mode::Off => "off",
    }
}

#[test]
fn the_table_of_modes_is_the_committed_one() {
    let configs = configs();
    let mut cases = Vec::new();
    for (name, config) in configs.as_object().unwrap() {
        let config = ConsentConfig::from_json(&config.to_string()).unwrap();
        for region in REGIONS {
            for purpose in PURPOSES {
                let (mode, gpc) = (config.mode(region, purpose), config.mode_under_gpc(region, purpose));
                assert!(gpc >= mode, "a signal never loosens");
                let case = json!({ "config": name, "region": region, "purpose": purpose, "mode": word(mode),
                    "mode_under_gpc": word(gpc) });
                cases.push(case.to_string());
            }
        }
    }
    let cases = cases.join(",\n");
    let text = format!("{{\n\"spec_version\": 1,\n\"configs\": {configs},\n\"cases\": [\n{cases}\n]\n}}\n");
    golden("modes.json", &text);
}

fn with(regions: &Value) -> ConsentConfig {
    let config = json!({ "version": 1, "id": "t", "purposes": purposes(), "regions": regions });
    ConsentConfig::from_json(&config.to_string()).unwrap()
}

/// The cells that everybody should know by heart, apart from the table.
#[test]
fn the_presets_are_those_of_the_law() {
    let presets = with(&json!([]));
    for region in ["DE", "EU", "NO", "CH", "BR", "CA-QC", "CA", "", "XX"] {
        for purpose in ["personalize", "contribute", "share", "measure", "count"] {
            assert_eq!(presets.mode(region, purpose), Mode::Ask, "{region} {purpose}");
        }
    }
    assert_eq!(presets.mode("GB", "personalize"), Mode::Ask);
    assert_eq!(presets.mode("GB", "contribute"), Mode::Notice);
    assert_eq!(presets.mode("US-CA", "personalize"), Mode::Notice);
    assert_eq!(presets.mode_under_gpc("US-CA", "personalize"), Mode::Ask);
    assert_eq!(presets.mode_under_gpc("US-CA", "contribute"), Mode::Off);
    assert_eq!(presets.mode("JP", "personalize"), Mode::Ask, "the operator may loosen it");
}

#[test]
fn no_file_goes_below_the_law() {
    let loose = with(&json!([{ "match": ["*"], "modes": { "*": "notice" }, "gpc": { "*": "ask" } }]));
    assert_eq!(loose.mode("DE", "personalize"), Mode::Ask);
    assert_eq!(loose.mode("nowhere", "contribute"), Mode::Ask);
    assert_eq!(loose.mode("JP", "personalize"), Mode::Notice);
    assert_eq!(loose.mode("JP", "diet"), Mode::Ask, "special categories are asked everywhere");
    assert_eq!(loose.mode_under_gpc("JP", "contribute"), Mode::Off);
    assert_eq!(loose.mode("JP", "unheard-of"), Mode::Off);
}

#[test]
fn a_site_made_for_minors_asks_nothing() {
    let text = json!({ "version": 1, "id": "t", "purposes": purposes(), "minors": "directed" }).to_string();
    let config = ConsentConfig::from_json(&text).unwrap();
    assert_eq!(config.mode("US", "personalize"), Mode::Off);
    assert_eq!(config.mode_under_gpc("US", "personalize"), Mode::Off);
}

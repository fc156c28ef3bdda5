//! The configuration: the sample file, its precedence and its errors.

use std::fs;
use std::path::PathBuf;

use homebody_server::config::{Config, ConfigError, Layers, LogFormat, env_name};
use toml::{Table, Value};

const SAMPLE: &str = include_str!("../../config.example.toml");

/// The sample with the keys that have no default switched on.
fn whole_sample() -> String {
    let is_key = |line: &str| {
        let (key, _) = line.split_once(" = ")?;
        key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then_some(())
    };
    let line = |line: &'static str| match line.strip_prefix("# ") {
        Some(commented) if is_key(commented).is_some() => commented,
        _ => line,
    };
    SAMPLE.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn keys(table: &Table, prefix: &str, found: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => keys(inner, &format!("{prefix}{key}."), found),
            Value::Array(list) if list.first().is_some_and(Value::is_table) => {
                keys(list[0].as_table().unwrap(), &format!("{prefix}{key}."), found);
            }
            _ => found.push(format!("{prefix}{key}")),
        }
    }
}

fn keys_of(table: &Table) -> Vec<String> {
    let mut found = Vec::new();
    keys(table, "", &mut found);
    found.sort();
    found
}

fn load(toml: &str, env: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("homebody.toml");
    fs::write(&file, toml).unwrap();
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let flags = flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    Layers { file: Some(file), env, flags }.load()
}

#[test]
fn the_sample_holds_the_defaults() {
    assert_eq!(Config::from_toml(SAMPLE, "sample").unwrap(), Config::default());
}

#[test]
fn the_sample_names_every_field_and_no_other() {
    let whole = Config::from_toml(&whole_sample(), "sample").unwrap();
    // A field that is missing in the sample shows up here: its default is serialised.
    let mut filled = whole.clone();
    filled.admin.token.get_or_insert_default();
    filled.admin.token_file.get_or_insert_default();
    filled.www.get_or_insert_default();
    filled.consent.region_header.get_or_insert_default();
    filled.consent.subdivision_header.get_or_insert_default();
    filled.placements[0].rules.get_or_insert_default();
    let fields = keys_of(&Table::try_from(filled).unwrap());
    let listed = keys_of(&whole_sample().parse().unwrap());
    assert_eq!(fields, listed);
    assert!(listed.len() > 20);
}

#[test]
fn every_single_value_can_be_set_by_a_variable() {
    let listed = keys_of(&whole_sample().parse().unwrap());
    for key in listed.iter().filter(|key| !key.starts_with("placements.")) {
        // No key takes this value; being refused, or taken as text, shows that the variable is read.
        let changed = load("", &[(&env_name(key), "\u{1}")], &[]);
        assert!(changed.is_err() || changed.unwrap() != Config::default(), "{key} ignores {}", env_name(key));
    }
}

#[test]
fn flags_beat_variables_beat_the_file_beats_the_defaults() {
    let file =
        "listen = \"127.0.0.1:1001\"\nsite = \"file.example\"\n[limits]\nconnections = 7\nbody_bytes = 9";
    let env = [("HOMEBODY_LISTEN", "127.0.0.1:1002"), ("HOMEBODY_LIMITS_CONNECTIONS", "8"), ("LISTEN", "x")];
    let config = load(file, &env, &[("listen", "127.0.0.1:1003")]).unwrap();
    assert_eq!(config.listen.port(), 1003);
    assert_eq!(config.limits.connections, 8);
    assert_eq!(config.limits.body_bytes, 9);
    assert_eq!(config.site, "file.example");
    assert_eq!(config.data_dir, Config::default().data_dir);
}

#[test]
fn lists_and_words_come_by_variable_too() {
    let env = [
        ("HOMEBODY_CATALOG_SENSITIVE_TAGS", "health, faith ,"),
        ("HOMEBODY_LOG_FORMAT", "json"),
        ("HOMEBODY_DATA_DIR", "/var/lib/homebody"),
        ("HOMEBODY_SITE", ""),
        ("HOMEBODY_TRAIN_DRIFT_PSI", "0.1"),
        ("HOMEBODY_TRAIN_NEW_REPORTS", "0"),
        ("HOMEBODY_TRAIN_CLICK_THROUGH_FLOOR", "0.4"),
    ];
    let config = load("", &env, &[]).unwrap();
    assert_eq!(config.catalog.sensitive_tags, ["health", "faith"]);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.data_dir, PathBuf::from("/var/lib/homebody"));
    assert_eq!((config.train.drift_psi, config.train.new_reports), (0.1, 0));
    assert_eq!(config.train.click_through_floor, 0.4);
    assert_eq!(config.site, "localhost", "an empty variable is as good as none");
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    for toml in [
        "sit = \"x\"",
        "[limits]\nconections = 3",
        "[[placements]]\nnme = \"home\"",
        "[[placements]]\n[placements.policy]\ndiversit = 1",
    ] {
        let error = load(toml, &[], &[]).unwrap_err();
        let key = toml.lines().last().unwrap().split(' ').next().unwrap();
        assert_eq!(error.code(), "config_not_valid");
        assert!(error.to_string().contains(&format!("unknown field `{key}`")), "{error}");
        assert!(error.to_string().contains("line "), "{error}");
    }
}

#[test]
fn values_out_of_range_are_refused_by_name() {
    let cases = [
        ("site = \"a b\"", "`site`"),
        ("[admin]\ntoken = \"short\"", "`admin.token`"),
        ("[admin]\nlisten = \"0.0.0.0:8081\"", "`admin.token`"),
        ("[[placements]]\nname = \"Home!\"", "`placements.name`"),
        ("[[placements]]\nname = \"a\"\n[[placements]]\nname = \"a\"", "given twice"),
        ("[[placements]]\nsize = 0", "`placements.size`"),
        ("[[placements]]\npolicy.diversity = 1.5", "is 1.5, out of range; the nearest that can be used is 1"),
        ("[[placements]]\ndiversity_bounds = { least = 0.9, most = 0.3 }", "`placements.diversity_bounds`"),
        ("[[placements]]\njudged = { exploration_strength = 0.5 }", "`policy.exploration` is `none`"),
        (
            "[[placements]]\njudged = { exploration_strength = -1.0 }\npolicy.exploration = \"thompson\"",
            "`placements.judged.exploration_strength`",
        ),
        ("[[placements]]\npolicy.cart_boost = nan", "`placements.policy.cart_boost`"),
        ("[limits]\nheader_timeout_ms = 0", "`limits.header_timeout_ms`"),
        ("[consent]\nregion_header = \"no header\"", "`consent.region_header`"),
        ("[consent]\nsubdivision_header = \"Cookie\"", "`consent.subdivision_header`"),
        ("[consent]\nwrite_interval_ms = 0", "`consent.write_interval_ms`"),
        ("content_security_policy = \"a\\nb\"", "`content_security_policy`"),
        ("[train]\nmin_batch_size = 99", "`train.min_batch_size`"),
        ("[train]\nevery_hours = 8761", "`train.every_hours`"),
        ("[train]\ndrift_psi = -0.1", "`train.drift_psi`"),
        ("[train]\ndrift_psi = nan", "`train.drift_psi`"),
        ("[audience]\nleast_entropy = 1.5", "`audience.least_entropy`"),
        ("[audience]\nmost_gini = nan", "`audience.most_gini`"),
        ("[train]\nwatch_days = 365", "`train.watch_days`"),
        ("[train]\nwatch_days = 3\nramp_days = 4", "`train.ramp_days`"),
        ("[train]\nrounds = 0", "`train.rounds`"),
        ("[train]\nclick_through_floor = 1.1", "`train.click_through_floor`"),
        ("[train]\nclick_through_fall = nan", "`train.click_through_fall`"),
        (
            "[train]\nevery_hours = 0\nnew_reports = 0\ndrift_psi = 0\nclick_through_fall = 0",
            "one trigger at least",
        ),
        ("[train]\nsegments_min = 1", "`train.segments_min`"),
        ("[train]\nsegments_min = 5\nsegments_max = 4", "`train.segments_max`"),
        ("[train]\nsegments_max = 17", "`train.segments_max`"),
    ];
    for (toml, part) in cases {
        let error = load(toml, &[], &[]).unwrap_err();
        assert_eq!(error.code(), "config_out_of_range", "{toml}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(error.fix().contains("HOMEBODY_"), "{}", error.fix());
    }
}

#[test]
fn the_token_may_lie_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "0123456789abcdef\nsecond line\n").unwrap();
    let variable = [("HOMEBODY_ADMIN_TOKEN_FILE", file.to_str().unwrap())];
    for weaker in ["", "[admin]\ntoken = \"another-token-in-the-file\""] {
        let config = load(weaker, &variable, &[]).unwrap();
        assert_eq!(config.admin.token.as_deref(), Some("0123456789abcdef"));
    }
    let error = load("[admin]\ntoken_file = \"/nowhere/token\"", &[], &[]).unwrap_err();
    assert_eq!(error.code(), "config_unreadable");
}

#[test]
fn a_missing_file_is_an_error_when_it_was_asked_for() {
    let layers = Layers { file: Some(PathBuf::from("/nowhere/homebody.toml")), ..Layers::default() };
    let error = layers.load().unwrap_err();
    assert_eq!(error.code(), "config_unreadable");
    assert!(error.fix().contains("--config"));
    assert_eq!(Layers::default().load().unwrap(), Config::default());
}

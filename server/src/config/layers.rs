//! How file, environment and flags become one [`Config`].

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;
use super::check::check;

/// Every variable starts with this; the rest is the key in capitals, dots as underscores.
pub const ENV_PREFIX: &str = "HOMEBODY_";

/// Keys that a variable can set. `placements` is a list of tables and lives in the file alone.
const ENV_KEYS: &[&str] = &[
    "site",
    "data_dir",
    "listen",
    "www",
    "content_security_policy",
    "admin.listen",
    "admin.token",
    "admin.token_file",
    "catalog.table_items",
    "catalog.table_bytes",
    "catalog.sensitive_tags",
    "publish.keep",
    "consent.region_header",
    "consent.subdivision_header",
    "consent.write_interval_ms",
    "collect.enabled",
    "collect.helper",
    "collect.queue",
    "collect.job_interval_ms",
    "collect.job_reports",
    "collect.helper_timeout_ms",
    "train.enabled",
    "train.interval_ms",
    "train.min_batch_size",
    "train.every_hours",
    "train.new_reports",
    "train.drift_psi",
    "train.click_through_floor",
    "train.click_through_fall",
    "train.watch_days",
    "train.ramp_days",
    "train.rounds",
    "audience.least_entropy",
    "audience.most_gini",
    "train.segments_min",
    "train.segments_max",
    "limits.connections",
    "limits.connections_per_ip",
    "limits.header_timeout_ms",
    "limits.write_timeout_ms",
    "limits.body_timeout_ms",
    "limits.body_bytes",
    "limits.concurrent_requests",
    "limits.drain_delay_ms",
    "limits.drain_timeout_ms",
    "limits.watch_interval_ms",
    "log.format",
    "log.level",
];

/// Where a configuration comes from, weakest first.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The TOML file; `None` starts from the defaults.
    pub file: Option<PathBuf>,
    /// Variables as (name, value); names without [`ENV_PREFIX`] are ignored.
    pub env: Vec<(String, String)>,
    /// Flags as (dotted key, value).
    pub flags: Vec<(&'static str, String)>,
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong type; the text names key and line.
    #[error("the configuration `{origin}` is not valid: {message}")]
    Parse {
        /// File, or "environment and flags".
        origin: String,
        /// What the parser said.
        message: String,
    },
    /// A key has a value outside its range.
    #[error("`{key}`: {problem}")]
    Invalid {
        /// Dotted key.
        key: String,
        /// What is wrong with it, as half a sentence.
        problem: String,
    },
}

impl ConfigError {
    /// Stable code for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "config_unreadable",
            Self::Parse { .. } => "config_not_valid",
            Self::Invalid { .. } => "config_out_of_range",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> String {
        match self {
            Self::Read { path, .. } => {
                format!("create `{}` or pass another file with --config", path.display())
            }
            Self::Parse { .. } => "compare with server/config.example.toml, which lists every key".to_owned(),
            Self::Invalid { key, .. } => {
                format!("change `{key}` in the file, or set the variable {}", env_name(key))
            }
        }
    }
}

impl Layers {
    /// Reads the file, lays variables and flags over it and checks the result.
    ///
    /// # Errors
    /// [`ConfigError`] when the file cannot be read, a key is unknown, or a value has a wrong type or range.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut table = match &self.file {
            Some(path) => read_file(path)?,
            None => Table::new(),
        };
        let variable = |key: &str| {
            let name = env_name(key);
            self.env.iter().rev().find(|(known, value)| *known == name && !value.is_empty())
        };
        if variable("admin.token_file").is_some() {
            // A token file named by a variable is stronger than a token in the file.
            unset(&mut table, "admin", "token");
        }
        for key in ENV_KEYS {
            if let Some((_, value)) = variable(key) {
                set(&mut table, key, scalar(key, value));
            }
        }
        for (key, value) in &self.flags {
            set(&mut table, key, scalar(key, value));
        }
        let mut config = Config::deserialize_table(table, "environment and flags")?;
        read_token(&mut config)?;
        check(&config)?;
        Ok(config)
    }
}

impl Config {
    /// Parses TOML text alone, without variables and flags.
    ///
    /// # Errors
    /// [`ConfigError::Parse`] naming the offending key and line.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| parse_error(origin, &error))
    }

    fn deserialize_table(table: Table, origin: &str) -> Result<Self, ConfigError> {
        table.try_into().map_err(|error| parse_error(origin, &error))
    }
}

/// Variable that sets a key: `limits.body_bytes` is set by `HOMEBODY_LIMITS_BODY_BYTES`.
#[must_use]
pub fn env_name(key: &str) -> String {
    format!("{ENV_PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// A file is judged alone first, so that its errors carry its line numbers.
fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let text =
        fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let origin = path.display().to_string();
    Config::from_toml(&text, &origin)?;
    text.parse().map_err(|error| parse_error(&origin, &error))
}

fn parse_error(origin: &str, error: &toml::de::Error) -> ConfigError {
    ConfigError::Parse { origin: origin.to_owned(), message: error.to_string().trim_end().to_owned() }
}

/// Text of a variable or flag as the TOML type its key has.
fn scalar(key: &str, text: &str) -> Value {
    if key == "catalog.sensitive_tags" {
        let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        return Value::Array(tags.map(|tag| Value::String(tag.to_owned())).collect());
    }
    if let (true, Ok(flag)) =
        (["collect.enabled", "collect.helper", "train.enabled"].contains(&key), text.trim().parse())
    {
        return Value::Boolean(flag);
    }
    let fractions = ["train.drift_psi", "train.click_through_floor", "train.click_through_fall"];
    let is_fraction = fractions.contains(&key) || key.starts_with("audience.");
    if let (true, Ok(number)) = (is_fraction, text.trim().parse::<f64>()) {
        return Value::Float(number);
    }
    let numbers = ["catalog.table_items", "catalog.table_bytes", "publish.keep", "consent.write_interval_ms"];
    let sections = ["limits.", "collect.", "train."];
    let is_number = numbers.contains(&key) || sections.iter().any(|section| key.starts_with(section));
    match text.trim().parse::<i64>() {
        Ok(number) if is_number => Value::Integer(number),
        _ => Value::String(text.to_owned()),
    }
}

fn set(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = entry {
                set(inner, rest, value);
            }
        }
    }
}

fn unset(table: &mut Table, section: &str, key: &str) {
    if let Some(Value::Table(inner)) = table.get_mut(section) {
        inner.remove(key);
    }
}

fn read_token(config: &mut Config) -> Result<(), ConfigError> {
    let (None, Some(path)) = (&config.admin.token, &config.admin.token_file) else { return Ok(()) };
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
    config.admin.token = Some(text.lines().next().unwrap_or_default().trim().to_owned());
    Ok(())
}

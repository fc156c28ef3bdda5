//! What an answer is an answer to: a digest of everything about a purpose that a visitor was told.
//!
//! A kept choice names the digest. When one of these facts changes, the digest does, and the purpose is asked again while
//! all others stay answered; colours and other texts change nothing. `js/src/consent/terms.ts` is the twin.

use std::fmt::Write as _;

use super::config::ConsentConfig;
use super::purpose::Purpose;
use crate::derive_key;

/// A digest has six hexadecimal digits: short enough for a kept choice, long enough that a change goes unnoticed in one
/// of sixteen million cases.
const DIGEST_BITS: u32 = 24;

impl ConsentConfig {
    /// Digest of what is asked for one purpose; `None` when the file does not have it.
    pub fn digest(&self, purpose: &str) -> Option<u32> {
        let spec = self.purposes.get(purpose)?;
        Some(derive_key(0, &self.material(purpose, spec)) >> (u32::BITS - DIGEST_BITS))
    }

    /// What identifies all that is asked: `revision` of the file, or with `auto` a hash over the digests.
    pub fn revision_digits(&self) -> String {
        if self.revision != "auto" {
            return self.revision.clone();
        }
        let digests: Vec<String> = self
            .purposes
            .keys()
            .filter_map(|id| self.digest(id))
            .map(|digest| format!("{digest:06x}"))
            .collect();
        format!("{:08x}", derive_key(0, &digests.join("-")))
    }

    /// The purposes for which `newer` asks something else than this file, or anew.
    pub fn material_changes<'a>(&self, newer: &'a ConsentConfig) -> Vec<&'a str> {
        let ids = newer.purposes.keys().map(String::as_str);
        ids.filter(|id| self.digest(id) != newer.digest(id)).collect()
    }

    /// The facts, a line each. The texts are the site's own: those of the package change with a release that says so.
    fn material(&self, id: &str, spec: &Purpose) -> String {
        let thousandths = spec.epsilon.map(|epsilon| (epsilon * 1000.0).round());
        let mut facts = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            facts,
            "{}\n{id}\n{}\n{}\n{}\n{}\n{}\n{}",
            if self.revision == "auto" { "" } else { &self.revision },
            word(&spec.kind),
            word(&spec.tier),
            spec.data.iter().map(word).collect::<Vec<_>>().join(","),
            spec.recipients.join(","),
            spec.retention_days.map_or_else(String::new, |days| days.to_string()),
            thousandths.map_or_else(String::new, |value| value.to_string()),
        );
        let key = spec.text_key(id);
        let keys = [format!("{key}.title"), format!("{key}.body"), spec.explicit.clone().unwrap_or_default()];
        for (language, texts) in &self.texts {
            for text in keys.iter().filter_map(|key| texts.get(key)) {
                let _ = writeln!(facts, "{language}={text}");
            }
        }
        facts
    }
}

/// The word a value has in the file.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

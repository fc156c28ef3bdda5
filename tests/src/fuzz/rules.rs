//! Any text as a rule set, any bytes as compiled rules: an error that names its place, or rules that survive their codec.

use homebody_protocol::rules::{RuleSet, Rules};
use homebody_protocol::wire::{Section, decode};

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    if let Some(rules) = decode::<Rules>(bytes) {
        survives(&rules);
    }
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    match RuleSet::from_json(text) {
        Ok(set) => {
            let _ = set.warnings();
            if let Ok(rules) = Rules::compile(&set, 7) {
                survives(&rules);
            }
        }
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
    }
}

fn survives(rules: &Rules) {
    let mut out = Vec::new();
    rules.write(&mut out);
    assert_eq!(decode::<Rules>(&out).as_ref(), Some(rules));
}

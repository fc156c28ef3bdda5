//! Modes against the law of their regions.

use std::collections::{BTreeMap, BTreeSet};

use super::super::config::ConsentConfig;
use super::super::mode::{Mode, floor};
use super::super::region::{EU, Law, protected};
use super::Hit;

/// How many regions a message names.
const SHOWN: usize = 3;

/// Devices ask there whatever the file says; but a file that says otherwise is a mistake about the law.
pub(super) fn notice_in_opt_in(config: &ConsentConfig) -> Vec<Hit> {
    let mut places: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    // Where only "Canada" is known devices ask, since it may be Quebec; a file need not say so.
    for region in protected().filter(|region| *region != "CA").chain(["GB"]) {
        let Some((index, entry)) = config.entry(region) else { continue };
        for (id, purpose) in &config.purposes {
            let word = if entry.modes.contains_key(id) { id } else { "*" };
            let is_notice = entry.modes.get(word) == Some(&Mode::Notice);
            if is_notice && floor(Law::of(region), id, purpose) > Mode::Notice {
                places.entry(format!("regions[{index}].modes.{word}")).or_default().insert(region);
            }
        }
    }
    places.into_iter().map(|(path, regions)| Hit::new(path, message(&regions))).collect()
}

fn message(regions: &BTreeSet<&str>) -> String {
    let is_union = EU.iter().all(|country| regions.contains(country));
    let others = regions.iter().copied().filter(|region| !is_union || !EU.contains(region));
    let names: Vec<&str> = is_union.then_some("EU").into_iter().chain(others).collect();
    let named = names.get(..SHOWN).unwrap_or(&names);
    let more = names.len() - named.len();
    let others = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("`notice` does not do in {}{others}: consent comes first there", named.join(", "))
}

//! What is allowed but hardly meant.

use std::collections::BTreeMap;

use super::json::{Condition, OneOrMany, RuleSet, RuleSpec};

/// Something a rule set says that cannot have the effect it seems to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable code for programs and documentation.
    pub code: &'static str,
    /// The place in the file.
    pub path: String,
    /// What is odd about it.
    pub message: String,
}

impl RuleSet {
    /// Contradictions and tests that never hold. They do not keep a set from being published.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut found = Vec::new();
        let mut places: BTreeMap<u8, &str> = BTreeMap::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let path = format!("rules[{index}]");
            self.check_outcome(rule, &path, &mut found);
            check_condition(&rule.when, &format!("{path}.when"), &mut found);
            if let Some(keep) = &rule.then.keep {
                check_condition(keep, &format!("{path}.then.keep"), &mut found);
            }
            let Some(place) = rule.then.pin else { continue };
            if let Some(first) = places.insert(place, &rule.name) {
                let message = format!(
                    "`{first}` is pinned to place {place} too: when both apply, the later one takes the next place"
                );
                warn(&mut found, "rules_same_place", &format!("{path}.then.pin"), message);
            }
        }
        found
    }

    fn check_outcome(&self, rule: &RuleSpec, path: &str, found: &mut Vec<Warning>) {
        let then = &rule.then;
        let lifts = then.boost.is_some() || then.bury.is_some() || then.pin.is_some();
        let path = &format!("{path}.then");
        if then.exclude.is_some() && lifts {
            let message = "the items are excluded, so nothing else can be done with them".to_owned();
            warn(found, "rules_excluded", path, message);
        } else if lifts {
            let excludes =
                |other: &&RuleSpec| other.then.exclude.is_some() && implies(&rule.when, &other.when);
            if let Some(other) = self.rules.iter().find(excludes) {
                let message = format!("whatever this rule is about, `{}` excludes", other.name);
                warn(found, "rules_excluded", path, message);
            }
        }
        if then.boost.is_some() && then.bury.is_some() {
            warn(found, "rules_opposites", path, "boost and bury work against each other".to_owned());
        }
        if then.exclude.is_some() && is_always(&rule.when) {
            warn(found, "rules_everything", path, "every item is excluded: the list stays empty".to_owned());
        }
        if then.pin.is_some() && is_always(&rule.when) {
            let message = "every item may be pinned; the best one is, and it would be near the top anyway";
            warn(found, "rules_everything", path, message.to_owned());
        }
    }
}

fn warn(found: &mut Vec<Warning>, code: &'static str, path: &str, message: String) {
    found.push(Warning { code, path: path.to_owned(), message });
}

fn is_always(condition: &Condition) -> bool {
    parts_of(condition).is_empty()
}

/// The conditions that all have to hold.
fn parts_of(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(parts_of).collect(),
        other => vec![other],
    }
}

/// Whether the second condition holds wherever the first does, as far as can be seen from their parts.
fn implies(first: &Condition, second: &Condition) -> bool {
    let parts = parts_of(first);
    parts_of(second).iter().all(|part| parts.contains(part))
}

fn check_condition(condition: &Condition, path: &str, found: &mut Vec<Warning>) {
    match condition {
        Condition::All(parts) => {
            check_parts(parts, &format!("{path}.all"), found);
            check_ranges(&parts_of(condition), path, found);
        }
        Condition::Any(parts) => {
            never(parts.is_empty(), "any", path, found);
            check_parts(parts, &format!("{path}.any"), found);
        }
        Condition::Not(part) => check_condition(part, &format!("{path}.not"), found),
        Condition::Category(names) => check_names(names, "category", path, found),
        Condition::Brand(names) => check_names(names, "brand", path, found),
        Condition::Tag(names) => check_names(names, "tag", path, found),
        Condition::Id(names) => check_names(names, "id", path, found),
        Condition::Region(names) => check_names(names, "region", path, found),
        Condition::Segment(names) => check_names(names, "segment", path, found),
        Condition::Device(list) => never(list.0.is_empty(), "device", path, found),
        Condition::Referrer(list) => never(list.0.is_empty(), "referrer", path, found),
        Condition::Weekday(list) => never(list.0.is_empty(), "weekday", path, found),
        Condition::Unknown(list) => never(list.0.is_empty(), "unknown", path, found),
        Condition::PriceBelow(price) => never(*price <= 0.0, "price_below", path, found),
        Condition::PopularTop(count) => never(*count == 0, "popular_top", path, found),
        Condition::ViewportBelow(width_px) => never(*width_px <= 1, "viewport_below", path, found),
        Condition::Hour(hours) => never(hours.from == hours.to, "hour", path, found),
        _ => {}
    }
}

fn check_parts(parts: &[Condition], path: &str, found: &mut Vec<Warning>) {
    for (index, part) in parts.iter().enumerate() {
        check_condition(part, &format!("{path}[{index}]"), found);
    }
}

fn check_names(names: &OneOrMany<String>, word: &str, path: &str, found: &mut Vec<Warning>) {
    never(names.0.iter().all(String::is_empty), word, path, found);
}

fn never(is_so: bool, word: &str, path: &str, found: &mut Vec<Warning>) {
    if is_so {
        let message = format!("`{word}` never holds like this");
        warn(found, "rules_never", &format!("{path}.{word}"), message);
    }
}

/// Two limits, or a test and its opposite, that no item and no page fits.
fn check_ranges(parts: &[&Condition], path: &str, found: &mut Vec<Warning>) {
    let (mut below, mut above) = (f32::INFINITY, f32::NEG_INFINITY);
    for part in parts {
        match part {
            Condition::PriceBelow(price) => below = below.min(*price),
            Condition::PriceAbove(price) => above = above.max(*price),
            _ => {}
        }
    }
    if above >= below {
        warn(found, "rules_never", path, format!("no price is above {above} and below {below}"));
    }
    let opposite =
        |part: &Condition| matches!(part, Condition::Not(inner) if parts.contains(&inner.as_ref()));
    if parts.iter().any(|part| opposite(part)) {
        warn(found, "rules_never", path, "a test and its opposite cannot both hold".to_owned());
    }
}

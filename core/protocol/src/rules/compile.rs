//! From the names of a rule set to the keys of a table.

use std::collections::BTreeSet;

use super::json::{Condition, Hours, OneOrMany, Outcome, RuleSet, RuleSpec};
use super::{
    Action, EVER, MAX_DEPTH, MAX_LIFT, MAX_PINS, MAX_PLACE, MAX_RULES, MAX_TESTS, Rule, RuleError, Rules,
    Test, TestKind, VisitorFacts,
};
use crate::context::PageContext;
use crate::ids::ItemKey;
use crate::table::FacetKind;

/// Longest name of a rule, in bytes.
const MAX_NAME_BYTES: usize = 120;
const DAY_S: f64 = 86_400.0;
/// Largest age a rule can ask for: a hundred years.
const MAX_DAYS: f32 = 36_500.0;

impl RuleSet {
    /// Reads JSON.
    ///
    /// # Errors
    /// [`RuleError::Syntax`] with the place in the file and what is allowed there.
    pub fn from_json(text: &str) -> Result<Self, RuleError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let syntax = |path: String, message: String| RuleError::Syntax { path, message };
        let set = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| syntax(error.path().to_string(), error.inner().to_string()))?;
        reader.end().map_err(|error| syntax(String::new(), error.to_string()))?;
        Ok(set)
    }
}

impl Rules {
    /// Compiles a rule set for tables of an id seed: names become keys.
    ///
    /// `keep` becomes an exclusion of what does not match; a rule with several outcomes becomes several rules.
    ///
    /// # Errors
    /// [`RuleError`] for values out of range, and for more or deeper rules than devices accept.
    pub fn compile(set: &RuleSet, id_seed: u32) -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        let mut names = BTreeSet::new();
        for (index, spec) in set.rules.iter().enumerate() {
            let path = format!("rules[{index}]");
            check_name(spec, &path, &mut names)?;
            let when = tests(&spec.when, &format!("{path}.when"), id_seed)?;
            for (action, when) in outcomes(&spec.then, when, &format!("{path}.then"), id_seed)? {
                rules.push(Rule { name: spec.name.clone(), action, when });
            }
        }
        let pins = rules.iter().filter(|rule| matches!(rule.action, Action::Pin(_))).count();
        let tests: usize = rules.iter().map(|rule| rule.when.len()).sum();
        let counts =
            [("rules", rules.len(), MAX_RULES), ("pins", pins, MAX_PINS), ("tests", tests, MAX_TESTS)];
        match counts.into_iter().find(|(_, count, limit)| count > limit) {
            Some((what, ..)) => Err(RuleError::TooMany { what }),
            None => Ok(Self(rules)),
        }
    }
}

fn check_name<'a>(spec: &'a RuleSpec, path: &str, names: &mut BTreeSet<&'a str>) -> Result<(), RuleError> {
    let path = format!("{path}.name");
    let name = spec.name.as_str();
    if name.trim().is_empty() || name.len() > MAX_NAME_BYTES || name.chars().any(char::is_control) {
        return Err(RuleError::Range { path, allowed: "1 to 120 bytes of printable text" });
    }
    if names.insert(name) { Ok(()) } else { Err(RuleError::DuplicateName { path, name: name.to_owned() }) }
}

/// Each outcome with the condition it has.
fn outcomes(
    then: &Outcome,
    when: Vec<Test>,
    path: &str,
    id_seed: u32,
) -> Result<Vec<(Action, Vec<Test>)>, RuleError> {
    let mut found = Vec::new();
    if let Some(exclude) = then.exclude {
        in_range(exclude, &format!("{path}.exclude"), "`true`; leave it out otherwise")?;
        found.push((Action::Exclude, when.clone()));
    }
    if let Some(keep) = &then.keep {
        let mut outside = vec![Test::new(TestKind::All, 2)];
        outside.extend(&when);
        outside.push(Test::new(TestKind::Not, 0));
        outside.extend(tests(keep, &format!("{path}.keep"), id_seed)?);
        found.push((Action::Exclude, outside));
    }
    for (name, lift, sign) in [("boost", then.boost, 1.0), ("bury", then.bury, -1.0)] {
        if let Some(lift) = lift {
            in_range(lift > 0.0 && lift <= MAX_LIFT, &format!("{path}.{name}"), "above 0, at most 10")?;
            found.push((Action::Lift(lift * sign), when.clone()));
        }
    }
    if let Some(place) = then.pin {
        in_range((1..=MAX_PLACE).contains(&place), &format!("{path}.pin"), "a place from 1 to 100")?;
        found.push((Action::Pin(place), when));
    }
    if found.is_empty() { Err(RuleError::NoOutcome { path: path.to_owned() }) } else { Ok(found) }
}

fn tests(condition: &Condition, path: &str, id_seed: u32) -> Result<Vec<Test>, RuleError> {
    let mut compiler = Compiler { id_seed, tests: Vec::new() };
    compiler.add(condition, path, 0)?;
    Ok(compiler.tests)
}

struct Compiler {
    id_seed: u32,
    tests: Vec<Test>,
}

impl Compiler {
    fn add(&mut self, condition: &Condition, path: &str, depth: usize) -> Result<(), RuleError> {
        if self.tests.len() > MAX_TESTS {
            return Err(RuleError::TooMany { what: "tests" });
        }
        let at = |word: &str| format!("{path}.{word}");
        let seed = self.id_seed;
        match condition {
            Condition::All(parts) => self.group(TestKind::All, parts, &at("all"), depth)?,
            Condition::Any(parts) => self.group(TestKind::Any, parts, &at("any"), depth)?,
            Condition::Not(part) => {
                in_depth(depth, path)?;
                self.push(TestKind::Not, 0);
                self.add(part, &at("not"), depth + 1)?;
            }
            Condition::Category(names) => self.facets(FacetKind::Category, names),
            Condition::Brand(names) => self.facets(FacetKind::Brand, names),
            Condition::Tag(names) => self.facets(FacetKind::Tag, names),
            Condition::Id(ids) => self.any(TestKind::Id, ids, |id| ItemKey::derive(seed, id).0),
            Condition::Region(names) => {
                self.any(TestKind::Region, names, |name| PageContext::region_key(name))
            }
            Condition::Segment(names) => {
                self.any(TestKind::Segment, names, |name| VisitorFacts::segment_key(name));
            }
            Condition::PriceBelow(price) => self.price(TestKind::PriceBelow, *price, &at("price_below"))?,
            Condition::PriceAbove(price) => self.price(TestKind::PriceAbove, *price, &at("price_above"))?,
            Condition::NewDays(days) => self.days(TestKind::NewSeconds, *days, &at("new_days"))?,
            Condition::OpenedDays(days) => self.days(TestKind::OpenedSeconds, *days, &at("opened_days"))?,
            Condition::Opened(wanted) => self.yes_or_no(*wanted, TestKind::OpenedSeconds, EVER),
            Condition::Bought(wanted) => self.yes_or_no(*wanted, TestKind::Bought, 0),
            Condition::InCart(wanted) => self.yes_or_no(*wanted, TestKind::InCart, 0),
            Condition::ShownAtLeast(count) => self.push(TestKind::ShownAtLeast, *count),
            Condition::Rebuyable(wanted) => self.yes_or_no(*wanted, TestKind::Rebuyable, 0),
            Condition::InStock(wanted) => self.yes_or_no(*wanted, TestKind::InStock, 0),
            Condition::Returning(wanted) => self.yes_or_no(*wanted, TestKind::SessionsAtLeast, 2),
            Condition::PopularTop(count) => self.push(TestKind::PopularTop, *count),
            Condition::Device(classes) => self.codes(TestKind::Device, classes, |class| class as u8),
            Condition::Referrer(classes) => self.codes(TestKind::Referrer, classes, |class| class as u8),
            Condition::Unknown(things) => self.codes(TestKind::Unknown, things, |thing| thing as u8),
            Condition::ViewportBelow(width_px) => self.push(TestKind::ViewportBelow, u32::from(*width_px)),
            Condition::Hour(hours) => self.hours(*hours, &at("hour"))?,
            Condition::Weekday(days) => {
                let low = days.0.iter().fold(0, |bits, &day| bits | 1 << day as u8);
                self.tests.push(Test { low, ..Test::new(TestKind::Weekday, 0) });
            }
            Condition::IntentAtLeast(intent) => {
                let is_sane = (0.0..=1.0).contains(intent);
                in_range(is_sane, &at("intent_at_least"), "a probability from 0 to 1")?;
                self.push(TestKind::IntentAtLeast, intent.to_bits());
            }
            Condition::SessionsAtLeast(count) => self.push(TestKind::SessionsAtLeast, *count),
            Condition::CartAtLeast(count) => self.push(TestKind::CartAtLeast, *count),
        }
        Ok(())
    }

    fn push(&mut self, kind: TestKind, word: u32) {
        self.tests.push(Test::new(kind, word));
    }

    fn group(
        &mut self,
        kind: TestKind,
        parts: &[Condition],
        path: &str,
        depth: usize,
    ) -> Result<(), RuleError> {
        in_depth(depth, path)?;
        self.push(kind, count(parts));
        let mut parts = parts.iter().enumerate();
        parts.try_for_each(|(index, part)| self.add(part, &format!("{path}[{index}]"), depth + 1))
    }

    fn facets(&mut self, kind: FacetKind, names: &OneOrMany<String>) {
        let seed = self.id_seed;
        self.any(TestKind::Facet, names, |name| kind.key(seed, name).0);
    }

    /// One test a value; several are joined by `any`.
    fn any<T>(&mut self, kind: TestKind, values: &OneOrMany<T>, word: impl Fn(&T) -> u32) {
        self.join(values, |value| Test::new(kind, word(value)));
    }

    fn codes<T: Copy>(&mut self, kind: TestKind, values: &OneOrMany<T>, code: impl Fn(T) -> u8) {
        self.join(values, |&value| Test { low: code(value), ..Test::new(kind, 0) });
    }

    fn join<T>(&mut self, values: &OneOrMany<T>, test: impl Fn(&T) -> Test) {
        if values.0.len() != 1 {
            self.push(TestKind::Any, count(&values.0));
        }
        self.tests.extend(values.0.iter().map(test));
    }

    fn yes_or_no(&mut self, wanted: bool, kind: TestKind, word: u32) {
        if !wanted {
            self.push(TestKind::Not, 0);
        }
        self.push(kind, word);
    }

    fn days(&mut self, kind: TestKind, days: f32, path: &str) -> Result<(), RuleError> {
        in_range(days > 0.0 && days <= MAX_DAYS, path, "above 0, at most 36500 days")?;
        self.push(kind, (f64::from(days) * DAY_S) as u32);
        Ok(())
    }

    fn price(&mut self, kind: TestKind, price: f32, path: &str) -> Result<(), RuleError> {
        in_range(price >= 0.0 && price.is_finite(), path, "a price of 0 or more")?;
        self.push(kind, price.to_bits());
        Ok(())
    }

    fn hours(&mut self, hours: Hours, path: &str) -> Result<(), RuleError> {
        in_range(hours.from <= 23, &format!("{path}.from"), "an hour from 0 to 23")?;
        in_range(hours.to <= 24, &format!("{path}.to"), "an hour from 0 to 24")?;
        self.tests.push(Test { low: hours.from, high: hours.to, ..Test::new(TestKind::Hour, 0) });
        Ok(())
    }
}

fn count<T>(values: &[T]) -> u32 {
    u32::try_from(values.len()).unwrap_or(u32::MAX)
}

fn in_range(is_sane: bool, path: &str, allowed: &'static str) -> Result<(), RuleError> {
    if is_sane { Ok(()) } else { Err(RuleError::Range { path: path.to_owned(), allowed }) }
}

fn in_depth(depth: usize, path: &str) -> Result<(), RuleError> {
    if depth < MAX_DEPTH { Ok(()) } else { Err(RuleError::TooDeep { path: path.to_owned() }) }
}

//! Rules as bytes: `u16` rules; for each, its name, `u8` action, `u8` place, `u16` tests, `f32` lift; for each test
//! `u8` kind, `u8` low, `u8` high, `u8` 0, `u32` word.

use super::{Action, MAX_PINS, MAX_RULES, MAX_TESTS, Rule, Rules, Test, TestKind};
use crate::wire::{Reader, Section, put_count, put_f32s, put_text};

impl Section for Rules {
    const TAG: &'static str = "RULE";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, self.0.len());
        for rule in &self.0 {
            let (action, place, lift) = match rule.action {
                Action::Exclude => (0, 0, 0.0),
                Action::Lift(lift) => (1, 0, lift),
                Action::Pin(place) => (2, place, 0.0),
            };
            put_text(out, &rule.name);
            out.extend([action, place]);
            put_count(out, rule.when.len());
            put_f32s(out, &[lift]);
            for test in &rule.when {
                out.extend([test.kind as u8, test.low, test.high, 0]);
                out.extend(test.word.to_le_bytes());
            }
        }
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let count = input.count(MAX_RULES);
        let rules: Vec<Rule> = (0..count).map(|_| read_rule(input)).collect();
        let (mut pins, mut tests) = (0, 0);
        for rule in &rules {
            pins += usize::from(matches!(rule.action, Action::Pin(_)));
            tests += rule.when.len();
        }
        input.ensure(pins <= MAX_PINS && tests <= MAX_TESTS);
        Self(rules)
    }
}

fn read_rule(input: &mut Reader<'_>) -> Rule {
    let name = input.text();
    let [action, place] = input.take();
    let tests = input.count(MAX_TESTS);
    let lift = input.f32();
    let action = input.code(action, &[Action::Exclude, Action::Lift(lift), Action::Pin(place)]);
    let rule = Rule { name, action, when: (0..tests).map(|_| read_test(input)).collect() };
    input.ensure(rule.is_well_formed());
    rule
}

fn read_test(input: &mut Reader<'_>) -> Test {
    let [kind, low, high, _] = input.take();
    Test { kind: input.code(kind, &TestKind::ALL), low, high, word: input.u32() }
}

impl TestKind {
    /// By wire code.
    const ALL: [Self; 26] = [
        Self::All,
        Self::Any,
        Self::Not,
        Self::Facet,
        Self::Id,
        Self::PriceBelow,
        Self::PriceAbove,
        Self::NewSeconds,
        Self::InStock,
        Self::PopularTop,
        Self::Device,
        Self::ViewportBelow,
        Self::Hour,
        Self::Weekday,
        Self::Region,
        Self::Referrer,
        Self::Unknown,
        Self::Segment,
        Self::IntentAtLeast,
        Self::SessionsAtLeast,
        Self::CartAtLeast,
        Self::OpenedSeconds,
        Self::Bought,
        Self::InCart,
        Self::ShownAtLeast,
        Self::Rebuyable,
    ];
}

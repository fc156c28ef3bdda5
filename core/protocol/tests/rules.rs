//! Rules: what is accepted, what is refused and why, and what holds.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use homebody_protocol::rules::{
    Action, Condition, ItemFacts, MAX_PINS, MAX_RULES, RuleSet, Rules, SeenFacts, Test, TestKind, Unknown,
    VisitorFacts, matches, verdict,
};
use homebody_protocol::table::FacetKind;
use homebody_protocol::wire::{Section, decode};
use homebody_protocol::{DeviceClass, FacetKey, ItemKey, PageContext, Referrer};
use proptest::prelude::*;
use serde_json::{Value, json};

fn compile(text: &str) -> Result<Rules, (&'static str, String)> {
    let set = RuleSet::from_json(text).map_err(|error| (error.code(), error.to_string()))?;
    Rules::compile(&set, 7).map_err(|error| (error.code(), error.to_string()))
}

fn when(condition: &Value) -> Rules {
    let set = json!({"rules": [{"name": "it", "when": condition, "then": {"exclude": true}}]});
    compile(&set.to_string()).unwrap()
}

fn text<'a>(facts: &'a Value, key: &str) -> &'a str {
    facts[key].as_str().unwrap_or_default()
}

fn number(facts: &Value, key: &str) -> Option<u32> {
    facts[key].as_u64().map(|number| u32::try_from(number).unwrap())
}

fn page(facts: &Value) -> PageContext {
    let known = |name: &str, all: &[&str]| all.iter().position(|known| *known == name).unwrap_or(0) as u8;
    let devices = ["unknown", "desktop", "phone", "tablet"];
    let referrers = ["unknown", "direct", "search", "social", "mail", "ad", "internal", "other"];
    PageContext {
        device: DeviceClass::from_code(known(text(facts, "device"), &devices)),
        viewport_px: number(facts, "viewport_px").unwrap_or(0) as u16,
        hour: number(facts, "hour").map(|hour| hour as u8),
        weekday: number(facts, "weekday").map(|day| day as u8),
        region: PageContext::region_key(text(facts, "region")),
        referrer: Referrer::from_code(known(text(facts, "referrer"), &referrers)),
    }
}

fn visitor(facts: &Value) -> VisitorFacts {
    VisitorFacts {
        segment: VisitorFacts::segment_key(text(facts, "segment")),
        intent: facts["intent"].as_f64().map(|intent| intent as f32),
        sessions: number(facts, "sessions").unwrap_or(1),
        cart_items: number(facts, "cart_items").unwrap_or(0),
    }
}

fn truth(facts: &Value, key: &str) -> bool {
    facts[key].as_bool().unwrap_or(false)
}

fn seen_facts(facts: &Value) -> SeenFacts {
    SeenFacts {
        opened_s: number(facts, "opened_s"),
        shown: number(facts, "shown").unwrap_or(0),
        bought: truth(facts, "bought"),
        in_cart: truth(facts, "in_cart"),
    }
}

fn facets(facts: &Value) -> Vec<FacetKey> {
    let kinds = [FacetKind::Category, FacetKind::Brand, FacetKind::Tag];
    let of = |kind: FacetKind| {
        let names = facts[kind.name()].as_array().cloned().unwrap_or_default();
        names.into_iter().map(move |name| kind.key(7, name.as_str().unwrap()))
    };
    kinds.into_iter().flat_map(of).collect()
}

#[test]
fn golden_conditions_hold_where_they_should() {
    let golden: Value = serde_json::from_str(include_str!("../testdata/rules.json")).unwrap();
    let cases = golden["conditions"].as_array().unwrap();
    assert!(cases.len() > 30);
    let mut seen = [false; 26];
    for case in cases {
        let rules = when(&case["when"]);
        for test in &rules.0[0].when {
            seen[test.kind as usize] = true;
        }
        let facets = facets(&case["item"]);
        let item = ItemFacts {
            key: case["item"]["id"].as_str().map(|id| ItemKey::derive(7, id)),
            facets: &facets,
            price: case["item"]["price"].as_f64().map(|price| price as f32),
            age_s: number(&case["item"], "age_s"),
            in_stock: case["item"]["in_stock"].as_bool().unwrap_or(true),
            place: number(&case["item"], "place").unwrap_or(0),
            rebuyable: truth(&case["item"], "rebuyable"),
            seen: seen_facts(&case["item"]),
        };
        let (page, visitor) = (page(&case["page"]), visitor(&case["visitor"]));
        let expected = case["holds"].as_bool().unwrap();
        assert_eq!(matches(&rules.0[0], &item, &page, &visitor), expected, "{case}");
        let beforehand = verdict(&rules.0[0], None, &page, &visitor);
        assert!(beforehand.is_none_or(|certain| certain == expected), "{case}: certain of {beforehand:?}");
    }
    assert!(seen.iter().all(|&seen| seen), "a kind of test is not covered: {seen:?}");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let rule =
        |when: &str, then: &str| format!(r#"{{"rules":[{{"name":"a","when":{when},"then":{then}}}]}}"#);
    let deep = format!("{}{}{}", r#"{"not":"#.repeat(9), r#"{"in_stock":true}"#, "}".repeat(9));
    let cases = [
        ("{".to_owned(), "rules_syntax", "EOF"),
        (r#"{"rules":[],"x":1}"#.to_owned(), "rules_syntax", "unknown field `x`"),
        (rule(r#"{"colour":"red"}"#, r#"{"exclude":true}"#), "rules_syntax", "expected one of `all`, `any`"),
        (rule(r#"{"device":"watch"}"#, r#"{"exclude":true}"#), "rules_syntax", "`phone`"),
        (rule(r#"{"tag":3}"#, r#"{"exclude":true}"#), "rules_syntax", "a name or a list of names"),
        (
            rule(r#"{"hour":{"from":7,"to":25}}"#, r#"{"exclude":true}"#),
            "rules_range",
            "`rules[0].when.hour.to`",
        ),
        (
            rule(r#"{"any":[{"price_below":-1}]}"#, r#"{"pin":1}"#),
            "rules_range",
            "`rules[0].when.any[0].price_below`",
        ),
        (rule(r#"{"intent_at_least":2}"#, r#"{"pin":1}"#), "rules_range", "a probability"),
        (rule(r#"{"new_days":0}"#, r#"{"pin":1}"#), "rules_range", "new_days"),
        (rule(r#"{"opened_days":0}"#, r#"{"pin":1}"#), "rules_range", "`rules[0].when.opened_days`"),
        (rule(r#"{"in_stock":true}"#, r#"{"pin":0}"#), "rules_range", "`rules[0].then.pin`"),
        (rule(r#"{"in_stock":true}"#, r#"{"boost":11}"#), "rules_range", "`rules[0].then.boost`"),
        (rule(r#"{"in_stock":true}"#, r#"{"exclude":false}"#), "rules_range", "`true`"),
        (rule(r#"{"in_stock":true}"#, "{}"), "rules_no_outcome", "`rules[0].then`"),
        (rule(&deep, r#"{"pin":1}"#), "rules_too_deep", "not.not"),
        (
            r#"{"rules":[{"name":"a","then":{"pin":1}},{"name":"a","then":{"pin":2}}]}"#.to_owned(),
            "rules_duplicate_name",
            "`rules[1].name`",
        ),
        (r#"{"rules":[{"name":" ","then":{"pin":1}}]}"#.to_owned(), "rules_range", "`rules[0].name`"),
    ];
    for (text, code, part) in cases {
        let (found, message) = compile(&text).unwrap_err();
        assert_eq!(found, code, "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn no_more_is_taken_than_devices_accept() {
    let many = |count: usize, then: Value| {
        let rules: Vec<Value> =
            (0..count).map(|index| json!({"name": index.to_string(), "then": then})).collect();
        compile(&json!({"rules": rules}).to_string())
    };
    assert_eq!(many(MAX_RULES, json!({"boost": 1})).unwrap().0.len(), MAX_RULES);
    assert_eq!(many(MAX_RULES + 1, json!({"boost": 1})).unwrap_err().0, "rules_too_many");
    assert!(many(MAX_PINS, json!({"pin": 1})).is_ok());
    assert_eq!(many(MAX_PINS + 1, json!({"pin": 1})).unwrap_err().0, "rules_too_many");
    let ids: Vec<String> = (0..5000).map(|id| id.to_string()).collect();
    let long = json!({"rules": [{"name": "a", "when": {"id": ids}, "then": {"pin": 1}}]});
    assert_eq!(compile(&long.to_string()).unwrap_err().0, "rules_too_many");
}

#[test]
fn contradictions_are_warned_of() {
    let warnings = |rules: Value| {
        let set = RuleSet::from_json(&json!({"rules": rules}).to_string()).unwrap();
        set.warnings().into_iter().map(|warning| (warning.code, warning.path)).collect::<Vec<_>>()
    };
    let rule = |name: &str, when: Value, then: Value| json!({"name": name, "when": when, "then": then});
    let tag = json!({"tag": "sale"});
    let cases = [
        (json!([rule("a", tag.clone(), json!({"boost": 1}))]), vec![]),
        (
            json!([rule("a", tag.clone(), json!({"exclude": true, "pin": 1}))]),
            vec![("rules_excluded", "rules[0].then")],
        ),
        (
            json!([
                rule("a", json!({"all": [tag, {"device": "phone"}]}), json!({"boost": 1})),
                rule("b", tag.clone(), json!({"exclude": true})),
            ]),
            vec![("rules_excluded", "rules[0].then")],
        ),
        (
            json!([rule("a", json!({"all": [{"price_above": 9}, {"price_below": 9}]}), json!({"boost": 1}))]),
            vec![("rules_never", "rules[0].when")],
        ),
        (
            json!([rule("a", json!({"hour": {"from": 7, "to": 7}}), json!({"boost": 1}))]),
            vec![("rules_never", "rules[0].when.hour")],
        ),
        (
            json!([rule("a", json!({"all": [tag, {"not": tag}]}), json!({"boost": 1}))]),
            vec![("rules_never", "rules[0].when")],
        ),
        (
            json!([rule("a", json!({"tag": []}), json!({"boost": 1}))]),
            vec![("rules_never", "rules[0].when.tag")],
        ),
        (
            json!([rule("a", tag.clone(), json!({"boost": 1, "bury": 1}))]),
            vec![("rules_opposites", "rules[0].then")],
        ),
        (json!([{"name": "a", "then": {"exclude": true}}]), vec![("rules_everything", "rules[0].then")]),
        (
            json!([
                rule("a", tag.clone(), json!({"pin": 3})),
                rule("b", json!({"brand": "x"}), json!({"pin": 3}))
            ]),
            vec![("rules_same_place", "rules[1].then.pin")],
        ),
    ];
    for (rules, expected) in cases {
        let expected: Vec<_> = expected.into_iter().map(|(code, path)| (code, path.to_owned())).collect();
        assert_eq!(warnings(rules.clone()), expected, "{rules}");
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let name = || prop::sample::select(vec!["a", "b", "c"]).prop_map(|name| json!(name));
    let leaf = prop_oneof![
        name().prop_map(|name| json!({"tag": [name, "x"]})),
        name().prop_map(|name| json!({"category": name})),
        (0u8..24, 0u8..=24).prop_map(|(from, to)| json!({"hour": {"from": from, "to": to}})),
        (0u32..50).prop_map(|price| json!({"price_below": price})),
        any::<bool>().prop_map(|yes| json!({"in_stock": yes})),
        Just(json!({"unknown": ["hour", "price", "segment"]})),
        Just(json!({"weekday": ["sat", "sun"]})),
        (0u32..4).prop_map(|count| json!({"cart_at_least": count})),
        any::<bool>().prop_map(|yes| json!({"opened": yes})),
        (1u32..4).prop_map(|days| json!({"opened_days": days})),
        any::<bool>().prop_map(|yes| json!({"bought": yes})),
        any::<bool>().prop_map(|yes| json!({"rebuyable": yes})),
        (0u32..4).prop_map(|count| json!({"shown_at_least": count})),
    ];
    let leaf = leaf.prop_map(|value| serde_json::from_value::<Condition>(value).unwrap());
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

/// The meaning of a condition, said in another way than the evaluation does it.
fn means(condition: &Condition, item: &ItemFacts<'_>, page: &PageContext, visitor: &VisitorFacts) -> bool {
    let has =
        |kind: FacetKind, names: &[String]| names.iter().any(|name| item.facets.contains(&kind.key(7, name)));
    match condition {
        Condition::All(parts) => parts.iter().all(|part| means(part, item, page, visitor)),
        Condition::Any(parts) => parts.iter().any(|part| means(part, item, page, visitor)),
        Condition::Not(part) => !means(part, item, page, visitor),
        Condition::Tag(names) => has(FacetKind::Tag, &names.0),
        Condition::Category(names) => has(FacetKind::Category, &names.0),
        Condition::Hour(hours) => page.hour.is_some_and(|hour| {
            let length = (24 + hours.to - hours.from) % 24;
            let whole = hours.to == 24 && hours.from == 0;
            whole || (24 + hour - hours.from) % 24 < length
        }),
        Condition::PriceBelow(price) => item.price.is_some_and(|known| known < *price),
        Condition::InStock(yes) => item.in_stock == *yes,
        Condition::Unknown(things) => things.0.iter().any(|thing| match thing {
            Unknown::Hour => page.hour.is_none(),
            Unknown::Price => item.price.is_none(),
            _ => visitor.segment == 0,
        }),
        Condition::Weekday(_) => page.weekday.is_some_and(|day| day >= 5),
        Condition::CartAtLeast(count) => visitor.cart_items >= *count,
        Condition::Opened(yes) => item.seen.opened_s.is_some() == *yes,
        Condition::OpenedDays(days) => {
            item.seen.opened_s.is_some_and(|age_s| age_s as f32 / 86_400.0 <= *days)
        }
        Condition::Bought(yes) => item.seen.bought == *yes,
        Condition::Rebuyable(yes) => item.rebuyable == *yes,
        Condition::ShownAtLeast(count) => item.seen.shown >= *count,
        other => panic!("not generated: {other:?}"),
    }
}

proptest! {
    #[test]
    fn compiled_rules_mean_what_was_written(
        condition in condition(),
        tags in prop::collection::vec(prop::sample::select(vec!["a", "b", "x"]), 0..3),
        hour in prop::option::of(0u8..24),
        weekday in prop::option::of(0u8..7),
        price in prop::option::of(0f32..60.0),
        in_stock in any::<bool>(),
        cart_items in 0u32..4,
        segment in 0u32..2,
        (opened_s, shown, bought, rebuyable) in
            (prop::option::of(0u32..400_000), 0u32..5, any::<bool>(), any::<bool>()),
    ) {
        let set = json!({"rules": [{"name": "it", "when": condition, "then": {"boost": 1}}]});
        let again: RuleSet = serde_json::from_value(set).unwrap();
        prop_assert_eq!(&again.rules[0].when, &condition, "written and read again");
        let Ok(rules) = Rules::compile(&again, 7) else { return Ok(()) };
        let facets: Vec<FacetKey> = tags.iter().map(|tag| FacetKind::Tag.key(7, tag)).collect();
        let item = ItemFacts {
            facets: &facets,
            price,
            in_stock,
            rebuyable,
            seen: SeenFacts { opened_s, shown, bought, in_cart: false },
            ..ItemFacts::default()
        };
        let page = PageContext { hour, weekday, ..PageContext::default() };
        let visitor = VisitorFacts { cart_items, segment, ..VisitorFacts::default() };
        let expected = means(&condition, &item, &page, &visitor);
        prop_assert_eq!(matches(&rules.0[0], &item, &page, &visitor), expected);
        let beforehand = verdict(&rules.0[0], None, &page, &visitor);
        prop_assert!(beforehand.is_none_or(|certain| certain == expected));
        let mut bytes = Vec::new();
        rules.write(&mut bytes);
        prop_assert_eq!(decode::<Rules>(&bytes), Some(rules));
    }

    #[test]
    fn bytes_that_nobody_wrote_are_refused_or_evaluated(
        tests in prop::collection::vec((0u8..28, any::<u8>(), any::<u8>(), prop_oneof![0u32..5, any::<u32>()]), 0..12),
        lift in any::<f32>(),
    ) {
        let mut bytes = vec![1, 0, 1, 0, b'a', 1, 0];
        bytes.extend((tests.len() as u16).to_le_bytes());
        bytes.extend(lift.to_le_bytes());
        for (kind, low, high, word) in &tests {
            bytes.extend([*kind, *low, *high, 0]);
            bytes.extend(word.to_le_bytes());
        }
        if let Some(rules) = decode::<Rules>(&bytes) {
            prop_assert!(rules.0[0].is_well_formed());
            let Action::Lift(lift) = rules.0[0].action else { panic!("not a lift") };
            prop_assert!(lift.abs() <= 10.0);
            matches(&rules.0[0], &ItemFacts::default(), &PageContext::default(), &VisitorFacts::default());
        }
    }
}

#[test]
fn half_a_condition_is_refused() {
    let mut rules = when(&json!({"all": [{"in_stock": true}, {"tag": "a"}]}));
    assert!(rules.0[0].is_well_formed());
    rules.0[0].when.pop();
    assert!(!rules.0[0].is_well_formed(), "a part is missing");
    rules.0[0].when.extend([Test::new(TestKind::InStock, 0); 2]);
    assert!(!rules.0[0].is_well_formed(), "one too many");
    rules.0[0].when = vec![Test::new(TestKind::Not, 0); 40];
    rules.0[0].when.push(Test::new(TestKind::InStock, 0));
    assert!(!rules.0[0].is_well_formed(), "too deep");
}

#[test]
fn every_example_of_the_documentation_works_and_every_word_is_shown() {
    let page = include_str!("../../../docs/rules.md");
    let examples: Vec<&str> =
        page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 3);
    for example in &examples {
        compile(example).unwrap();
        assert_eq!(RuleSet::from_json(example).unwrap().warnings(), []);
    }
    let schema: Value = serde_json::from_str(include_str!("../../../docs/rules.schema.json")).unwrap();
    let words =
        |error: String| -> Vec<String> { error.split('`').skip(3).step_by(2).map(str::to_owned).collect() };
    let condition = RuleSet::from_json(r#"{"rules":[{"name":"a","when":{"?":1},"then":{}}]}"#).unwrap_err();
    let outcome = RuleSet::from_json(r#"{"rules":[{"name":"a","then":{"?":1}}]}"#).unwrap_err();
    let places = [
        (condition.to_string(), &schema["$defs"]["condition"]["properties"]),
        (outcome.to_string(), &schema["properties"]["rules"]["items"]["properties"]["then"]["properties"]),
    ];
    for (error, properties) in places {
        let (mut known, mut listed) = (words(error.replacen("`?`", "", 1)), Vec::new());
        listed.extend(properties.as_object().unwrap().keys().cloned());
        known.sort();
        listed.sort();
        assert!(known.len() >= 5);
        assert_eq!(known, listed, "the schema lists what is accepted");
        for word in known {
            assert!(
                examples.iter().any(|example| example.contains(&format!("\"{word}\""))),
                "no example of `{word}`"
            );
        }
    }
}

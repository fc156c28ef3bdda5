//! What stages cost whom they do not serve.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::evaluate::ablation::Changed;
use homebody_lab::evaluate::split::Protocol;
use homebody_lab::evaluate::studies::{Studies, studies};
use homebody_lab::evaluate::{Settings, defaults, prepare};
use std::fmt::Write;

const FAMILIES: u32 = 6;
const STEPS: u32 = 6;

/// Visitors walk through families of items in order, and in the end go back and forth.
fn walks() -> String {
    let mut rows = "user,item,ts,kind\n".to_owned();
    for visitor in 0..240u32 {
        let (family, ts) = (visitor % FAMILIES, 1_700_000_000 + visitor * 700);
        let mut steps: Vec<u32> = (0..STEPS - visitor % 2).collect();
        let last = steps.len() as u32 - 1;
        steps.extend([last - 1, last, last - 1]);
        for (minute, step) in (0..).zip(steps) {
            writeln!(rows, "v{visitor},i{family}{step},{},click", ts + minute * 60).unwrap();
        }
    }
    rows
}

/// The first two items of a family are one thing in two prices.
fn items() -> String {
    let woods = ["alder", "birch", "cedar", "ebony", "hazel", "larch"];
    let mut rows = "item,title,category,brand,price,tags\n".to_owned();
    for family in 0..FAMILIES {
        for step in 0..STEPS {
            let (wood, thing) = (woods[family as usize], step.max(1));
            let title = format!("{wood} chair of make {wood}{thing} model {thing}{wood} seat {thing}");
            writeln!(rows, "i{family}{step},{title},family {family},maker {thing},{step}.5,tag {thing}")
                .unwrap();
        }
    }
    rows
}

fn studied(history: &str, items: Option<&str>, protocol: Protocol) -> Studies {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let settings = Settings {
        history: file("history.csv", history),
        items: items.map(|items| file("items.csv", items)),
        shuffle: false,
        rules: defaults(protocol),
        visitors: None,
        diversity: 1.0,
        seed: 1,
        baselines: false,
        head_items: None,
    };
    studies(&prepare(&settings).unwrap(), 60, 1).unwrap()
}

fn stage<'a>(studies: &'a Studies, part: &str) -> &'a Changed {
    let mut found = studies.switched_on.iter().filter(|changed| changed.part.contains(part));
    found.next().unwrap_or_else(|| panic!("no {part} in {:?}", studies.switched_on))
}

#[test]
fn a_rule_against_what_was_opened_costs_those_who_come_back() {
    let found = studied(&walks(), Some(&items()), Protocol::Session);
    let ruled = stage(&found, "never what was opened");
    // The whole model minus that; half of what is wanted was opened before.
    assert!(ruled.brings.low > 0.3, "{} {ruled:?}", found.full_ndcg_at_10);
}

#[test]
fn one_of_near_duplicates_leaves_out_the_other() {
    // Everybody ends with one of the two, half of them with the one that is left out.
    let mut rows = "user,item,ts\n".to_owned();
    for visitor in 0..240u32 {
        let (family, last) = (visitor % FAMILIES, (visitor / FAMILIES) % 2);
        for (minute, step) in (0..).zip([2, 3, 4, 5, last]) {
            writeln!(rows, "v{visitor},i{family}{step},{}", 1_700_000_000 + visitor * 700 + minute * 60)
                .unwrap();
        }
    }
    let found = studied(&rows, Some(&items()), Protocol::Llo);
    let one = stage(&found, "near duplicates");
    assert!(one.brings.low > 0.1 && one.ndcg_at_10 < 0.7 * found.full_ndcg_at_10, "{one:?}");
}

#[test]
fn quotas_cost_those_who_stay_with_one_kind() {
    // Everybody begins with the same two of a family; any of the other four comes next, and two of these are listed.
    let mut rows = "user,item,ts\n".to_owned();
    for visitor in 0..240u32 {
        let (family, last) = (visitor % FAMILIES, 2 + visitor / FAMILIES % 4);
        for (minute, step) in (0..).zip([0, 1, last]) {
            writeln!(rows, "v{visitor},i{family}{step},{}", 1_700_000_000 + visitor * 700 + minute * 60)
                .unwrap();
        }
    }
    let mut items = "item,title,category,brand\n".to_owned();
    for (family, step) in (0..FAMILIES).flat_map(|family| (0..STEPS).map(move |step| (family, step))) {
        writeln!(items, "i{family}{step},Thing {family}{step},family {family},maker {family}").unwrap();
    }
    let found = studied(&rows, Some(&items), Protocol::Llo);
    for part in ["two of a category", "two of a brand"] {
        let quota = stage(&found, part);
        assert!(quota.brings.low > 0.1, "{} {quota:?}", found.full_ndcg_at_10);
    }
}

//! Every stage of the ranking is judged on a history that can judge it, and said to be missing where none can.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::evaluate::ablation::Changed;
use homebody_lab::evaluate::split::Protocol;
use homebody_lab::evaluate::studies::{Studies, studies};
use homebody_lab::evaluate::{Settings, defaults, prepare};
use std::fmt::Write;

const FAMILIES: u32 = 6;
const STEPS: u32 = 6;

/// Visitors walk through families of items in order, and some then go back by one.
fn walks(back: bool) -> String {
    let mut rows = "user,item,ts,kind\n".to_owned();
    for visitor in 0..240u32 {
        let (family, ts) = (visitor % FAMILIES, 1_700_000_000 + visitor * 700);
        let mut steps: Vec<u32> = (0..STEPS - visitor % 2).collect();
        if back {
            steps.extend([steps.len() as u32 - 2, steps.len() as u32 - 1, steps.len() as u32 - 2]);
        }
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

/// Stages that no history of openings can judge.
const NEVER: [&str; 6] = [
    "impression discount",
    "levels of diversity",
    "places for new items",
    "questions for newcomers",
    "imported trees",
    "segments and intent",
];

fn not_judged(studies: &Studies) -> Vec<&'static str> {
    studies.not_judged.iter().map(|stage| stage.stage).collect()
}

fn stage<'a>(studies: &'a Studies, part: &str) -> &'a Changed {
    let mut found = studies.switched_on.iter().filter(|changed| changed.part.contains(part));
    found.next().unwrap_or_else(|| panic!("no {part} in {:?}", studies.switched_on))
}

#[test]
fn a_catalogue_with_everything_has_every_stage_judged() {
    let found = studied(&walks(false), Some(&items()), Protocol::Llo);
    let judged: Vec<&str> = found.switched_on.iter().map(|changed| changed.part.as_str()).collect();
    let all = [
        "exploration: Thompson, half a standard deviation",
        "exploration: linear Thompson, half a standard deviation",
        "a rule: never what was opened before",
        "diversity: λ 0.85, the default",
        "no two alike: cosine of facets at most 0.7",
        "at most two of a category",
        "calibrated shares: 0.5",
        "a place kept for an unknown category",
        "at most two of a brand",
        "one of near duplicates",
    ];
    assert_eq!(judged, all);
    assert_eq!(not_judged(&found), [&["the cart"], NEVER.as_slice()].concat());
    // What a visitor has is masked anyway.
    assert_eq!(stage(&found, "never what was opened").brings.mean, 0.0);
    // A draw moves items by half a spread of the scores, so that what is known still leads.
    for drawn in ["Thompson", "linear Thompson"].map(|part| stage(&found, part)) {
        assert!(drawn.brings.low > 0.0 && drawn.ndcg_at_10 > 0.4, "{drawn:?}");
    }
}

#[test]
fn a_rule_against_what_was_opened_costs_those_who_come_back() {
    let found = studied(&walks(true), Some(&items()), Protocol::Session);
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
fn what_a_history_lacks_is_said() {
    let found = studied(&walks(false), None, Protocol::Llo);
    assert_eq!(found.switched_on.len(), 3, "{:?}", found.switched_on);
    let lacks = [
        "diversity and a cap on similarity",
        "quotas, shares and places by category",
        "quotas by brand",
        "one of near duplicates",
        "the cart",
    ];
    assert_eq!(not_judged(&found), [lacks.as_slice(), NEVER.as_slice()].concat());
    assert!(found.not_judged.iter().all(|stage| !stage.why.is_empty()));
    let viewed = walks(false);
    let (head, rows) = viewed.split_once('\n').unwrap();
    let shop: String = ["cart_add", "purchase"].map(|kind| rows.replace("click", kind)).concat();
    let bought = format!("{head}\n{shop}");
    assert!(!not_judged(&studied(&bought, None, Protocol::Llo)).contains(&"the cart"));
}

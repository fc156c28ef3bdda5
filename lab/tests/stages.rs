//! Every stage of the pipeline is judged on a made-up history that has all it takes, or is said not to be.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::evaluate::ablation::Changed;
use homebody_lab::evaluate::intervals::means;
use homebody_lab::evaluate::ours::{Manner, Ours, SHOWN};
use homebody_lab::evaluate::split::Protocol;
use homebody_lab::evaluate::studies::{Studies, studies};
use homebody_lab::evaluate::{Prepared, Settings, defaults, prepare, values};
use homebody_protocol::models::{DiversityBounds, Duplicates};
use homebody_protocol::policy::Exploration;
use homebody_protocol::table::TableDraft;
use std::collections::BTreeMap;
use std::fmt::Write;

const WALKS: u32 = 20;
const STEPS: u32 = 6;
const DAY_S: u32 = 86_400;
const DRAWN: Manner = Manner { own_seed: true, shown: false };
const SEEN: Manner = Manner { own_seed: false, shown: true };

/// A walk leads through six categories, so that what follows is known from other visitors and not from what an item is.
fn category(item: u32) -> u32 {
    (item / STEPS + 3 * (item % STEPS)) % WALKS
}

/// Two categories a brand.
fn brand(item: u32) -> u32 {
    category(item) % 10
}

/// Two items of a category are the same thing twice.
fn thing(item: u32) -> u32 {
    category(item) * 3 + item % STEPS / 2 + 1
}

/// Visitors walk for three weeks, one after another; the last walk is not there before day 85.
fn history(time: &str) -> String {
    let mut rows = format!("user,item,{time}\n");
    for visitor in 0..400 {
        let day = visitor / 4;
        let walk = if day < 85 { visitor % (WALKS - 1) } else { visitor % WALKS };
        for step in visitor / 7 % 2..STEPS - visitor / 5 % 2 {
            let at = 1_700_000_000 + (day + 4 * step) * DAY_S + visitor;
            writeln!(rows, "v{visitor},i{},{at}", walk * STEPS + step).unwrap();
        }
    }
    rows
}

fn items() -> String {
    let mut rows = "item,title,category,brand,price\n".to_owned();
    for item in 0..WALKS * STEPS {
        let (category, brand, thing) = (category(item), brand(item), thing(item));
        writeln!(
            rows,
            "i{item},Thing number{thing} kind{category},category {category},brand {brand},{item}.5"
        )
        .unwrap();
    }
    rows
}

fn prepared(time: &str, has_items: bool, protocol: Protocol) -> Prepared {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: String| {
        std::fs::write(folder.path().join(name), content).unwrap();
        folder.path().join(name)
    };
    let settings = Settings {
        history: file("history.csv", history(time)),
        items: has_items.then(|| file("items.csv", items())),
        shuffle: false,
        rules: defaults(protocol),
        visitors: Some(60),
        diversity: 1.0,
        seed: 1,
        baselines: false,
        head_items: None,
    };
    prepare(&settings).unwrap()
}

fn stages(found: &Studies) -> Vec<&str> {
    let judged = found.switched_on.iter().map(|changed| changed.part.as_str());
    judged.map(|part| part.split(':').next().unwrap()).collect()
}

fn why<'a>(found: &'a Studies, stage: &str) -> Option<&'a str> {
    found.not_judged.iter().find(|not| not.stage == stage).map(|not| not.why)
}

fn judged<'a>(found: &'a Studies, part: &str) -> &'a Changed {
    let mut parts = found.switched_on.iter().filter(|changed| changed.part.contains(part));
    let only = parts.next().unwrap_or_else(|| panic!("no `{part}`"));
    assert!(parts.next().is_none(), "`{part}` twice");
    only
}

/// Lists of the model with a change, by the numbers of the items' names, and their NDCG@10.
fn lists(prepared: &Prepared, manner: Manner, change: impl FnOnce(&mut TableDraft)) -> (Vec<Vec<u32>>, f64) {
    let mut draft = prepared.ours.draft.clone();
    change(&mut draft);
    let (lists, values) = values(&Ours::of(draft).unwrap().asked(manner), &prepared.split).unwrap();
    let number = |item: u32| number(&prepared.data.items[item as usize].id);
    (lists.into_iter().map(|list| list.into_iter().map(number).collect()).collect(), means(&values)[0])
}

fn number(id: &str) -> u32 {
    id[1..].parse().unwrap()
}

/// The most that any list has of one kind.
fn most(lists: &[Vec<u32>], kind: impl Fn(u32) -> u32) -> usize {
    let of_list = |list: &Vec<u32>| {
        let mut counts = BTreeMap::new();
        list.iter().for_each(|&item| *counts.entry(kind(item)).or_insert(0) += 1);
        counts.into_values().max().unwrap_or(0)
    };
    lists.iter().map(of_list).max().unwrap()
}

/// The row of a stage says what lists with that change are worth.
fn assert_worth(found: &Studies, part: &str, ndcg: f64) {
    let row = judged(found, part);
    assert!((row.ndcg_at_10 - ndcg).abs() < 1e-12, "{row:?} but {ndcg}");
    assert!((row.brings.mean - (found.full_ndcg_at_10 - ndcg)).abs() < 1e-9, "{row:?}");
}

#[test]
fn every_stage_is_judged_or_it_is_said_what_is_missing() {
    let found = studies(&prepared("ts", true, Protocol::Llo), 60, 1).unwrap();
    let expected = [
        "exploration",
        "exploration",
        "a rule",
        "ten shown one step before",
        "ten shown one step before, and impression discount 0.8",
        "diversity",
        "levels of diversity",
        "no two alike",
        "at most two of a category",
        "calibrated shares",
        "a place kept for an unknown category",
        "at most two of a brand",
        "one of near duplicates",
    ];
    assert_eq!(stages(&found), expected);
    for stage in ["the cart", "places for new items", "questions for newcomers", "imported trees"] {
        assert!(why(&found, stage).is_some(), "{stage}");
    }
    for stage in ["quotas by brand", "one of near duplicates", "impression discount"] {
        assert!(why(&found, stage).is_none(), "{stage}");
    }
    assert_eq!(why(&found, "α, collaborative against content").is_some(), found.alpha.is_empty());
    assert!(why(&found, "retrieval from the catalogue table").is_none() && !found.pools.is_empty());
}

#[test]
fn without_items_and_times_little_is_judged_and_all_the_rest_is_named() {
    let found = studies(&prepared("order", false, Protocol::Llo), 60, 1).unwrap();
    assert_eq!(stages(&found).len(), 5, "{:?}", stages(&found));
    let reasons = [
        ("diversity, its levels and a cap on similarity", "no facets"),
        ("quotas, shares and places by category", "no categories"),
        ("quotas by brand", "no brands"),
        ("one of near duplicates", "resemble"),
        ("places for new items", "no times"),
        ("the cart", "no purchases"),
        ("α, collaborative against content", "neighbours of both kinds"),
        ("segments and intent", "rules of a site"),
    ];
    for (stage, reason) in reasons {
        assert!(why(&found, stage).unwrap().contains(reason), "{stage}");
    }
}

#[test]
fn a_rule_against_what_was_opened_changes_nothing_where_that_is_masked() {
    let found = studies(&prepared("ts", true, Protocol::Llo), 60, 1).unwrap();
    let rule = judged(&found, "a rule").brings;
    assert_eq!((rule.mean, rule.low, rule.high), (0.0, 0.0, 0.0));
}

#[test]
fn quotas_and_duplicates_keep_their_word() {
    let prepared = prepared("ts", true, Protocol::Llo);
    let found = studies(&prepared, 60, 1).unwrap();
    let (plain, _) = lists(&prepared, Manner::default(), |_| ());
    assert!(most(&plain, category) > 2 && most(&plain, brand) > 2 && most(&plain, thing) > 1);
    let (one, _) = lists(&prepared, Manner::default(), |draft| draft.extras.policy.max_per_category = 1);
    assert_eq!(most(&one, category), 1);
    let (two, ndcg) = lists(&prepared, Manner::default(), |draft| draft.extras.policy.max_per_category = 2);
    assert_eq!(most(&two, category), 2);
    assert_worth(&found, "at most two of a category", ndcg);
    let (two, ndcg) = lists(&prepared, Manner::default(), |draft| draft.extras.policy.max_per_brand = 2);
    assert_eq!(most(&two, brand), 2);
    assert_worth(&found, "at most two of a brand", ndcg);
    let things = |draft: &mut TableDraft| {
        let of_row = draft.rows.iter().map(|row| thing(number(&row.id)));
        draft.extras.duplicates = Duplicates(of_row.collect());
    };
    let (single, ndcg) = lists(&prepared, Manner::default(), things);
    assert_eq!(most(&single, thing), 1);
    assert_worth(&found, "one of near duplicates", ndcg);
}

#[test]
fn what_was_shown_one_step_before_steps_back() {
    let prepared = prepared("ts", true, Protocol::Llo);
    let found = studies(&prepared, 60, 1).unwrap();
    let mut before = prepared.split.clone();
    for case in &mut before.cases {
        case.known.end -= 1;
        case.now = before.known[case.known.end].at;
    }
    let (shown, _) = values(&prepared.ours, &before).unwrap();
    let number = |item: &u32| number(&prepared.data.items[*item as usize].id);
    let shown: Vec<Vec<u32>> =
        shown.iter().map(|list| list.iter().take(SHOWN).map(number).collect()).collect();
    let again = |lists: &[Vec<u32>]| -> usize {
        let both = lists.iter().zip(&shown);
        both.map(|(list, shown)| list.iter().take(SHOWN).filter(|item| shown.contains(item)).count()).sum()
    };
    let discounted = |discount: f32| {
        lists(&prepared, SEEN, |draft| {
            draft.extras.policy.impression_discount = discount;
            draft.extras.policy.impression_recovery_hours = 1e6;
        })
    };
    assert!(again(&discounted(1.0).0) > 2 * shown.len());
    assert_eq!(again(&discounted(0.0).0), 0);
    let row =
        |discount: f32| lists(&prepared, SEEN, |draft| draft.extras.policy.impression_discount = discount).1;
    assert_worth(&found, "what the profile makes of it", row(1.0));
    assert_worth(&found, "impression discount 0.8", row(0.8));
}

#[test]
fn draws_are_one_for_each_list() {
    let prepared = prepared("ts", true, Protocol::Llo);
    let found = studies(&prepared, 60, 1).unwrap();
    for (exploration, part) in
        [(Exploration::Thompson, "exploration: Thompson, half"), (Exploration::LinTs, "linear Thompson")]
    {
        let explored =
            |manner| lists(&prepared, manner, |draft| draft.extras.policy.exploration = exploration);
        let (own, ndcg) = explored(DRAWN);
        assert_ne!(own, explored(Manner::default()).0);
        assert_worth(&found, part, ndcg);
    }
    let (drawn, ndcg) = lists(&prepared, DRAWN, |draft| {
        draft.extras.diversity_bounds = DiversityBounds { least: 0.5, most: 1.0 };
    });
    assert_worth(&found, "levels of diversity", ndcg);
    let fixed = [0.5, 0.625, 0.75, 0.875, 1.0];
    let fixed = fixed.map(|at| lists(&prepared, DRAWN, |draft| draft.extras.policy.diversity = at).0);
    let is_of_a_level = |place: usize| fixed.iter().any(|level| level[place] == drawn[place]);
    assert!((0..drawn.len()).all(is_of_a_level));
    assert!(fixed.iter().all(|level| *level != drawn), "one level for everybody");
}

#[test]
fn new_items_get_their_places_where_the_history_tells_their_age() {
    let prepared = prepared("ts", true, Protocol::Temporal);
    let found = studies(&prepared, 60, 1).unwrap();
    assert!(why(&found, "places for new items").is_none());
    let is_new = |id: &str| number(id) / STEPS == WALKS - 1;
    let mut first: BTreeMap<u32, u32> = BTreeMap::new();
    for event in &prepared.split.train {
        let at = first.entry(event.item).or_insert(u32::MAX);
        *at = (*at).min(event.at as u32);
    }
    let explored = |ages: bool| {
        lists(&prepared, DRAWN, |draft| {
            draft.extras.policy.exploration = Exploration::Thompson;
            for (item, row) in draft.rows.iter_mut().enumerate().filter(|(_, row)| ages && is_new(&row.id)) {
                row.added_at = first.get(&(item as u32)).copied().unwrap_or(0);
            }
        })
    };
    let listed =
        |lists: &[Vec<u32>]| lists.iter().flatten().filter(|&&item| item / STEPS == WALKS - 1).count();
    let ((aged, ndcg), (plain, _)) = (explored(true), explored(false));
    assert!(listed(&aged) > listed(&plain), "{} {}", listed(&aged), listed(&plain));
    assert_worth(&found, "a fifth of the places for new items", ndcg);
}

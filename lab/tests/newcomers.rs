//! An item that nobody has touched: its text brings it into lists, and the fresh-item budget shows it until it is known.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_device::{RankRequest, Ranked, ReasonKind};
use homebody_lab::behaviour::{Life, Shop};
use homebody_learn::content::neighbours;
use homebody_learn::{Catalogue, CatalogueItem};
use homebody_protocol::history::Decay;
use homebody_protocol::models::ArmPriors;
use homebody_protocol::table::{ListSetDraft, ListSource};
use homebody_protocol::{Exploration, Kind, Policy};

const CATEGORIES: usize = 8;
const ITEMS: usize = 120;
/// The last item is new.
const NEW: usize = ITEMS - 1;
/// Impressions after which an item is known.
const TARGET: f32 = 40.0;
const WORDS: [&str; 6] = ["harbour", "lantern", "orchard", "granite", "violin", "compass"];

fn by_score() -> Policy {
    Policy { diversity: 1.0, ..Policy::default() }
}

/// Each item's text has four of the six words of its category.
fn catalogue() -> Catalogue {
    let text = |item: usize| {
        let words = (0..4).map(|place| WORDS[(item / CATEGORIES + place) % WORDS.len()]);
        words.map(|word| format!("{word}{}", item % CATEGORIES)).collect::<Vec<_>>().join(" ")
    };
    let item = |item: usize| CatalogueItem { key: Shop::key(item), text: text(item), facets: Vec::new() };
    Catalogue { items: (0..ITEMS).map(item).collect(), facet_kinds: Vec::new() }
}

/// A shop in which the new item is of no category, on nobody's list and wanted by nobody.
fn shop(with_content: bool) -> Shop {
    let mut shop = Shop::new(ITEMS, CATEGORIES, 3);
    let row = &mut shop.pool.rows[NEW];
    row.popularity = 0.0;
    row.facets.clear();
    for (item, list) in shop.pool.list_sets[0].lists.iter_mut().enumerate() {
        list.retain(|(key, _)| *key != Shop::key(NEW) && item != NEW);
    }
    if with_content {
        shop.pool.list_sets.push(ListSetDraft {
            source: ListSource::Content,
            decay: Decay::Positions { rate: 0.85 },
            weight: 1.0,
            mean: 0.1,
            sd: 0.3,
            lists: neighbours(&catalogue(), 14),
        });
    }
    shop
}

/// Everything ranked for somebody who clicked three items of the new one's category.
fn ranked(shop: &Shop) -> Vec<Ranked> {
    let mut life = Life::new(shop, vec![0.1; CATEGORIES], 1).unwrap();
    (2..5).for_each(|step| life.act(Kind::Click, NEW % CATEGORIES + CATEGORIES * step));
    let (policy, now_ms) = (Some(by_score()), life.now_ms);
    life.device.rank(&RankRequest { policy, limit: ITEMS, now_ms, ..RankRequest::default() })
}

#[test]
fn an_item_nobody_touched_comes_with_the_neighbours_of_its_text() {
    let place = |list: &[Ranked]| list.iter().position(|ranked| ranked.key == Shop::key(NEW)).unwrap();
    let (with, without) = (ranked(&shop(true)), ranked(&shop(false)));
    println!("place {} by its text, {} without", place(&with), place(&without));
    assert!(place(&with) < 20 && place(&without) >= 60);
    let reason = with[place(&with)].reasons[0];
    let clicked = (2..5).map(|step| Shop::key(NEW % CATEGORIES + CATEGORIES * step));
    assert_eq!(reason.kind, ReasonKind::Content);
    assert!(clicked.into_iter().any(|key| key.0 == reason.key), "because of what was clicked");
}

#[test]
fn it_is_shown_until_its_target_is_reached_and_no_longer_favoured_then() {
    let policy = Policy {
        exploration: Exploration::Thompson,
        exploration_strength: 1.0,
        fresh_share: 0.1,
        fresh_impressions: TARGET,
        ..by_score()
    };
    let mut shop = shop(false);
    let mut counts: Vec<(f32, f32)> = vec![(50.0, 950.0); ITEMS];
    counts[NEW] = (0.5, 4.5);
    let mut reached = None;
    let mut later = 0;
    for visit in 0..600usize {
        shop.pool.extras.arms = ArmPriors(counts.clone());
        // Nobody opens it: only the budget speaks for it.
        let mut life = Life::new(&shop, vec![0.0; CATEGORIES], visit as u64).unwrap();
        life.act(Kind::Click, visit % NEW);
        let is_shown = life.visit(policy, 20).shown.contains(&NEW);
        counts[NEW].1 += f32::from(u8::from(is_shown));
        match reached {
            None if counts[NEW].0 + counts[NEW].1 >= TARGET => reached = Some(visit),
            None => {}
            Some(_) => later += u32::from(is_shown),
        }
    }
    let reached = reached.expect("its impressions are reached");
    println!("{TARGET} impressions after {reached} visits, {later} in the {} after them", 600 - reached);
    assert!(reached < 450, "{reached}");
    assert!(
        later as usize * 10 <= 600 - reached,
        "unopened and known, it is as rare as it deserves: {later}"
    );
}

//! Pages of one list: nothing twice, nothing left out, whatever the visitor does in between.

use crate::shop::{IDS, consenting, do_it, draft};
use homebody_device::{Device, RankRequest, Ranked};
use homebody_protocol::table::{Row, RowFlags, TableDraft, TableKind};
use homebody_protocol::{ItemKey, Kind, Policy};
use proptest::prelude::*;

const NOW_MS: u64 = 1_763_900_000_000;

fn id(index: usize) -> String {
    format!("item-{index}")
}

/// Items in three categories, the first the most popular, and lists that name the item three before.
#[cfg(test)]
fn pool(rows: usize) -> TableDraft {
    let mut pool = draft(TableKind::Pool, &IDS);
    pool.rows = (0..rows)
        .map(|index| Row {
            id: id(index),
            popularity: 6.0 * (rows - index) as f32 / rows as f32,
            trend: 1.0,
            added_at: 0,
            price: None,
            flags: RowFlags::default(),
            facets: vec![(index % 3) as u16],
            display: String::new(),
        })
        .collect();
    let partner = |index: usize| vec![(ItemKey::derive(0, &id(index.saturating_sub(3))), 1.0)];
    pool.list_sets[0].lists = (0..rows).map(partner).collect();
    pool
}

#[cfg(test)]
fn scrolling(rows: usize) -> Device {
    let mut device = consenting();
    device.load_pool(pool(rows).encode().unwrap()).unwrap();
    do_it(&mut device, Kind::Click, &id(rows / 2), NOW_MS);
    device
}

fn page<'a>(offset: usize, limit: usize, seed: u32) -> RankRequest<'a> {
    RankRequest { offset, limit, seed, now_ms: NOW_MS, ..RankRequest::default() }
}

fn keys(list: &[Ranked]) -> Vec<ItemKey> {
    list.iter().map(|ranked| ranked.key).collect()
}

#[test]
fn what_the_visitor_does_changes_the_next_list_and_not_this_one() {
    let policy = Policy { diversity: 1.0, ..Policy::default() };
    let asked = |offset, limit| RankRequest { policy: Some(policy), ..page(offset, limit, 1) };
    let mut device = scrolling(300);
    let whole = keys(&device.rank(&asked(0, 50)));
    let mut found = Vec::new();
    for offset in (0..50).step_by(10) {
        let list = device.rank(&asked(offset, 10));
        for ranked in &list {
            let id = device.id_of(ranked.key).unwrap().to_owned();
            do_it(&mut device, Kind::Impression, &id, NOW_MS);
            do_it(&mut device, Kind::Click, &id, NOW_MS);
        }
        found.extend(keys(&list));
    }
    assert_eq!(found, whole);
    assert_ne!(keys(&device.rank(&asked(0, 50))), whole, "a new list knows of the clicks");
}

#[test]
fn what_was_dismissed_or_bought_meanwhile_is_left_out() {
    let mut device = scrolling(300);
    device.rank(&page(0, 10, 1));
    let second = keys(&device.rank(&page(10, 10, 1)));
    device.rank(&page(0, 10, 1));
    let gone = device.id_of(second[0]).unwrap().to_owned();
    do_it(&mut device, Kind::Dismiss, &gone, NOW_MS);
    let without = keys(&device.rank(&page(10, 10, 1)));
    assert_eq!((without.len(), without.contains(&second[0])), (10, false));
    let bought = device.id_of(without[3]).unwrap().to_owned();
    do_it(&mut device, Kind::Purchase, &bought, NOW_MS);
    let back = keys(&device.rank(&page(10, 10, 1)));
    assert_eq!(back.len(), 9, "a page that was shown is not filled up with what stands on the next");
    assert!(back.iter().all(|key| without.contains(key)));
}

#[test]
fn an_offset_alone_counts_places_of_a_new_list() {
    let device = scrolling(300);
    let other = scrolling(300);
    let first_two = keys(&other.rank(&page(0, 10, 1))).into_iter().chain(keys(&other.rank(&page(10, 10, 1))));
    let jumped = keys(&device.rank(&page(10, 10, 1)));
    let back = keys(&device.rank(&page(0, 10, 1)));
    assert_eq!(jumped.len(), 10);
    assert_eq!(back, first_two.take(10).collect::<Vec<_>>());
    assert!(device.rank(&page(1_000, 10, 1)).is_empty());
    assert!(device.rank(&page(usize::MAX, usize::MAX, 1)).is_empty());
}

#[test]
fn another_question_is_another_list() {
    let device = scrolling(300);
    let first = keys(&device.rank(&page(0, 10, 1)));
    let neutral = RankRequest { neutral: true, ..page(0, 10, 1) };
    let strangers = keys(&device.rank(&neutral));
    assert_eq!(strangers, (0..10).map(|index| ItemKey::derive(0, &id(index))).collect::<Vec<_>>());
    let next = keys(&device.rank(&RankRequest { offset: 10, ..neutral }));
    assert_eq!(next, (10..20).map(|index| ItemKey::derive(0, &id(index))).collect::<Vec<_>>());
    assert_eq!(keys(&device.rank(&page(0, 10, 1))), first);
}

proptest! {
    #[test]
    fn scrolling_to_the_end_shows_everything_once(
        rows in 6usize..320, limits in prop::collection::vec(1usize..60, 1..12), acts in prop::collection::vec(0u8..4, 40),
    ) {
        let mut device = scrolling(rows);
        let mut seen = Vec::new();
        for turn in 0..400 {
            let limit = limits[turn % limits.len()];
            let list = device.rank(&page(seen.len(), limit, 3));
            if list.is_empty() {
                break;
            }
            for (ranked, act) in list.iter().zip(&acts) {
                let kind = [Kind::Impression, Kind::Click, Kind::CartAdd, Kind::Dwell][usize::from(*act)];
                let id = device.id_of(ranked.key).unwrap().to_owned();
                do_it(&mut device, kind, &id, NOW_MS + turn as u64 * 1_000);
            }
            seen.extend(keys(&list));
        }
        let distinct: std::collections::BTreeSet<_> = seen.iter().copied().collect();
        prop_assert_eq!(distinct.len(), seen.len(), "something twice");
        prop_assert_eq!(seen.len(), rows, "something left out");
    }
}

//! How the newest window is held back.

use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::split::{Protocol, leave_last_out, newest_window, sample_judged, sessions, temporal};
use homebody_learn::{History, HistoryBuilder, HistoryRow};
use homebody_protocol::Kind;

#[cfg(test)]
fn history(rows: &[(u64, u32, i64)]) -> History {
    let mut builder = HistoryBuilder::new(100);
    for &(visitor, item, at) in rows {
        builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None });
    }
    builder.finish()
}

#[test]
fn the_last_new_item_is_left_out_with_its_repeats() {
    let split = leave_last_out(&history(&[(1, 5, 1), (1, 6, 2), (1, 5, 3), (2, 9, 1)]), 10).unwrap();
    assert_eq!(split.judged.len(), 1, "half is left, and nothing of a visitor with one item");
    assert_eq!(split.judged[0].wanted, [6]);
    assert!(split.train.events().iter().all(|event| event.item != 6));
}

#[test]
fn each_item_left_out_is_judged_on_all_before_it() {
    let rows: Vec<(u64, u32, i64)> = (0..7).map(|item| (1, item, i64::from(item))).collect();
    let split = leave_last_out(&history(&rows), 10).unwrap();
    let seen: Vec<(usize, u32)> =
        split.judged.iter().map(|judged| (judged.held.len(), judged.wanted[0])).collect();
    assert_eq!(seen, [(4, 4), (5, 5), (6, 6)]);
    assert_eq!(split.train.events().len(), 4);
}

#[test]
fn a_temporal_cut_wants_only_new_items_of_known_visitors() {
    let day = 86_400;
    let start = 1_600_000_000;
    let mut rows: Vec<(u64, u32, i64)> =
        (0..18).map(|index| (1 + index % 3, index as u32, start + index as i64 * day)).collect();
    rows.extend([(1, 0, start + 90 * day), (1, 24, start + 90 * day), (8, 5, start + 90 * day)]);
    let split = temporal(&history(&rows), 30).unwrap();
    assert_eq!(split.now, start + 90 * day);
    assert_eq!(split.judged.len(), 1);
    assert_eq!(split.judged[0].wanted, [24]);
    assert!(split.train.events().iter().all(|event| event.at < split.now));
}

#[test]
fn too_few_temporal_visitors_fall_back() {
    let rows: Vec<(u64, u32, i64)> =
        (0..40).map(|index| (index / 4, (index % 4) as u32, 1_600_000_000 + index as i64)).collect();
    let split = newest_window(&history(&rows), 10, 200, None).unwrap();
    assert_eq!(split.protocol, Protocol::LeaveLastOut);
    let mut sampled = split.clone();
    sample_judged(&mut sampled, 3, SplitMix64(1));
    assert_eq!(sampled.judged.len(), 3);
    assert!(newest_window(&History::default(), 10, 1, None).is_none());
}

#[test]
fn sessions_are_held_back_whole_and_judged_at_every_prefix() {
    let start = 1_600_000_000;
    let mut rows: Vec<(u64, u32, i64)> =
        (0..38).map(|index| (index / 2, (index % 4) as u32, start + index as i64)).collect();
    rows.extend([(90, 7, start + 500), (90, 7, start + 501), (90, 99, start + 502), (90, 3, start + 503)]);
    let split = sessions(&history(&rows), 10).unwrap();
    let last: Vec<(Vec<u32>, u32)> = split.judged[split.judged.len() - 2..]
        .iter()
        .map(|judged| (judged.held.iter().map(|held| held.item).collect(), judged.wanted[0]))
        .collect();
    assert_eq!(last, [(vec![7], 7), (vec![99, 7], 3)], "repeats are wanted, unknown items are not");
    assert_eq!(split.train.visitors(), 18);
    assert!(split.now > start && split.train.events().iter().all(|event| event.at < split.now));
    assert!(split.protocol.repeats() && !Protocol::Temporal.repeats());
}

#[test]
fn a_protocol_asked_for_is_the_one_taken() {
    let rows: Vec<(u64, u32, i64)> = (0..200)
        .map(|index| (index % 40, (index / 40) as u32, 1_600_000_000 + index as i64 * 3_600))
        .collect();
    let history = history(&rows);
    for protocol in [Protocol::LeaveLastOut, Protocol::Session] {
        assert_eq!(newest_window(&history, 10, 1, Some(protocol)).unwrap().protocol, protocol);
    }
    let one = newest_window(&history, 10, 1, Some(Protocol::Temporal)).unwrap();
    assert_eq!(one.protocol, Protocol::Temporal, "however few can be judged");
}

#[test]
fn of_carts_and_purchases_the_purchases_are_held_back() {
    let mut builder = HistoryBuilder::new(100);
    for (item, kind, at) in [
        (1, Kind::CartAdd, 0),
        (2, Kind::CartAdd, 0),
        (3, Kind::CartAdd, 0),
        (4, Kind::CartAdd, 0),
        (1, Kind::Purchase, 1),
        (2, Kind::Purchase, 1),
    ] {
        builder.push(HistoryRow { visitor: 1, item, kind, value: 1.0, at, basket: None });
    }
    let split = leave_last_out(&builder.finish(), 10).unwrap();
    assert_eq!(split.judged.len(), 1, "half of two purchases");
    let wanted = split.judged[0].wanted[0];
    assert!([1, 2].contains(&wanted));
    assert!(split.train.events().iter().all(|event| event.item != wanted), "nor is its cart known");
}

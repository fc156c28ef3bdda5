//! What of the counts is shown: no small number, and none that could be computed.

use std::collections::BTreeMap;

use homebody_server::consent::figures::{FEWEST, Figures, Row, figures};
use homebody_server::store::{Cell, Counts};
use proptest::prelude::*;

const TODAY: &str = "2026-11-26";

/// Notice, variant, region, language, day, action.
type Place<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

fn add(counts: &mut Counts, place: Place<'_>, action: &str, count: u64) {
    let (variant, region, language, day, notice) = (place.1, place.2, place.3, place.4, place.0);
    let text = |text: &str| text.to_owned();
    let cell = Cell {
        notice: text(notice),
        region: text(region),
        language: text(language),
        variant: text(variant),
        action: text(action),
        day: text(day),
    };
    *counts.entry(cell).or_insert(0) += count;
}

fn of(events: &[(Place<'_>, &str, u64)]) -> Figures {
    let mut counts = Counts::new();
    for (place, action, count) in events {
        add(&mut counts, *place, action, *count);
    }
    figures(&counts, TODAY)
}

fn place(row: &Row) -> [Option<&str>; 4] {
    [row.variant.as_deref(), row.region.as_deref(), row.language.as_deref(), Some(&row.day)]
}

#[test]
fn a_large_group_is_shown_as_it_is() {
    let de = ("n", "a", "DE", "de", "2026-11-20");
    let figures = of(&[(de, "accept", 60), (de, "refuse", 40)]);
    assert_eq!(figures.rows.len(), 1);
    let row = &figures.rows[0];
    assert_eq!(place(row), [Some("a"), Some("DE"), Some("de"), Some("2026-11-20")]);
    assert_eq!((row.kind, row.total, row.is_open), ("answers", 100, false));
    assert_eq!(row.counts, BTreeMap::from([("accept", 60), ("refuse", 40)]));
    assert!((row.shares["accept"] - 0.6).abs() < 1e-9);
    assert!(figures.left_out.is_empty());
}

#[test]
fn a_small_action_takes_the_next_one_along() {
    let de = ("n", "", "DE", "de", "2026-11-20");
    // 100 - 95 would be the five who refused.
    let two = of(&[(de, "accept", 95), (de, "refuse", 5)]);
    assert_eq!((two.rows[0].total, two.rows[0].counts.len()), (100, 0));
    // Hidden: 5 and 30; what they have together is 35.
    let three = of(&[(de, "accept", 95), (de, "refuse", 30), (de, "later", 5)]);
    assert_eq!(three.rows[0].counts, BTreeMap::from([("accept", 95)]));
    // Two small ones that are enough together.
    let company = of(&[(de, "accept", 95), (de, "refuse", 12), (de, "later", 12)]);
    assert_eq!(company.rows[0].counts, BTreeMap::from([("accept", 95)]));
}

#[test]
fn small_groups_are_joined_until_they_are_large() {
    let place = |region, language, day| ("n", "", region, language, day);
    let languages = of(&[
        (place("DE", "de", "2026-11-20"), "accept", 50),
        (place("DE", "en", "2026-11-20"), "accept", 12),
        (place("DE", "fr", "2026-11-20"), "accept", 9),
    ]);
    let rows: Vec<_> = languages.rows.iter().map(|row| (row.language.as_deref(), row.total)).collect();
    assert_eq!(rows, [(None, 21), (Some("de"), 50)]);
    let days = of(&[
        (place("DE", "de", "2026-10-01"), "accept", 12),
        (place("AT", "de", "2026-10-02"), "accept", 12),
        (place("AT", "de", "2026-09-02"), "accept", 12),
    ]);
    let rows: Vec<_> = days.rows.iter().map(|row| (row.day.as_str(), row.total)).collect();
    assert_eq!(rows, [("2026-10", 24)]);
    assert_eq!(days.left_out, ["answers"], "the twelve of September are in no number");
}

#[test]
fn what_still_grows_moves_in_steps() {
    let today = ("n", "", "DE", "de", TODAY);
    for (accepted, total, shown) in
        [(19, None, None), (20, Some(20), Some(20)), (39, Some(20), Some(20)), (41, Some(40), Some(40))]
    {
        let figures = of(&[(today, "accept", accepted)]);
        let row = figures.rows.first();
        assert_eq!(row.map(|row| row.total), total, "{accepted}");
        assert_eq!(row.and_then(|row| row.counts.get("accept").copied()), shown, "{accepted}");
    }
    let figures = of(&[(today, "accept", 95), (today, "refuse", 5)]);
    assert_eq!((figures.rows[0].total, figures.rows[0].is_open), (100, true));
    assert_eq!(figures.rows[0].counts, BTreeMap::from([("accept", 80)]));
}

#[test]
fn the_share_with_the_signal_is_a_row_of_its_own() {
    let de = ("n", "", "DE", "", "2026-11-20");
    let figures = of(&[(de, "served", 180), (de, "served-gpc", 20)]);
    assert_eq!(figures.rows[0].kind, "served");
    assert!((figures.rows[0].shares["served-gpc"] - 0.1).abs() < 1e-9);
    assert!(of(&[(de, "served", 180), (de, "served-gpc", 3)]).rows[0].counts.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is counted: every number shown is none or large, what a row hides is none or large and of several
    /// actions, and the rows of a kind hold every event at most once.
    #[test]
    fn no_small_number_is_shown_or_follows(
        events in prop::collection::vec((0usize..2, 0usize..2, 0usize..3, 0usize..2, 0usize..4, 0usize..4, 1u64..60), 0..60)
    ) {
        let actions = ["accept", "partial", "refuse", "later"];
        let days = ["2026-10-03", "2026-10-04", "2026-11-02", TODAY];
        let mut counts = Counts::new();
        for (notice, variant, region, language, day, action, count) in events {
            let place = (["n", "m"][notice], ["a", "b"][variant], ["", "DE", "US-CA"][region], ["de", "en"][language], days[day]);
            add(&mut counts, place, actions[action], count);
        }
        let figures = figures(&counts, TODAY);
        let all: u64 = counts.values().sum();
        let shown: u64 = figures.rows.iter().map(|row| row.total).sum();
        prop_assert!(shown <= all);
        if figures.left_out.is_empty() && figures.rows.iter().all(|row| !row.is_open) {
            prop_assert_eq!(shown, all);
        }
        for row in &figures.rows {
            prop_assert!(row.total >= FEWEST);
            prop_assert!(row.counts.values().all(|count| *count >= FEWEST));
            let hidden = row.total - row.counts.values().sum::<u64>();
            prop_assert!(row.is_open || hidden == 0 || hidden >= FEWEST, "{:?}", row);
            let is_whole = |count: &u64| count.is_multiple_of(FEWEST);
            prop_assert!(!row.is_open || (is_whole(&row.total) && row.counts.values().all(is_whole)));
        }
    }
}

//! Cuts by time, the newest sessions, and samples of visitors.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::dataset::Dataset;
use homebody_lab::evaluate::defaults;
use homebody_lab::evaluate::split::{Protocol, Split, split};
use std::fmt::Write;

const DAY_S: u32 = 86_400;

fn data(rows: &str) -> Dataset {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.csv");
    std::fs::write(&path, format!("user,item,ts\n{rows}")).unwrap();
    Dataset::read(&path, None).unwrap()
}

fn names(data: &Dataset, items: &[u32]) -> Vec<String> {
    items.iter().map(|item| data.items[*item as usize].id.clone()).collect()
}

/// Ids of the visitors that are judged.
fn judged(data: &Dataset, split: &Split) -> Vec<String> {
    split.cases.iter().map(|case| data.visitors[case.visitor as usize].clone()).collect()
}

#[test]
fn a_cut_in_time_wants_what_known_visitors_newly_take_after_nine_tenths() {
    // Eighteen first touches of one visitor, a row a second; the nineteenth and twentieth come later.
    let mut rows: String = (0..18).fold(String::new(), |mut rows, at| {
        writeln!(rows, "a,x{at},{}", 1_000_000_000 + at).unwrap();
        rows
    });
    rows += "a,y,1000000101\nnew,z,1000000102\na,x3,1000000103\n";
    let data = data(&rows);
    let split = split(&data, defaults(Protocol::Temporal)).unwrap();
    assert_eq!(judged(&data, &split), ["a"], "who is new at the cut has no past to rank by");
    let case = &split.cases[0];
    assert_eq!(names(&data, &case.wanted), ["y"], "x3 is nothing new");
    assert_eq!(case.known.len(), 18);
    assert_eq!(split.train.len(), 18, "nothing after the cut is learned from");
    assert_eq!((case.masked.len(), case.now), (18, 1_000_000_101.0));
}

/// Sessions `s0`, `s1` … of two clicks that end at these seconds.
fn sessions(ends: &[u32]) -> Dataset {
    let mut rows = String::new();
    for (session, end) in ends.iter().enumerate() {
        let end = 1_000_000_000 + end;
        writeln!(rows, "s{session},x,{}\ns{session},y,{end}", end - 10).unwrap();
    }
    data(&rows)
}

#[test]
fn sessions_of_the_last_day_are_judged() {
    let data = sessions(&[100, 3 * DAY_S - 100, 4 * DAY_S - 100, 5 * DAY_S]);
    let split = split(&data, defaults(Protocol::Session)).unwrap();
    assert_eq!(judged(&data, &split), ["s3"]);
    assert_eq!(split.train.len(), 6);
}

#[test]
fn of_a_short_log_the_newest_tenth_of_sessions_is_judged() {
    let ends: Vec<u32> = (0..20).map(|session| 1_000 * (20 - session)).collect();
    let data = sessions(&ends);
    let split = split(&data, defaults(Protocol::Session)).unwrap();
    assert_eq!(judged(&data, &split), ["s0", "s1"]);
}

#[test]
fn a_sample_is_drawn_by_the_seed_with_all_cases_of_its_visitors() {
    let ends: Vec<u32> = (0..400).collect();
    let whole = split(&sessions(&ends), defaults(Protocol::Session)).unwrap();
    assert_eq!(whole.visitors(), 40);
    let drawn = |seed: u64| {
        let mut split = whole.clone();
        split.sample(10, seed);
        split.cases.iter().map(|case| case.visitor).collect::<Vec<u32>>()
    };
    assert_eq!(drawn(1).len(), 10);
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    let mut all = whole.clone();
    all.sample(1_000, 1);
    assert_eq!(all.cases, whole.cases);
}

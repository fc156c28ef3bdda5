//! Splitting a history into what a site has and what its visitors do next.

use crate::log::{Log, Row};
use std::collections::{BTreeMap, BTreeSet};

/// How a history is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Protocol {
    /// Leave the last new item of each visitor out.
    Llo,
    /// Cut at the 90 % time quantile of first touches; held out are the new items that visitors known before
    /// take after it.
    Temporal,
}

/// A history cut in two; rows keep the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Cut<'a> {
    /// What is trained on.
    pub train: Vec<&'a Row>,
    /// What is held out: each row one wanted item of a visitor, no item twice.
    pub test: Vec<&'a Row>,
}

/// Cuts a history.
pub fn cut(log: &Log, protocol: Protocol) -> Cut<'_> {
    match protocol {
        Protocol::Llo => leave_last_out(log),
        Protocol::Temporal => temporal(log),
    }
}

fn leave_last_out(log: &Log) -> Cut<'_> {
    let mut visitors: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &log.rows {
        visitors.entry(&row.visitor).or_default().push(row);
    }
    let mut last: BTreeMap<&str, &Row> = BTreeMap::new();
    for (visitor, mut rows) in visitors {
        rows.sort_by_key(|row| row.at);
        let mut seen = BTreeSet::new();
        let new: Vec<&Row> = rows.into_iter().filter(|row| seen.insert(row.item.as_str())).collect();
        if let [_, .., newest] = new[..] {
            last.insert(visitor, newest);
        }
    }
    let is_held_out =
        |row: &Row| last.get(row.visitor.as_str()).is_some_and(|newest| newest.item == row.item);
    let train = log.rows.iter().filter(|row| !is_held_out(row)).collect();
    let is_first_touch =
        |row: &&Row| last.get(row.visitor.as_str()).is_some_and(|newest| std::ptr::eq(*newest, *row));
    Cut { train, test: log.rows.iter().filter(is_first_touch).collect() }
}

fn temporal(log: &Log) -> Cut<'_> {
    let mut first: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for row in &log.rows {
        let at = first.entry((&row.visitor, &row.item)).or_insert(row.at);
        *at = row.at.min(*at);
    }
    let mut times: Vec<i64> = first.into_values().collect();
    times.sort_unstable();
    let Some(&at) = times.get(times.len() * 9 / 10) else { return Cut::default() };
    let train: Vec<&Row> = log.rows.iter().filter(|row| row.at < at).collect();
    let known: BTreeSet<&str> = train.iter().map(|row| row.visitor.as_str()).collect();
    let mut taken: BTreeSet<(&str, &str)> =
        train.iter().map(|row| (row.visitor.as_str(), row.item.as_str())).collect();
    let later = log.rows.iter().filter(|row| row.at >= at && known.contains(row.visitor.as_str()));
    let test = later.filter(|row| taken.insert((&row.visitor, &row.item))).collect();
    Cut { train, test }
}

#[cfg(test)]
mod tests {
    use super::*;
    use csv::StringRecord;
    use homebody_protocol::Kind;

    fn log(rows: &[(&str, &str, i64)]) -> Log {
        let row = |&(visitor, item, at): &(&str, &str, i64)| Row {
            visitor: visitor.to_owned(),
            item: item.to_owned(),
            at,
            kind: Kind::Click,
            value: 1.0,
            basket: None,
            record: StringRecord::new(),
        };
        Log { header: StringRecord::new(), rows: rows.iter().map(row).collect() }
    }

    fn named<'a>(rows: &[&'a Row]) -> Vec<(&'a str, &'a str)> {
        rows.iter().map(|row| (row.visitor.as_str(), row.item.as_str())).collect()
    }

    #[test]
    fn the_last_new_item_leaves_with_its_repeats() {
        let log = log(&[("a", "y", 5), ("a", "x", 1), ("a", "y", 6), ("b", "x", 1), ("a", "x", 7)]);
        let cut = cut(&log, Protocol::Llo);
        assert_eq!(named(&cut.test), [("a", "y")]);
        assert_eq!(cut.test[0].at, 5);
        assert_eq!(named(&cut.train), [("a", "x"), ("b", "x"), ("a", "x")]);
    }

    #[test]
    fn a_temporal_cut_holds_out_new_items_of_known_visitors_once() {
        let items: Vec<String> = (0..18).map(|item| format!("x{item}")).collect();
        let mut rows: Vec<(&str, &str, i64)> = items.iter().map(|item| ("a", item.as_str(), 1)).collect();
        rows.extend([
            ("a", "x1", 100),
            ("a", "y", 101),
            ("a", "y", 102),
            ("new", "z", 103),
            ("a", "x2", 104),
        ]);
        let log = log(&rows);
        let cut = cut(&log, Protocol::Temporal);
        assert_eq!(cut.train.len(), 19, "repeats before the cut stay");
        assert_eq!(named(&cut.test), [("a", "y")]);
        assert!(super::cut(&Log::default(), Protocol::Temporal).test.is_empty());
    }
}

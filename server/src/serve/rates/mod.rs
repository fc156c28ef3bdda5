//! How visitors decide, notice by notice: for the operator, drawn up from the figures that may leave the server.
//!
//! Sums here are sums of rows that do not overlap ([`crate::consent::figures`]), so they are those of the exported table
//! `consent`. What a row hides is in its total alone: a share is then told as a span.

mod groups;
mod interval;
mod page;

use std::collections::BTreeMap;

use crate::consent::Notice;
use crate::consent::figures::{Figures, Row};
use crate::store::{Store, StoreError};

pub(super) use page::{STYLE, of};

/// Changes of the notice that are looked through for the time it was first asked.
const CHANGES: u32 = 10_000;

/// What can be answered, in the order of the page: action, and what it is called there.
const ANSWERS: [(&str, &str); 4] = [
    ("accept", "Accepted all"),
    ("partial", "Chosen by purpose"),
    ("refuse", "Rejected all"),
    ("later", "Not now"),
];

/// A count of which some may be hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Span {
    /// What is shown of it.
    least: u64,
    /// With all that is hidden beside it.
    most: u64,
}

/// Answers of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answers {
    total: u64,
    /// By [`ANSWERS`].
    counts: [Span; ANSWERS.len()],
}

/// Which answers are told apart on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Day,
    Region,
    Language,
    Variant,
}

/// All that is told of one notice.
#[derive(Debug, Default)]
struct NoticeRates {
    sha256: String,
    /// Since when it was asked first, unix seconds.
    since: Option<u64>,
    is_current: bool,
    purposes: Vec<String>,
    answers: Answers,
    /// What is no answer, by action: sums of what is shown.
    others: BTreeMap<&'static str, u64>,
    days: BTreeMap<String, Answers>,
    /// Missing: joined small groups of several.
    regions: BTreeMap<Option<String>, Answers>,
    languages: BTreeMap<Option<String>, Answers>,
    variants: BTreeMap<Option<String>, Answers>,
}

/// How visitors decide.
#[derive(Debug)]
pub(super) struct Rates {
    site: String,
    fewest: u64,
    /// What is asked now first, then by the time they were last asked.
    notices: Vec<NoticeRates>,
    left_out: Vec<&'static str>,
}

impl Rates {
    /// Draws them up.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub(super) fn draw(store: &Store, site: &str, figures: &Figures) -> Result<Self, StoreError> {
        let changes = store.notice_changes(CHANGES)?;
        let mut notices: Vec<NoticeRates> = Vec::new();
        for change in &changes {
            match notices.iter_mut().find(|notice| notice.sha256 == change.sha256) {
                Some(notice) => notice.since = Some(change.at),
                None => notices.push(NoticeRates {
                    since: Some(change.at),
                    is_current: notices.is_empty(),
                    purposes: purposes(store, &change.sha256)?,
                    ..NoticeRates::named(&change.sha256)
                }),
            }
        }
        for row in &figures.rows {
            let at = notices.iter().position(|notice| notice.sha256 == row.notice).unwrap_or_else(|| {
                notices.push(NoticeRates::named(&row.notice));
                notices.len() - 1
            });
            notices[at].add(row);
        }
        let (fewest, left_out) = (figures.fewest, figures.left_out.clone());
        Ok(Self { site: site.to_owned(), fewest, notices, left_out })
    }
}

/// What a notice asks for; nothing of one that this release cannot read.
fn purposes(store: &Store, sha256: &str) -> Result<Vec<String>, StoreError> {
    let Some(bytes) = store.notice(sha256)? else { return Ok(Vec::new()) };
    let read = Notice::read(sha256, &bytes).map(|notice| notice.config.purposes.into_keys().collect());
    Ok(read.unwrap_or_default())
}

impl NoticeRates {
    fn named(sha256: &str) -> Self {
        Self { sha256: sha256.to_owned(), ..Self::default() }
    }

    fn add(&mut self, row: &Row) {
        if row.kind != "answers" {
            for (action, count) in &row.counts {
                *self.others.entry(action).or_default() += count;
            }
            return;
        }
        self.answers.add(row);
        self.days.entry(row.day.clone()).or_default().add(row);
        self.regions.entry(row.region.clone()).or_default().add(row);
        self.languages.entry(row.language.clone()).or_default().add(row);
        self.variants.entry(row.variant.clone()).or_default().add(row);
    }

    fn other(&self, action: &str) -> u64 {
        self.others.get(action).copied().unwrap_or_default()
    }

    /// Who said yes to one purpose: all who accepted everything, and some of those who chose by purpose. Counts do not say
    /// which of several purposes somebody chose.
    fn purpose(&self) -> Span {
        let [accept, _, refuse, later] = self.answers.counts;
        match self.purposes.len() {
            1 => accept,
            _ => Span { least: accept.least, most: self.answers.total - refuse.least - later.least },
        }
    }
}

impl Answers {
    fn add(&mut self, row: &Row) {
        let hidden = row.total.saturating_sub(row.counts.values().sum());
        // The smaller ones are hidden: none of them is larger than any that is shown.
        let smallest = row.counts.values().min().copied().filter(|_| !row.is_open);
        let hidden_each = smallest.map_or(hidden, |shown| hidden.min(shown));
        self.total += row.total;
        for (span, (action, _)) in self.counts.iter_mut().zip(ANSWERS) {
            let shown = row.counts.get(action).copied();
            span.least += shown.unwrap_or_default();
            // What still grows is shown in steps: some of what is between them may be of any action.
            let is_exact = shown.is_some() && !row.is_open;
            span.most += shown.unwrap_or_default() + if is_exact { 0 } else { hidden_each };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(total: u64, counts: &[(&'static str, u64)], is_open: bool) -> Row {
        Row {
            kind: "answers",
            notice: "n".to_owned(),
            variant: Some(String::new()),
            region: Some("DE".to_owned()),
            language: None,
            day: "2026-11-23".to_owned(),
            is_open,
            total,
            counts: counts.iter().copied().collect(),
            shares: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_hidden_may_be_any_of_the_hidden_actions() {
        let mut answers = Answers::default();
        answers.add(&row(100, &[("accept", 70)], false));
        let span = |least, most| Span { least, most };
        assert_eq!(
            (answers.total, answers.counts),
            (100, [span(70, 70), span(0, 30), span(0, 30), span(0, 30)])
        );
        answers.add(&row(90, &[("accept", 40), ("refuse", 21)], false));
        assert_eq!(answers.counts[1], span(0, 30 + 21), "what is hidden is not more than what is shown");
        let mut answers = Answers::default();
        answers.add(&row(100, &[("accept", 70)], false));
        answers.add(&row(60, &[("accept", 40)], true));
        assert_eq!(answers.counts[0], span(110, 130), "an open day is told in steps");
    }

    #[test]
    fn a_purpose_of_several_lies_between_all_who_accepted_and_all_who_did_not_refuse() {
        let mut notice =
            NoticeRates { purposes: vec!["a".to_owned(), "b".to_owned()], ..NoticeRates::default() };
        notice.add(&row(100, &[("accept", 40), ("partial", 30), ("refuse", 30)], false));
        assert_eq!(notice.purpose(), Span { least: 40, most: 70 });
        notice.purposes.truncate(1);
        assert_eq!(notice.purpose(), Span { least: 40, most: 40 });
    }
}

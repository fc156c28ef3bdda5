//! Counts as they leave the server: shares of how people decided, and never a number of few.
//!
//! Four kinds of events are told apart, each with shares of its own:
//!
//! | kind | actions |
//! | --- | --- |
//! | `answers` | `accept`, `partial`, `refuse`, `later` |
//! | `notices` | `noticed`, `object` |
//! | `withdrawals` | `withdraw` |
//! | `served` | `served`, `served-gpc`: how often the configuration was fetched without and with Global Privacy Control |
//!
//! No number below [`FEWEST`] is shown, and none can be computed from what is:
//!
//! 1. **Rows do not overlap.** A group of one notice, variant, region, language and day that has too few events is joined
//!    with the other small ones of all languages, then of all regions, of the month, of all variants; what is too few
//!    even then is left out. There is no sum over rows that would contain what a row leaves out.
//! 2. **A hidden action has company.** The total of a row says what its hidden actions have together. Where that is
//!    more than nothing and too few, the smallest shown action is hidden too, and so on.
//! 3. **What still grows moves in steps.** As long as its day (or month) is not over, a row shows whole multiples of
//!    [`FEWEST`], so that looking twice does not show the one who came in between.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::calendar::month;
use crate::store::{Cell, Counts};

/// No number of events below this one is shown.
pub const FEWEST: u64 = 20;

/// What is told apart, and the actions of each.
const KINDS: [(&str, &[&str]); 4] = [
    ("answers", &["accept", "partial", "refuse", "later"]),
    ("notices", &["noticed", "object"]),
    ("withdrawals", &["withdraw"]),
    ("served", &["served", "served-gpc"]),
];

/// Ways to join groups that are too small, in their order.
const JOINS: [fn(&Group) -> Group; 4] = [
    |group| Group { language: None, ..group.clone() },
    |group| Group { region: None, ..group.clone() },
    |group| Group { day: month(&group.day).to_owned(), ..group.clone() },
    |group| Group { variant: None, ..group.clone() },
];

/// All that is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    /// No number below this one is shown.
    #[schema(example = 20)]
    pub fewest: u64,
    /// Rows that do not overlap, by kind and group.
    pub rows: Vec<Row>,
    /// Kinds of which something is left out, because it is too few to be joined with anything.
    pub left_out: Vec<&'static str>,
}

/// The events of one group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Row {
    /// `answers`, `notices`, `withdrawals` or `served`.
    pub kind: &'static str,
    /// SHA-256 of the notice.
    pub notice: String,
    /// Arm of the experiment, empty without one; absent where small groups of several are joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// ISO 3166 code, empty when unknown; absent where small groups of several are joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// BCP 47 tag, empty where pages do not say; absent where small groups of several are joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `YYYY-MM-DD`, or `YYYY-MM` where small groups of several days are joined. UTC.
    pub day: String,
    /// Whether the day or month is not over: numbers move in steps of `fewest`.
    pub is_open: bool,
    /// All events of the row, the hidden ones too.
    pub total: u64,
    /// Events by action; an action that is not here is hidden.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub counts: BTreeMap<&'static str, u64>,
    /// The same as shares of `total`, 0 to 1.
    #[schema(value_type = BTreeMap<String, f64>)]
    pub shares: BTreeMap<&'static str, f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    notice: String,
    variant: Option<String>,
    region: Option<String>,
    language: Option<String>,
    day: String,
}

type Actions = BTreeMap<&'static str, u64>;

/// What may be shown of counts. `today` is the first day that is not over, `YYYY-MM-DD`.
#[must_use]
pub fn figures(counts: &Counts, today: &str) -> Figures {
    let mut figures = Figures { fewest: FEWEST, ..Figures::default() };
    for (kind, actions) in KINDS {
        let mut groups = groups(counts, actions);
        let mut rows = Vec::new();
        for join in JOINS.map(Some).into_iter().chain([None]) {
            let (large, small): (BTreeMap<_, _>, BTreeMap<_, _>) =
                groups.into_iter().partition(|(_, actions)| total(actions) >= FEWEST);
            rows.extend(large.into_iter().map(|(group, actions)| row(kind, group, actions, today)));
            groups = join.map_or_else(|| small.clone(), |join| joined(&small, join));
        }
        if !groups.is_empty() {
            figures.left_out.push(kind);
        }
        rows.sort_by(|one, two| order(one).cmp(&order(two)));
        figures.rows.append(&mut rows);
    }
    figures
}

fn order(row: &Row) -> (&str, &str, Option<&String>, Option<&String>, Option<&String>) {
    (&row.notice, &row.day, row.variant.as_ref(), row.region.as_ref(), row.language.as_ref())
}

/// The finest groups of one kind.
fn groups(counts: &Counts, wanted: &[&'static str]) -> BTreeMap<Group, Actions> {
    let mut groups: BTreeMap<Group, Actions> = BTreeMap::new();
    for (cell, count) in counts {
        let Some(action) = wanted.iter().find(|action| **action == cell.action) else { continue };
        *groups.entry(Group::of(cell)).or_default().entry(action).or_insert(0) += count;
    }
    groups
}

fn joined(small: &BTreeMap<Group, Actions>, join: fn(&Group) -> Group) -> BTreeMap<Group, Actions> {
    let mut groups: BTreeMap<Group, Actions> = BTreeMap::new();
    for (group, actions) in small {
        let into = groups.entry(join(group)).or_default();
        for (action, count) in actions {
            *into.entry(action).or_insert(0) += count;
        }
    }
    groups
}

fn row(kind: &'static str, group: Group, actions: Actions, today: &str) -> Row {
    let is_open = group.day.as_str() >= &today[..group.day.len().min(today.len())];
    let (total, counts) = match is_open {
        true => (stepped(total(&actions)), open_counts(&actions)),
        false => (total(&actions), shown(&actions)),
    };
    let shares = counts.iter().map(|(action, count)| (*action, *count as f64 / total as f64)).collect();
    let Group { notice, variant, region, language, day } = group;
    Row { kind, notice, variant, region, language, day, is_open, total, counts, shares }
}

fn total(actions: &Actions) -> u64 {
    actions.values().sum()
}

fn stepped(count: u64) -> u64 {
    count / FEWEST * FEWEST
}

fn open_counts(actions: &Actions) -> Actions {
    let stepped = actions.iter().map(|(action, count)| (*action, stepped(*count)));
    stepped.filter(|(_, count)| *count > 0).collect()
}

/// The actions that may be shown beside their total.
fn shown(actions: &Actions) -> Actions {
    let mut ascending: Vec<(&'static str, u64)> =
        actions.iter().map(|(action, count)| (*action, *count)).filter(|(_, count)| *count > 0).collect();
    ascending.sort_by_key(|(action, count)| (*count, *action));
    let mut hidden = 0;
    let is_shown = |(_, count): &(&'static str, u64)| {
        let hide = *count < FEWEST || (hidden > 0 && hidden < FEWEST);
        hidden += if hide { *count } else { 0 };
        !hide
    };
    ascending.into_iter().filter(is_shown).collect()
}

impl Group {
    fn of(cell: &Cell) -> Self {
        Self {
            notice: cell.notice.clone(),
            variant: Some(cell.variant.clone()),
            region: Some(cell.region.clone()),
            language: Some(cell.language.clone()),
            day: cell.day.clone(),
        }
    }
}

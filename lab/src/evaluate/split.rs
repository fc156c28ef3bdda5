//! What is learned from, and what visitors are judged by.

use crate::dataset::{Clock, Dataset, Event, Side};
use anyhow::{Result, bail};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::Kind;
use serde::Serialize;
use std::collections::BTreeSet;
use std::ops::Range;

/// Share of first touches (or sessions) before the cut.
const TRAIN_SHARE: f64 = 0.9;
const DAY_S: f64 = 86_400.0;
/// A log at least this long is cut before its last day.
const LONG_S: f64 = 2.0 * DAY_S;

/// How a history is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// The last new item of each visitor is wanted, everything before it is known.
    Llo,
    /// Cut at the 90 % quantile of the times at which visitors take new items; wanted are the new items that visitors
    /// known before take later.
    Temporal,
    /// Visitors are sessions; of those of the last day (the last tenth in logs of less than two days) every next item
    /// is wanted, and repeats are allowed.
    Session,
}

/// What is wanted of visitors who fill carts and buy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// The next purchase; what is in the cart may be listed.
    #[default]
    Any,
    /// The next purchase, on a placement beside the cart that lifts what is in it.
    Recovery,
    /// The next purchase of something the visitor has not put into a cart.
    Discovery,
}

/// How to split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How the history is cut.
    pub protocol: Protocol,
    /// What is wanted where there are carts and purchases.
    pub task: Task,
    /// Under [`Protocol::Llo`]: learn without the second-last item too, as published tables do; it is known all the same.
    pub strict: bool,
}

/// One question: what does this visitor want next?
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The visitor.
    pub visitor: u32,
    /// What the device has seen, in [`Split::known`].
    pub known: Range<usize>,
    /// Wanted items, ascending.
    pub wanted: Vec<u32>,
    /// Items that may not be listed, ascending.
    pub masked: Vec<u32>,
    /// When the list is asked for, in the unit of the events.
    pub now: f64,
}

/// A history cut in two.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// What is learned from, visitor after visitor in time order.
    pub train: Vec<Event>,
    /// What devices have seen, a range a case.
    pub known: Vec<Event>,
    /// The questions.
    pub cases: Vec<Case>,
    /// Whether the purchase is what is wanted.
    pub purchases: bool,
}

impl Split {
    /// Keeps the cases of `visitors` visitors, drawn by `seed`.
    pub fn sample(&mut self, visitors: usize, seed: u64) {
        let mut left: Vec<u32> = self.cases.iter().map(|case| case.visitor).collect();
        left.dedup();
        let mut rng = SplitMix64(seed);
        let mut kept = BTreeSet::new();
        while kept.len() < visitors && !left.is_empty() {
            kept.insert(left.swap_remove(rng.below(left.len())));
        }
        self.cases.retain(|case| kept.contains(&case.visitor));
    }

    /// Number of visitors with a case.
    pub fn visitors(&self) -> usize {
        self.cases.chunk_by(|left, right| left.visitor == right.visitor).count()
    }
}

/// Cuts a history.
///
/// # Errors
/// When the history does not say what the rules need, or nobody can be judged.
pub fn split(data: &Dataset, rules: Rules) -> Result<Split> {
    let shop = data.has(Kind::Purchase) && data.has(Kind::CartAdd);
    if rules.task != Task::Any && (!shop || rules.protocol == Protocol::Session) {
        bail!("`--task recovery|discovery` needs purchases and cart_adds in column `kind`, and not sessions");
    }
    if rules.strict && rules.protocol != Protocol::Llo {
        bail!("`--strict` goes with `--protocol llo`");
    }
    let mut split = Split { purchases: shop && rules.protocol != Protocol::Session, ..Split::default() };
    match rules.protocol {
        Protocol::Llo => {
            (0..data.visitors.len()).for_each(|visitor| leave_last_out(data, visitor, rules, &mut split))
        }
        Protocol::Temporal => temporal(data, rules, &mut split)?,
        Protocol::Session => sessions(data, &mut split),
    }
    if split.cases.is_empty() {
        bail!("nobody can be judged: no visitor has a known past and something new after it");
    }
    if split.train.is_empty() {
        bail!("nothing is left to learn from");
    }
    Ok(split)
}

/// The places of rows that bring something new: first touches, or first purchases where these are what is wanted.
fn novelties(events: &[Event], purchases: bool) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let counts = |event: &Event| !purchases || event.kind == Kind::Purchase;
    (0..events.len()).filter(|&at| counts(&events[at]) && seen.insert(events[at].item)).collect()
}

fn leave_last_out(data: &Dataset, visitor: usize, rules: Rules, split: &mut Split) {
    let events = data.of(visitor);
    let new = novelties(events, split.purchases);
    let Some(&last) = new.last().filter(|last| **last > 0) else {
        split.train.extend(events);
        return;
    };
    let learned = match new[..] {
        [.., second_last, _] if rules.strict => second_last,
        _ if rules.strict => 0,
        _ => last,
    };
    let wanted = vec![events[last].item];
    let keep = |event: &&Event| rules.task != Task::Discovery || event.item != wanted[0];
    split.train.extend(events[..learned].iter().filter(keep));
    let known: Vec<Event> = events[..last].iter().filter(keep).copied().collect();
    add_case(split, visitor, &known, wanted.clone(), rules.task, events[last].at);
}

fn temporal(data: &Dataset, rules: Rules, split: &mut Split) -> Result<()> {
    if data.clock != Clock::Seconds {
        bail!("`--protocol temporal` needs times: a column `ts` in the history; use `--protocol llo`");
    }
    let first_touches = |visitor: usize| {
        let events = data.of(visitor);
        novelties(events, split.purchases).into_iter().map(|place| events[place].at)
    };
    let mut times: Vec<f64> = (0..data.visitors.len()).flat_map(first_touches).collect();
    times.sort_by(f64::total_cmp);
    let Some(&cut) = times.get((times.len() as f64 * TRAIN_SHARE) as usize) else { return Ok(()) };
    for visitor in 0..data.visitors.len() {
        let events = data.of(visitor);
        let (before, _) = events.split_at(events.partition_point(|event| event.at < cut));
        let new = novelties(events, split.purchases).into_iter().filter(|place| *place >= before.len());
        let wanted: BTreeSet<u32> = new.map(|place| events[place].item).collect();
        let keep = |event: &&Event| rules.task != Task::Discovery || !wanted.contains(&event.item);
        let known: Vec<Event> = before.iter().filter(keep).copied().collect();
        split.train.extend(&known);
        add_case(split, visitor, &known, wanted.into_iter().collect(), rules.task, cut);
    }
    Ok(())
}

fn add_case(split: &mut Split, visitor: usize, known: &[Event], wanted: Vec<u32>, task: Task, now: f64) {
    if known.is_empty() || wanted.is_empty() {
        return;
    }
    let discovery = task == Task::Discovery;
    let is_masked = |event: &&Event| {
        let carted = discovery && event.kind == Kind::CartAdd;
        !split.purchases || carted || event.kind == Kind::Purchase
    };
    let masked: BTreeSet<u32> = known.iter().filter(is_masked).map(|event| event.item).collect();
    let start = split.known.len();
    split.known.extend(known);
    let known = start..split.known.len();
    let visitor = visitor as u32;
    split.cases.push(Case { visitor, known, wanted, masked: masked.into_iter().collect(), now });
}

fn sessions(data: &Dataset, split: &mut Split) {
    let is_test = if data.has_sides() { Vec::new() } else { newest_sessions(data) };
    for visitor in 0..data.visitors.len() {
        let events = data.of(visitor);
        let judged = |event: &Event| is_test.get(visitor).copied().unwrap_or(event.side == Side::Test);
        split.train.extend(events.iter().filter(|event| !judged(event)));
        if !events.iter().any(judged) {
            continue;
        }
        let start = split.known.len();
        split.known.extend(events);
        for next in (1..events.len()).filter(|&next| judged(&events[next])) {
            split.cases.push(Case {
                visitor: visitor as u32,
                known: start..start + next,
                wanted: vec![events[next].item],
                masked: Vec::new(),
                now: events[next - 1].at,
            });
        }
    }
}

/// For each session, whether it ends on the last day, or is of the last tenth where the log is short or has no times.
fn newest_sessions(data: &Dataset) -> Vec<bool> {
    let sessions = data.visitors.len();
    let end = |session: usize| data.of(session).last().map_or(f64::NEG_INFINITY, |event| event.at);
    if let (Clock::Seconds, Some((first, last))) = (data.clock, data.span())
        && last - first >= LONG_S
    {
        return (0..sessions).map(|session| end(session) >= last - DAY_S).collect();
    }
    let mut order: Vec<usize> = (0..sessions).collect();
    if data.clock == Clock::Seconds {
        order.sort_by(|left, right| end(*left).total_cmp(&end(*right)));
    }
    let mut newest = vec![false; sessions];
    for &session in &order[(sessions as f64 * TRAIN_SHARE) as usize..] {
        newest[session] = true;
    }
    newest
}

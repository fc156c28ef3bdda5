//! The history file.

use super::records::{self, Record};
use super::{Clock, Event, Numbers, Side, time};
use anyhow::{Context, Result, bail};
use homebody_learn::names::{self, Names};
use homebody_protocol::Kind;
use std::path::Path;

const COLUMNS: [Names; 10] = [
    names::VISITOR,
    names::ITEM,
    names::TIME,
    names::ORDER,
    names::KIND,
    names::RATING,
    names::BASKET,
    &["qty", "quantity", "value"],
    &["price"],
    &["split"],
];
const USER: usize = 0;
const ITEM: usize = 1;
const TS: usize = 2;
const ORDER: usize = 3;
const KIND: usize = 4;
const RATING: usize = 5;
const BASKET: usize = 6;
const QUANTITY: usize = 7;
const PRICE: usize = 8;
const SPLIT: usize = 9;
/// Times below this (March 1973) would be taken for positions by the learner.
const EARLIEST_S: f64 = 1e8;
const DAY_S: f64 = 86_400.0;

/// What a history file says.
pub(super) struct History {
    pub(super) visitors: Vec<String>,
    /// Visitor after visitor, each in time order.
    pub(super) events: Vec<Event>,
    pub(super) clock: Clock,
    /// The last price of each item.
    pub(super) prices: Vec<Option<f32>>,
}

/// Reads a history; items get numbers after those they have.
pub(super) fn read(path: &Path, items: &mut Numbers, notes: &mut Vec<String>) -> Result<History> {
    let (mut visitors, mut baskets) = (Numbers::default(), Numbers::default());
    let mut prices: Vec<Option<f32>> = vec![None; items.names.len()];
    let mut events = Vec::new();
    let present = records::read(path, &COLUMNS, 2, &mut |record| {
        let mut event = event(record)?;
        event.visitor = visitors.of(record.needed(USER)?);
        event.item = items.of(record.needed(ITEM)?);
        event.basket = Some(record.cell(BASKET)).filter(|name| !name.is_empty()).map(|name| baskets.of(name));
        prices.resize(items.names.len(), None);
        if let Some(price) = record.number(PRICE)?.filter(|price| *price >= 0.0) {
            prices[event.item as usize] = Some(price as f32);
        }
        events.push(event);
        Ok(())
    })?;
    if events.is_empty() {
        bail!("`{}` has no rows", path.display());
    }
    let clock = match (present[TS], present[ORDER]) {
        (true, _) => Clock::Seconds,
        (false, true) => Clock::Order,
        (false, false) => Clock::File,
    };
    if present[RATING] && !present[KIND] {
        notes.push("ratings count as signs of interest, whatever their height".to_owned());
    }
    if !present[KIND] && present[BASKET] {
        events.iter_mut().for_each(|event: &mut Event| event.kind = Kind::Purchase);
    }
    settle_times(&mut events, clock, notes);
    Ok(History { visitors: visitors.names, events, clock, prices })
}

fn event(record: &Record<'_>) -> Result<Event> {
    let at = match (record.has(TS), record.has(ORDER)) {
        (true, _) => time::parse(record.needed(TS)?).context("column `ts`")?,
        (false, true) => record.needed(ORDER).and(record.number(ORDER))?.unwrap_or(0.0),
        (false, false) => 0.0,
    };
    let kind = match record.cell(KIND) {
        "" => Kind::Click,
        name => names::kind(name).with_context(|| {
            format!(
                "column `kind`: unknown kind `{name}`; known are view, click, cart_add, purchase and others"
            )
        })?,
    };
    let value = match kind {
        Kind::Rating => record.number(RATING)?,
        _ => record.number(QUANTITY)?,
    };
    let side = match record.cell(SPLIT) {
        "" => Side::Unsaid,
        "train" | "valid" | "validation" => Side::Train,
        "test" => Side::Test,
        other => bail!("column `split`: `{other}` is neither `train` nor `test`"),
    };
    let value = value.unwrap_or(1.0) as f32;
    Ok(Event { visitor: 0, item: 0, kind, value, at, basket: None, side })
}

/// Brings times to seconds, rows in order, and orders to small steps.
fn settle_times(events: &mut [Event], clock: Clock, notes: &mut Vec<String>) {
    let latest = events.iter().map(|event| event.at).fold(f64::NEG_INFINITY, f64::max);
    let earliest = events.iter().map(|event| event.at).fold(f64::INFINITY, f64::min);
    if clock == Clock::Seconds {
        let unit = time::unit(latest);
        let shift =
            if latest * unit < EARLIEST_S && latest - earliest >= DAY_S { 10.0 * EARLIEST_S } else { 0.0 };
        if shift > 0.0 {
            notes.push("times count from an unknown day; they are taken for seconds".to_owned());
        }
        events.iter_mut().for_each(|event| event.at = event.at * unit + shift);
    }
    events.sort_by(|left, right| left.visitor.cmp(&right.visitor).then(left.at.total_cmp(&right.at)));
    if clock != Clock::Seconds {
        events.chunk_by_mut(|left, right| left.visitor == right.visitor).for_each(|rows| steps(rows, clock));
    }
}

/// Numbers the steps of one visitor from 0; rows that the file puts at one place share a step.
fn steps(rows: &mut [Event], clock: Clock) {
    let (mut step, mut place) = (0.0, rows[0].at);
    for (index, row) in rows.iter_mut().enumerate() {
        if index > 0 && (clock == Clock::File || row.at > place) {
            step += 1.0;
        }
        place = row.at;
        row.at = step;
    }
}

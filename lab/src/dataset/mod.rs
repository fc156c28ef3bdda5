//! Any site's history and catalogue, as the evaluation takes them.

mod bag_of_words;
mod catalogue;
mod history;
pub mod records;
pub mod time;

use crate::items::Item;
use anyhow::{Result, bail};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::Kind;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

/// Which part of a split the file says a row is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// The file does not say.
    #[default]
    Unsaid,
    /// To learn from.
    Train,
    /// To judge by.
    Test,
}

/// What the order of a visitor's rows is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Seconds since 1970.
    Seconds,
    /// A column that orders the rows of each visitor.
    Order,
    /// The order of the file.
    File,
}

/// One row of a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Index into [`Dataset::visitors`].
    pub visitor: u32,
    /// Index into [`Dataset::items`].
    pub item: u32,
    /// What was done.
    pub kind: Kind,
    /// The kind's own unit; 1 without any.
    pub value: f32,
    /// Unix seconds, or the step of the visitor's sequence, by the clock.
    pub at: f64,
    /// The basket, by a number of its own.
    pub basket: Option<u32>,
    /// Which part of a split the file says the row is in.
    pub side: Side,
}

/// A history with its catalogue.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Ids of the visitors in the order of the file.
    pub visitors: Vec<String>,
    /// The catalogue: the items file, then what only the history names.
    pub items: Vec<Item>,
    /// The rows, visitor after visitor, each in time order; rows of one time keep the order of the file.
    pub events: Vec<Event>,
    /// What orders them.
    pub clock: Clock,
    /// What the reader should know about how the files were understood.
    pub notes: Vec<String>,
    ranges: Vec<Range<usize>>,
}

/// Ids and their numbers, in order of first appearance.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Numbers {
    /// The number of a name, a new one when it is new.
    pub(crate) fn of(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }
}

impl Dataset {
    /// Reads a history and, if there is one, its catalogue.
    ///
    /// # Errors
    /// When a file cannot be read or understood; the message names file, line and column.
    pub fn read(history: &Path, items: Option<&Path>) -> Result<Self> {
        let mut numbers = Numbers::default();
        let mut notes = Vec::new();
        let mut catalogue = match items {
            Some(path) if path.extension().is_some_and(|extension| extension == "dat") => {
                bag_of_words::read(path, &mut numbers)?
            }
            Some(path) => catalogue::read(path, &mut numbers)?,
            None => Vec::new(),
        };
        let listed = catalogue.len();
        let history = history::read(history, &mut numbers, &mut notes)?;
        for (name, price) in numbers.names[listed..].iter().zip(history.prices[listed..].iter()) {
            catalogue.push(Item { id: name.clone(), price: *price, ..Item::default() });
        }
        for (item, price) in catalogue.iter_mut().zip(&history.prices) {
            item.price = item.price.or(*price);
        }
        if items.is_some() && catalogue.len() > listed {
            notes.push(format!(
                "{} items of the history are not in the items file; they are ranked without title and tags",
                catalogue.len() - listed
            ));
        }
        let ranges = ranges(&history.events, history.visitors.len());
        Ok(Self {
            visitors: history.visitors,
            items: catalogue,
            events: history.events,
            clock: history.clock,
            notes,
            ranges,
        })
    }

    /// The same set of these items alone, which get the numbers of their places; visitors without any stay, without rows.
    #[must_use]
    pub fn of_items(&self, items: &[u32]) -> Self {
        let places: HashMap<u32, u32> = items.iter().copied().zip(0..).collect();
        let kept = |event: &Event| Some(Event { item: *places.get(&event.item)?, ..*event });
        let events: Vec<Event> = self.events.iter().filter_map(kept).collect();
        Self {
            visitors: self.visitors.clone(),
            items: items.iter().map(|item| self.items[*item as usize].clone()).collect(),
            ranges: ranges(&events, self.visitors.len()),
            events,
            clock: self.clock,
            notes: self.notes.clone(),
        }
    }

    /// The rows of a visitor in time order; none for a number past the end.
    pub fn of(&self, visitor: usize) -> &[Event] {
        self.ranges.get(visitor).map(|range| &self.events[range.clone()]).unwrap_or_default()
    }

    /// Earliest and latest time.
    pub fn span(&self) -> Option<(f64, f64)> {
        let times = self.events.iter().map(|event| event.at);
        Some((times.clone().min_by(f64::total_cmp)?, times.max_by(f64::total_cmp)?))
    }

    /// Puts each visitor's rows into an order drawn by `seed`: what stands in a file without times may be sorted by item,
    /// and the last of them would then be no visitor's choice but the catalogue's last.
    ///
    /// # Errors
    /// When the rows have an order of their own.
    pub fn shuffle(&mut self, seed: u64) -> Result<()> {
        if self.clock != Clock::File {
            bail!("the rows have times or an order; only rows without may be shuffled");
        }
        let mut rng = SplitMix64(seed);
        for range in &self.ranges {
            let rows = &mut self.events[range.clone()];
            (1..rows.len()).rev().for_each(|last| rows.swap(last, rng.below(last + 1)));
            rows.iter_mut().enumerate().for_each(|(step, row)| row.at = step as f64);
        }
        Ok(())
    }

    /// Whether any row is of this kind.
    pub fn has(&self, kind: Kind) -> bool {
        self.events.iter().any(|event| event.kind == kind)
    }

    /// Whether the file itself says what is judged by.
    pub fn has_sides(&self) -> bool {
        self.events.iter().any(|event| event.side == Side::Test)
    }
}

fn ranges(events: &[Event], visitors: usize) -> Vec<Range<usize>> {
    let mut ranges = vec![0..0; visitors];
    let mut start = 0;
    for group in events.chunk_by(|left, right| left.visitor == right.visitor) {
        ranges[group[0].visitor as usize] = start..start + group.len();
        start += group.len();
    }
    ranges
}

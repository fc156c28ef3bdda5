//! Every visitor's sequence, laid out for summing column by column.

use crate::head::Head;
use crate::history::History;
use crate::steps::{DAY_S, Steps, has_times, sequence};

/// Sequences over the targets: the head's items first, in slot order, then all other catalogue items.
///
/// Only items of the head speak for others, so that the matrix to invert is as large as the head; every item
/// of the catalogue can be spoken for.
#[derive(Clone, Debug)]
pub struct Visits {
    pub(super) visitors: Vec<Visit>,
    pub(super) head_items: usize,
    targets: Vec<u32>,
    starts: Vec<usize>,
    occurrences: Vec<Occurrence>,
}

/// One visitor.
#[derive(Clone, Debug, Default)]
pub(super) struct Visit {
    pub(super) items: Vec<Touch>,
    /// Time of each step in positions or days; ascending.
    pub(super) clock: Vec<f32>,
    /// Days from each step to the end of the history.
    pub(super) ages_days: Vec<f32>,
}

/// One item of a visitor's sequence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    pub(super) target: u32,
    pub(super) step: u32,
    pub(super) weight: f32,
    /// Whether the visitor touched the item for the first time.
    pub(super) first: bool,
}

/// Where a target stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    pub(super) visitor: u32,
    pub(super) place: u32,
}

impl Visits {
    /// Lays a history out. With `repeats` every touch is a place in the sequence, else only the first one of
    /// each item.
    pub fn new(history: &History, head: &Head, steps: Steps, repeats: bool) -> Self {
        let (places, targets) = head.places();
        let end = history.span().map_or(0, |(_, last)| last);
        let timed = has_times(history);
        let mut visitors = Vec::with_capacity(history.visitors());
        for events in history.iter() {
            let sequence = sequence(events, steps, repeats);
            let touch = |visited: &crate::steps::Visited| {
                let &target = places.get(visited.item as usize)?;
                Some(Touch { target, step: visited.step, weight: visited.weight, first: visited.first })
            };
            let age = |&at: &i64| if timed { (end - at).max(0) as f32 / DAY_S } else { 0.0 };
            visitors.push(Visit {
                items: sequence.items.iter().filter_map(touch).collect(),
                ages_days: sequence.times.iter().map(age).collect(),
                clock: sequence.clock,
            });
        }
        let (starts, occurrences) = index(&visitors, targets.len());
        Self { visitors, head_items: head.len(), targets, starts, occurrences }
    }

    /// Catalogue item of each target.
    pub fn targets(&self) -> &[u32] {
        &self.targets
    }

    /// Items of the head.
    pub fn head_items(&self) -> usize {
        self.head_items
    }

    pub(super) fn occurrences(&self, target: usize) -> &[Occurrence] {
        &self.occurrences[self.starts[target]..self.starts[target + 1]]
    }
}

fn index(visitors: &[Visit], targets: usize) -> (Vec<usize>, Vec<Occurrence>) {
    let mut starts = vec![0usize; targets + 1];
    for touch in visitors.iter().flat_map(|visit| &visit.items) {
        starts[touch.target as usize + 1] += 1;
    }
    for target in 0..targets {
        starts[target + 1] += starts[target];
    }
    let mut next = starts.clone();
    let mut occurrences = vec![Occurrence { visitor: 0, place: 0 }; starts[targets]];
    for (visitor, visit) in (0u32..).zip(visitors) {
        for (place, touch) in (0u32..).zip(&visit.items) {
            let slot = &mut next[touch.target as usize];
            occurrences[*slot] = Occurrence { visitor, place };
            *slot += 1;
        }
    }
    (starts, occurrences)
}

//! What of the head was wanted, alone and together.

use homebody_protocol::mechanism::{Draw, Pairs};
use homebody_protocol::task::{Bound, Head, HeadKind};

use super::Question;
use crate::order::{falling, sorted};

impl Question<'_> {
    /// Slots of the head that were wanted in the window. One-hot reports name the one wanted most, which stays the same
    /// while the visitor does: a memoised answer then says nothing new.
    pub(super) fn popularity(&self, head: &Head) -> Vec<u32> {
        let recent = self.wanted(head).into_iter().filter(|wanted| self.is_recent(wanted.at_ms));
        let mut wanted: Vec<Wanted> = recent.collect();
        if self.task.bound == Bound::OneHot {
            let most = wanted.into_iter().min_by_key(|wanted| (falling(wanted.strength), wanted.slot));
            wanted = most.into_iter().collect();
        }
        wanted.into_iter().map(|wanted| wanted.slot).collect()
    }

    /// The part that is drawn for the window, and its cells of pairs that were wanted, however long ago.
    ///
    /// The part does not depend on what was wanted: one that did would tell.
    pub(super) fn pairs(&self) -> (u32, Vec<u32>) {
        let Some((pairs, head)) = Pairs::of(&self.task.measurement) else { return (0, Vec::new()) };
        // Below `parts`, a 32-bit number.
        let part = self.draw(Draw::Part).below(u64::from(self.task.parts())) as u32;
        let found = self.wanted(head);
        // By time, then by slot, which a place among the found would not be.
        let times = found.iter().map(|wanted| (wanted.at_ms, wanted.slot as usize)).collect();
        let wanted: Vec<(u64, usize)> = sorted(times);
        let mut cells = Vec::new();
        for (index, &(first_at_ms, first)) in wanted.iter().enumerate() {
            let first = first as u32;
            let later =
                wanted[index + 1..].iter().filter(|(at_ms, _)| !pairs.are_directed() || *at_ms > first_at_ms);
            let places = later.filter_map(|(_, then)| pairs.cell(first, *then as u32));
            cells.extend(places.filter(|place| place.part == part).map(|place| place.cell));
        }
        (part, cells)
    }

    /// What of the head the visitor wanted, with when and how much.
    fn wanted(&self, head: &Head) -> Vec<Wanted> {
        let (profile, now_ms) = (self.facts.profile, self.facts.now_ms);
        if head.id_seed != profile.id_seed() {
            return Vec::new();
        }
        let slot = |key: u32, strength: f32, at_ms: u64| {
            let slot = head.slot_of(key).filter(|_| strength > 0.0)?;
            Some(Wanted { slot, strength, at_ms })
        };
        match head.of {
            HeadKind::Items => {
                let items = profile.items().iter().filter(|item| !item.is_refused(now_ms));
                items.filter_map(|item| slot(item.key.0, item.wish(), item.last_at_ms)).collect()
            }
            HeadKind::Facets => {
                let facets = profile.facets().as_slice().iter().filter(|facet| !facet.muted);
                facets.filter_map(|facet| slot(facet.key.0, facet.strength, facet.at_ms)).collect()
            }
        }
    }
}

struct Wanted {
    slot: u32,
    strength: f32,
    at_ms: u64,
}

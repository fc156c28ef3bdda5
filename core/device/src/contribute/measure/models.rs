//! Models judged by what the visitor came to want: each device replays its own held-out interaction.
//!
//! What was wanted was found in lists of the model in use, which favours that model a little: a candidate that passes the
//! gate is better than it looks.

use homebody_protocol::Policy;
use homebody_protocol::mechanism::Draw;
use homebody_protocol::mechanism::numbers::BLEND_LIMIT;
use homebody_protocol::task::{BLEND_PARTS, Setting};

use super::Question;
use super::visit::gradient_and_hessian;
use crate::rank::replay::HeldOut;

impl Question<'_> {
    /// Neither model, the champion, the candidate or both have the held-out item among the first `top`.
    pub(super) fn gate(&self, champion: &str, candidate: &str, top: u32) -> Vec<u32> {
        let Some(held_out) = self.held_out() else { return Vec::new() };
        let hit = |hash| {
            // A model that the device could not load is not judged against one that it could.
            let table = self.model(hash)?;
            Some(u32::from(held_out.place(table, plain(), top as usize).is_some()))
        };
        hit(champion).zip(hit(candidate)).map(|(old, new)| old + 2 * new).into_iter().collect()
    }

    /// The settings that have the held-out item among the first `top`; of a one-hot report the one that has it first,
    /// drawn where several do.
    pub(super) fn votes(&self, model: &str, settings: &[Setting], top: u32) -> Vec<u32> {
        let (Some(held_out), Some(table)) = (self.held_out(), self.model(model)) else { return Vec::new() };
        let place = |setting: &Setting| {
            let Setting { alpha, diversity, calibration } = *setting;
            held_out.place(table, Policy { alpha, diversity, calibration, ..plain() }, top as usize)
        };
        let places: Vec<Option<usize>> = settings.iter().map(place).collect();
        let best = places.iter().flatten().min();
        let is_vote = |place: &Option<usize>| {
            if self.ones() > 1 { place.is_some() } else { place.is_some() && place.as_ref() == best }
        };
        places.iter().zip(0..).filter(|(place, _)| is_vote(place)).map(|(_, setting)| setting).collect()
    }

    /// The bucket of the held-out item's rank.
    pub(super) fn evaluation(&self, model: &str, ranks: &[u32]) -> Vec<u32> {
        let (Some(held_out), Some(table)) = (self.held_out(), self.model(model)) else { return Vec::new() };
        let last = ranks.last().copied().unwrap_or(0) as usize;
        let place = held_out.place(table, plain(), last);
        let bucket = |place: usize| ranks.iter().filter(|rank| place >= **rank as usize).count();
        place.and_then(|place| u32::try_from(bucket(place)).ok()).into_iter().collect()
    }

    /// Gradient and Hessian of σ(w · d) with d the parts of the held-out item's score less those of another candidate,
    /// drawn: a pairwise preference (Bradley, Terry 1952).
    pub(super) fn blend(&self, model: &str, weights: &[f32]) -> Vec<f64> {
        let (Some(held_out), Some(table)) = (self.held_out(), self.model(model)) else { return Vec::new() };
        let draw = self.draw(Draw::HoldOut).bits();
        let Some((wanted, other)) = held_out.parts::<BLEND_PARTS>(table, draw) else { return Vec::new() };
        let apart = wanted.iter().zip(other).map(|(wanted, other)| f64::from(wanted - other));
        let apart: Vec<f64> = apart.map(|part| part.clamp(-BLEND_LIMIT, BLEND_LIMIT)).collect();
        gradient_and_hessian(&apart, weights, true)
    }

    fn held_out(&self) -> Option<HeldOut> {
        HeldOut::newest(self.facts.profile, self.since_ms(), self.facts.now_ms)
    }
}

/// By score alone: what variety does to a list is not the model's merit.
fn plain() -> Policy {
    Policy { diversity: 1.0, ..Policy::default() }
}

//! A decision of exploration, and how it ended.

use homebody_protocol::mechanism::Draw;
use homebody_protocol::task::Weights;

use super::Question;

impl Question<'_> {
    /// The cell of step of weight × opened of the newest decision that is settled.
    pub(super) fn off_policy(&self, strength: f32, weights: &Weights) -> Vec<u32> {
        let decision = self.facts.profile.decision(strength, self.since_ms(), self.facts.now_ms);
        let draw = self.draw(Draw::Round).unit();
        decision.map(|told| weights.cell(told.weight, told.is_opened, draw)).into_iter().collect()
    }
}

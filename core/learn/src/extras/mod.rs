//! From an imported log to the small models that travel with a pool: segments, intent, priors of click rates, questions.
//!
//! Each is learned by the same rounds of sums that devices can answer; here a round is a loop over the log, which is
//! forgotten afterwards. What a log cannot tell is left out: without times there are no sessions and so no segments and
//! no intent, without impressions no click rates.

mod arms;
mod clicks;
mod intent;
pub(crate) mod segments;
mod tastes;

use crate::catalogue::Catalogue;
use crate::journeys::Journeys;
use crate::moment::Shelf;
use crate::questions::Questionnaire;
use homebody_protocol::models::{Intent, LinearPrior, Segments};
use std::collections::BTreeMap;

pub use arms::Arms;
pub use clicks::{Columns, linear};

/// Visitors that models of visitors are learned from; a sample as large says all they can hold.
const MAX_VISITORS: usize = 12_000;

/// What was learned besides the ranking.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learned {
    /// Visitor segments; default when the log has too few visitors or no times, or when visitors do not fall apart.
    pub segments: Segments,
    /// Purchase intent; default when a log has too few purchases among other kinds, or when the model tells nothing.
    pub intent: Intent,
    /// Priors of click rates; default without impressions.
    pub arms: Arms,
    /// Prior of the linear bandit, see [`linear`]; it needs columns that [`learn`] is not given.
    pub linear: LinearPrior,
    /// Questions over the catalogue's facets; default when tastes do not fall apart.
    pub questions: Questionnaire,
    /// What was measured on held-out visits, by name: `intent_auc`, `intent_brier`, `intent_calibration_error`,
    /// `segments`, `segments_separability`, `segments_plane` and the like.
    pub metrics: BTreeMap<&'static str, f64>,
}

/// Learns all of it. The same inputs give the same models.
pub fn learn(journeys: &Journeys, catalogue: &Catalogue, shelf: &Shelf) -> Learned {
    let mut learned = Learned::default();
    if journeys.has_times() {
        learned.segments = segments::learn(journeys, shelf, &mut learned.metrics);
        learned.intent = intent::learn(journeys, shelf, &mut learned.metrics);
    }
    learned.arms = arms::learn(journeys, catalogue, shelf);
    learned.questions = tastes::learn(journeys, catalogue);
    learned
}

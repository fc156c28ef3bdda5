//! Fitting one setting on one history.

use crate::catalogue::Catalogue;
use crate::head::Head;
use crate::history::History;
use crate::lists::{Lists, per_candidate};
use crate::seqlin::{SeqLin, SolveError, solve};
use crate::steps::Steps;
use crate::sums::{SequenceDecay, SequenceSums, Square, gram, sequence_sums};
use homebody_protocol::Decay;
use homebody_protocol::table::{ListSetDraft, ListSource};

/// Future positions fade fast: what is taken next says most about order.
const FUTURE_RATE: f32 = 0.5;
/// Future days fade slowly: in a shop the next basket may be weeks away.
const FUTURE_HALF_LIFE_DAYS: f32 = 90.0;

/// One member of the family, and how a device decays a history before it scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Setting {
    pub(super) model: SeqLin,
    pub(super) decay: Decay,
}

/// Sums of one history over one head, ready to be solved under many settings.
pub(super) struct Fitter<'a> {
    history: &'a History,
    catalogue: &'a Catalogue,
    steps: Steps,
    head: Head,
    gram: Square,
    /// A and C of the decay asked for last: settings come grouped by decay.
    sequence: Option<(SequenceDecay, SequenceSums)>,
}

impl Setting {
    /// Whether A and C play a part.
    pub(super) fn directed(&self) -> bool {
        self.model.alpha < 1.0
    }

    /// The decays of A and C.
    pub(super) fn sequence_decay(&self) -> SequenceDecay {
        let future = match self.decay {
            Decay::Positions { .. } => Decay::Positions { rate: FUTURE_RATE },
            Decay::Days { .. } => Decay::Days { half_life: FUTURE_HALF_LIFE_DAYS },
        };
        SequenceDecay { history: self.decay, future }
    }

    /// A list set of these lists, not yet standardised.
    pub(super) fn list_set(&self, lists: Lists) -> ListSetDraft {
        let source = ListSource::Collaborative;
        ListSetDraft { source, decay: self.decay, weight: 1.0, mean: 0.0, sd: 1.0, lists }
    }
}

impl<'a> Fitter<'a> {
    pub(super) fn new(history: &'a History, catalogue: &'a Catalogue, steps: Steps, head: Head) -> Self {
        let gram = gram(history, &head, steps);
        Self { history, catalogue, steps, head, gram, sequence: None }
    }

    /// Each row's list under a setting, at most `length` entries.
    pub(super) fn lists(&mut self, setting: &Setting, length: usize) -> Result<Lists, SolveError> {
        if setting.directed() {
            self.sequence_for(setting.sequence_decay());
        }
        let sequence = self.sequence.as_ref().map(|(_, sums)| sums).filter(|_| setting.directed());
        let weights = solve(&self.gram, sequence, setting.model)?;
        Ok(per_candidate(&weights, &self.head, self.catalogue, length))
    }

    /// G, and the head it is over.
    pub(super) fn into_gram(self) -> (Square, Head) {
        (self.gram, self.head)
    }

    /// A and C of a decay.
    pub(super) fn sequence_for(&mut self, decay: SequenceDecay) -> Option<&SequenceSums> {
        if self.sequence.as_ref().is_none_or(|(known, _)| *known != decay) {
            self.sequence = None;
            let sums = sequence_sums(self.history, &self.head, self.steps, decay);
            self.sequence = Some((decay, sums));
        }
        self.sequence.as_ref().map(|(_, sums)| sums)
    }
}

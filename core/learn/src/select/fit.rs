//! Fitting one setting on one history.

use crate::catalogue::Catalogue;
use crate::head::Head;
use crate::history::History;
use crate::lists::{Lists, per_candidate};
use crate::seqlin::{SeqLin, SolveError, mean_diagonal, solve};
use crate::steps::Steps;
use crate::sums::{Columns, SequenceDecay, SequenceSums, Visits, gram, sequence_sums};
use homebody_protocol::Decay;
use homebody_protocol::table::{ListSetDraft, ListSource};

/// One member of the family, and how a device decays a history before it scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Setting {
    /// Weight of the undirected sums against the directed ones.
    pub(super) alpha: f32,
    /// λ as a multiple of the mean diagonal of S.
    pub(super) lambda: f32,
    /// How a history fades.
    pub(super) decay: Decay,
    /// How the future fades in the sums.
    pub(super) future: Decay,
    /// Half-life of what is summed at all.
    pub(super) half_life_days: Option<f32>,
}

/// A setting with λ in visits, so that it means the same over another head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) setting: Setting,
    pub(super) lambda: f32,
}

/// What the sums are over.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) history: &'a History,
    pub(super) catalogue: &'a Catalogue,
    pub(super) steps: Steps,
    /// Whether items may come again.
    pub(super) repeats: bool,
}

/// Sums of one history over one head, ready to be solved under many settings. What was summed last is kept:
/// settings come grouped.
pub(super) struct Fitter<'a> {
    scope: Scope<'a>,
    visits: Visits,
    head: Head,
    gram: Option<(Option<f32>, Columns)>,
    sequence: Option<((SequenceDecay, Option<f32>), SequenceSums)>,
}

impl Setting {
    /// Whether A and C play a part.
    pub(super) fn directed(&self) -> bool {
        self.alpha < 1.0
    }

    /// The decays of A and C.
    pub(super) fn sequence_decay(&self) -> SequenceDecay {
        SequenceDecay { history: self.decay, future: self.future }
    }

    /// A list set of these lists, not yet standardised.
    pub(super) fn list_set(&self, lists: Lists) -> ListSetDraft {
        let source = ListSource::Collaborative;
        ListSetDraft { source, decay: self.decay, weight: 1.0, mean: 0.0, sd: 1.0, lists }
    }
}

impl<'a> Fitter<'a> {
    pub(super) fn new(scope: Scope<'a>, head: Head) -> Self {
        let visits = Visits::new(scope.history, &head, scope.steps, scope.repeats);
        Self { scope, visits, head, gram: None, sequence: None }
    }

    /// λ of a setting in visits.
    pub(super) fn choice(&mut self, setting: Setting) -> Choice {
        self.sum(&setting);
        let sequence = self.sequence.as_ref().map(|(_, sums)| sums).filter(|_| setting.directed());
        let unit = self.gram.as_ref().map_or(0.0, |(_, gram)| mean_diagonal(gram, sequence, setting.alpha));
        Choice { setting, lambda: setting.lambda * unit }
    }

    /// Each row's list under a setting, at most `length` entries.
    pub(super) fn lists(&mut self, choice: &Choice, length: usize) -> Result<Lists, SolveError> {
        let setting = &choice.setting;
        self.sum(setting);
        let sequence = self.sequence.as_ref().map(|(_, sums)| sums).filter(|_| setting.directed());
        let model = SeqLin { alpha: setting.alpha, lambda: choice.lambda, repeats: self.scope.repeats };
        let Some((_, gram)) = &self.gram else { return Ok(Lists::new()) };
        let solved = solve(gram, sequence, model)?;
        Ok(per_candidate(&solved, self.visits.targets(), self.scope.catalogue, length))
    }

    /// The head, and G over it.
    pub(super) fn into_gram(mut self, half_life_days: Option<f32>) -> (Columns, Head) {
        self.sum_gram(half_life_days);
        let gram = self.gram.map(|(_, gram)| gram.leading(self.head.len())).unwrap_or_default();
        (gram, self.head)
    }

    /// A and C of a setting over the head, if it has any.
    pub(super) fn sequence_of(&mut self, setting: &Setting) -> Option<SequenceSums> {
        self.sum(setting);
        let (_, sums) = self.sequence.as_ref().filter(|_| setting.directed())?;
        let future = sums.future.leading(self.head.len());
        Some(SequenceSums { history: sums.history.clone(), future })
    }

    fn sum(&mut self, setting: &Setting) {
        self.sum_gram(setting.half_life_days);
        let wanted = (setting.sequence_decay(), setting.half_life_days);
        if setting.directed() && self.sequence.as_ref().is_none_or(|(known, _)| *known != wanted) {
            self.sequence = None;
            self.sequence = Some((wanted, sequence_sums(&self.visits, wanted.0, wanted.1)));
        }
    }

    fn sum_gram(&mut self, half_life_days: Option<f32>) {
        if self.gram.as_ref().is_none_or(|(known, _)| *known != half_life_days) {
            self.gram = None;
            self.gram = Some((half_life_days, gram(&self.visits, half_life_days)));
        }
    }
}

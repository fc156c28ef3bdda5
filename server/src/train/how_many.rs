//! How many segments there are.
//!
//! A chain begins with more clusters than visitors are expected to fall into. Where it would end, the sums of that round say
//! which of them are one ([`homebody_learn::from_sums::how_many`]); the chain then goes on with fewer, for as many rounds
//! again, and what is not chosen is kept with the reason. A visitor pays for one report a window, as for one number alone: to
//! ask for each number by itself, or for all of them in one report with the same noise, would cost as many times that.

use homebody_learn::from_sums::Released;
use homebody_learn::from_sums::how_many::{self, Choice, Tried};
use homebody_protocol::task::{Measurement, Task};

use super::TrainOptions;
use crate::store::{Round, Section, SectionKind, SectionState};

/// Chooses within the configured range; `None` where nothing is to be chosen.
pub(super) fn choose(task: &Task, released: &Released, options: &TrainOptions) -> Option<Choice> {
    how_many::choose(task, released, *options.segments.start(), *options.segments.end())
}

/// Clusters that a measurement asks about; 0 for others.
pub(super) fn clusters(measurement: &Measurement) -> usize {
    match measurement {
        Measurement::KMeans { centres, .. } => centres.len(),
        Measurement::Mixture { shares, .. } => shares.len(),
        _ => 0,
    }
}

/// The number and the figures it was chosen by.
pub(super) fn told(choice: &Choice) -> String {
    let figure = |tried: &Tried| format!("{}: {:.2}", tried.segments, tried.bic);
    let figures: Vec<String> = choice.tried.iter().map(figure).collect();
    format!("{} segments by BIC a visitor ({})", choice.segments, figures.join(", "))
}

/// The numbers that were not chosen, of those asked for, each with the reason.
pub(super) fn rejected(choice: &Choice, round: &Round, which: impl Fn(usize) -> bool) -> Vec<Section> {
    let Some(chosen) = choice.tried.iter().find(|tried| tried.segments == choice.segments) else {
        return Vec::new();
    };
    let one = |tried: &Tried| {
        let noise = if tried.bic < chosen.bic {
            format!(", no more than noise brings about (±{:.2})", chosen.error)
        } else {
            String::new()
        };
        let (number, bic) = (tried.segments, tried.bic);
        Section {
            kind: SectionKind::Segments,
            task: round.task.clone(),
            at: round.at,
            state: SectionState::Rejected,
            reason: format!(
                "{number} segments: BIC {bic:.2} a visitor, with {} it is {:.2}{noise}",
                chosen.segments, chosen.bic
            ),
            body: Vec::new(),
        }
    };
    choice.tried.iter().filter(|tried| which(tried.segments)).map(one).collect()
}

//! Rounds of learners that need more than one: k-means, mixtures, logistic regression, the blend.
//!
//! The site adds the first task of a chain. When a window of it is released, its sums make the next centres or weights, and
//! the task that asks on with them is signed and opened here, with the mode, the noise and the cost of the first. It begins
//! when the sums were released, so that whoever is killed in between opens the very same task again. A chain ends when little
//! moves any more, or after [`TrainOptions::rounds`]; what it found is judged by the sums of its last round, which are those
//! of visitors in a window of their own:
//!
//! | learner | published as | when |
//! | --- | --- | --- |
//! | k-means, mixture | segments, as many as [`how_many`] says | visitors fall apart, and two segments have visitors beyond the noise |
//! | logistic | intent | the weights predict the last round's visits better than the base rate, beyond chance and noise |
//! | blend | factors of the parts of the next candidate | devices prefer that candidate, at the gate |

use homebody_learn::from_sums::{Released, rounds, visitors};
use homebody_protocol::mechanism::numbers::step_of;
use homebody_protocol::task::{BLEND_PARTS, Measurement, Mode, TIME_PRECISION_S, Task};
use homebody_protocol::wire::Section as Wire;

use super::due::{Turn, owe};
use super::evidence::{Summed, task_of};
use super::{Outcome, TrainError, how_many};
use crate::collect::{self, AddOptions, SplitSettings};
use crate::store::{Round, Section, SectionKind, SectionState, Store, StoreError};

/// A centre, standardised, or a weight that moves by less has arrived.
const SETTLED: f64 = 0.05;
/// λ of the prior of logistic weights and of the blend.
const L2: f64 = 1.0;

/// Uses the sums of the first round that has any and was not used.
pub(super) fn advance(turn: Turn<'_>, all: &[Summed]) -> Result<Option<Outcome>, TrainError> {
    let store = turn.store;
    for summed in all {
        let Some(released) = summed.whole() else { continue };
        let Some(found) = found(&summed.task, released) else { continue };
        if store.round(&summed.id)?.is_none() {
            return Chain { turn }.use_sums(summed, released, found).map(Some);
        }
    }
    Ok(None)
}

/// Factors of the blend, as a section keeps them.
pub(super) fn factors(section: &Section) -> Result<Vec<f64>, StoreError> {
    serde_json::from_slice(&section.body)
        .map_err(|error| StoreError::Damaged { what: "section", reason: error.to_string() })
}

/// What the sums of a round found.
enum Found {
    /// The measurement of the next round, and how far the farthest number moved.
    Next(Measurement, f64),
    /// Noise has drowned them.
    Drowned,
}

/// `None` for tasks that are no rounds.
fn found(task: &Task, released: &Released) -> Option<Found> {
    use Measurement as M;
    let mut next = task.measurement.clone();
    let moved = match &mut next {
        M::KMeans { centres, .. } => rounds::k_means(task, released).map(|found| {
            let before = std::mem::replace(centres, found.all);
            farthest(before.iter().flatten(), centres.iter().flatten())
        }),
        M::Mixture { shares, means, variances, .. } => rounds::mixture(task, released).map(|found| {
            let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<f32>>();
            let least = |values: Vec<f32>| values.into_iter().map(|value| value.max(1e-3)).collect();
            *shares = found.all.iter().map(|one| (one.share as f32).max(f32::MIN_POSITIVE)).collect();
            *variances = found.all.iter().map(|one| least(narrow(&one.variance))).collect();
            let before = std::mem::replace(means, found.all.iter().map(|one| narrow(&one.mean)).collect());
            farthest(before.iter().flatten(), means.iter().flatten())
        }),
        M::Logistic { weights, .. } => {
            rounds::logistic(task, released, L2).map(|found| replace(weights, &found))
        }
        M::Blend { weights, .. } => rounds::blend(task, released, L2).map(|found| replace(weights, &found)),
        _ => return None,
    };
    Some(moved.map_or(Found::Drowned, |moved| Found::Next(next, moved)))
}

fn replace(weights: &mut Vec<f32>, found: &[f64]) -> f64 {
    let found = found.iter().map(|&weight| weight as f32).collect();
    let before = std::mem::replace(weights, found);
    farthest(before.iter(), weights.iter())
}

fn farthest<'a>(before: impl Iterator<Item = &'a f32>, after: impl Iterator<Item = &'a f32>) -> f64 {
    before.zip(after).map(|(before, after)| f64::from((before - after).abs())).fold(0.0, f64::max)
}

/// A step of a chain.
struct Chain<'a> {
    turn: Turn<'a>,
}

impl Chain<'_> {
    fn use_sums(&self, summed: &Summed, released: &Released, found: Found) -> Result<Outcome, TrainError> {
        let before = self.turn.store.round_before(&summed.id)?;
        let number = before.as_ref().map_or(1, |before| before.number + 1);
        let first = before.map_or_else(|| summed.id.clone(), |before| before.first);
        let mut round = Round {
            task: summed.id.clone(),
            first,
            number,
            next: String::new(),
            outcome: String::new(),
            at: self.turn.now,
        };
        let sections = match found {
            Found::Drowned => {
                "ended: noise has drowned the sums".clone_into(&mut round.outcome);
                Vec::new()
            }
            Found::Next(next, moved)
                if moved > SETTLED && number < self.most_rounds(&round.first, &next)? =>
            {
                self.go_on(summed, next, &mut round, format!("the farthest number moved by {moved:.2}"))?;
                Vec::new()
            }
            Found::Next(next, moved) => self.end(summed, released, (next, moved), &mut round)?,
        };
        self.note(&round, &sections)?;
        let next = Some(round.next).filter(|next| !next.is_empty());
        Ok(Outcome::Round { name: summed.task.name.clone(), number, next, outcome: round.outcome })
    }

    /// Rounds until a chain ends: as many again once it goes on with fewer segments than it began with.
    fn most_rounds(&self, first: &str, next: &Measurement) -> Result<u32, StoreError> {
        let began = self.turn.store.task(first)?.as_ref().and_then(task_of);
        let began = began.map_or(0, |task| how_many::clusters(&task.measurement));
        let rounds = self.turn.options.rounds;
        Ok(if how_many::clusters(next) < began { 2 * rounds } else { rounds })
    }

    /// A chain whose numbers have arrived: either it goes on with fewer segments, or what it found is judged.
    fn end(
        &self,
        summed: &Summed,
        released: &Released,
        (next, moved): (Measurement, f64),
        round: &mut Round,
    ) -> Result<Vec<Section>, TrainError> {
        let options = self.turn.options;
        let may_go_on = round.number < 2 * options.rounds;
        let choice = may_go_on.then(|| how_many::choose(&summed.task, released, options)).flatten();
        if let Some((choice, fewer)) =
            choice.as_ref().and_then(|choice| Some((choice, choice.merged.clone()?)))
        {
            self.go_on(summed, fewer, round, format!("goes on with {}", how_many::told(choice)))?;
            return Ok(how_many::rejected(choice, round, |segments| segments > choice.segments));
        }
        let mut section = self.section(summed, released, &next)?;
        let mut sections = Vec::new();
        if let Some(choice) = &choice {
            section.reason += &format!("; {}", how_many::told(choice));
            sections = how_many::rejected(choice, round, |segments| segments != choice.segments);
        }
        let (kind, state) = (section.kind.word(), section.state.word());
        round.outcome = format!("{kind} {state}: {}; moved by {moved:.2}", section.reason);
        sections.push(section);
        Ok(sections)
    }

    /// Opens the task of the next round, and says why.
    fn go_on(
        &self,
        summed: &Summed,
        next: Measurement,
        round: &mut Round,
        why: String,
    ) -> Result<(), TrainError> {
        round.next = self.ask_on(summed, next, round.number + 1)?;
        round.outcome = why;
        if matches!(summed.task.mode, Mode::Split { .. }) {
            round.outcome += "; hand the helper the invitation of the next task";
        }
        Ok(())
    }

    /// Round and sections in one transaction, then the publication.
    fn note(&self, round: &Round, sections: &[Section]) -> Result<(), TrainError> {
        let publishes = sections.iter().any(|section| section.state == SectionState::Published);
        self.turn.store.write(|transaction| {
            if Store::put_round(transaction, round)? {
                sections.iter().try_for_each(|section| Store::put_section(transaction, section))?;
                if publishes {
                    owe(transaction)?;
                }
            }
            Ok::<_, StoreError>(())
        })?;
        if publishes {
            self.turn.pay()?;
        }
        Ok(())
    }

    /// Opens the task of the next round; its id.
    fn ask_on(&self, summed: &Summed, measurement: Measurement, number: u32) -> Result<String, TrainError> {
        let task = &summed.task;
        let released_at = self.turn.store.released(summed.last)?.map_or(self.turn.now, |release| release.at);
        let last = u32::MAX - (task.ends_at - task.starts_at) - TIME_PRECISION_S;
        let starts_at = u32::try_from(released_at).unwrap_or(last).min(last);
        let starts_at = starts_at - starts_at % TIME_PRECISION_S;
        // Fewer segments are a shorter report, at the same price.
        let is_shorter = how_many::clusters(&measurement) < how_many::clusters(&task.measurement);
        let bound = measurement.integers().filter(|_| is_shorter).unwrap_or(task.bound);
        let next = Task {
            name: name_of(&task.name, number),
            length: measurement.length(&bound),
            bound,
            measurement,
            starts_at,
            ends_at: starts_at + (task.ends_at - task.starts_at),
            ..task.clone()
        };
        let options = match self.turn.store.task(&summed.id)?.and_then(|stored| stored.split) {
            None => AddOptions::default(),
            Some(split) => {
                let known = serde_json::from_str::<SplitSettings>(&split).ok();
                let (helper_url, transitional) =
                    known.map_or((None, false), |known| (known.helper_url, known.transitional));
                AddOptions { helper_url, transitional, ..AddOptions::default() }
            }
        };
        let text = next.canonical();
        let added =
            collect::add(self.turn.store, self.turn.signer, &task.site, &text, &options, self.turn.now)?;
        Ok(added.stored.id)
    }

    /// What the chain found, judged.
    fn section(
        &self,
        summed: &Summed,
        released: &Released,
        next: &Measurement,
    ) -> Result<Section, TrainError> {
        let task = &summed.task;
        let section = |kind, state, reason, body| Section {
            kind,
            task: summed.id.clone(),
            at: self.turn.now,
            state,
            reason,
            body,
        };
        let (published, rejected) = (SectionState::Published, SectionState::Rejected);
        Ok(match next {
            Measurement::Blend { .. } => {
                let factors = self.blended(task, released, next)?;
                let body = serde_json::to_vec(&factors).unwrap_or_default();
                section(SectionKind::Blend, SectionState::Waiting, "waits for the gate".to_owned(), body)
            }
            Measurement::Logistic { .. } => match visitors::intent(task, released) {
                Ok((intent, gain)) => {
                    let reason = format!("a gain of {gain:.4} nats a visit over the base rate");
                    section(SectionKind::Intent, published, reason, bytes(&intent))
                }
                Err(why) => section(SectionKind::Intent, rejected, why.to_string(), Vec::new()),
            },
            _ => match visitors::segments(task, released) {
                Ok((segments, apart)) => {
                    let names: Vec<&str> = segments.all.iter().map(|segment| segment.name.as_str()).collect();
                    let reason = format!("{}: {apart:.2} of the variance between them", names.join(", "));
                    section(SectionKind::Segments, published, reason, bytes(&segments))
                }
                Err(why) => section(SectionKind::Segments, rejected, why.to_string(), Vec::new()),
            },
        })
    }

    /// Factors relative to what the parts weigh without any: those of the chain times those that are published. Parts that the
    /// table does not have are known by their missing curvature and keep what they weigh; the others keep it on average.
    fn blended(&self, task: &Task, released: &Released, next: &Measurement) -> Result<Vec<f64>, TrainError> {
        let Measurement::Blend { weights, .. } = next else { return Ok(Vec::new()) };
        let natural = released.natural(task);
        let mut diagonal = BLEND_PARTS;
        let mut is_there = Vec::new();
        for row in 0..weights.len() {
            let noise = 4.0 * released.sigma() * step_of(&task.measurement, diagonal);
            is_there.push(natural.get(diagonal).is_some_and(|cell| *cell > noise));
            diagonal += weights.len() - row;
        }
        let told: Vec<f64> = weights.iter().map(|&weight| f64::from(weight).max(0.0)).collect();
        let counted = || told.iter().zip(&is_there).filter(|(_, is_there)| **is_there).map(|(told, _)| *told);
        let mean = counted().sum::<f64>() / counted().count().max(1) as f64;
        let published = self.turn.store.section(SectionKind::Blend, SectionState::Published)?;
        let known = published.as_ref().map(factors).transpose()?.unwrap_or_else(|| vec![1.0; told.len()]);
        let factor = |((told, is_there), known): ((&f64, &bool), &f64)| {
            if *is_there && mean > 0.0 { known * told / mean } else { *known }
        };
        Ok(told.iter().zip(&is_there).zip(&known).map(factor).collect())
    }
}

/// The name of a round: the first one's, and its number.
fn name_of(name: &str, number: u32) -> String {
    let base = match name.rsplit_once("-r") {
        Some((base, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            base
        }
        _ => name,
    };
    let end = format!("-r{number}");
    // Names are ASCII.
    format!("{}{end}", base.get(..64 - end.len()).unwrap_or(base))
}

fn bytes<S: Wire>(section: &S) -> Vec<u8> {
    let mut bytes = Vec::new();
    section.write(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_numbered() {
        assert_eq!(
            (name_of("k-means", 2), name_of("k-means-r2", 3)),
            ("k-means-r2".into(), "k-means-r3".into())
        );
        assert_eq!(name_of("after-rain", 2), "after-rain-r2");
        assert_eq!(name_of(&"a".repeat(64), 10).len(), 64);
    }
}

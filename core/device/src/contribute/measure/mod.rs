//! Measurements: what a device would say to a task. Pure: facts and a secret in, a vector within the task's bound out,
//! whatever the facts are.
//!
//! | measurement | file | vector | silent when |
//! | --- | --- | --- | --- |
//! | popularity, pairs, directed pairs | `head.rs` | ones at items or pairs of the head | nothing of the head was wanted |
//! | segments, k-means, mixture, moments | `visitor.rs` | the visitor's segment or features | nothing was ever done |
//! | logistic, intent, calibration | `visit.rs` | a visit and how it ended | no visit ended in the window |
//! | drift, diversity, decisions, experiment | `counts.rs` | a bin or a cell | nothing is known |
//! | metric | `metric.rs` | six numbers at the visitor's variant | nobody was exposed |
//! | off-policy | `decision.rs` | the weight of a decision, and how it ended | none was settled in the window |
//! | gate, votes, evaluation, blend | `models.rs` | how models rank what was wanted last | nothing to hold out |
//!
//! Of more ones than the bound admits, those that stay are drawn ([`homebody_protocol::mechanism::bounded`]).

mod counts;
#[cfg(feature = "contribute")]
mod decision;
mod head;
#[cfg(feature = "contribute")]
mod metric;
#[cfg(feature = "contribute")]
mod models;
mod outcome;
mod visit;
mod visitor;

use homebody_protocol::mechanism::{Draw, Secret, Stream, bounded, numbers};
use homebody_protocol::models::Extras;
use homebody_protocol::table::Table;
use homebody_protocol::task::{Bound, Measurement, Task, TaskId};

use super::visit::Visit;
use crate::profile::Profile;

/// What is known when a task is answered.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// The catalogue table, or the pool where there is none: what lists are audited against.
    pub table: Option<&'a Table<Vec<u8>>>,
    /// Tables that tasks name by hash.
    pub models: &'a [Model<'a>],
    /// The last visit that ended, see [`super::VisitNote`].
    pub visit: Option<&'a Visit>,
    /// The visitor's part in the experiment that is asked about.
    pub exposure: Option<Exposure>,
    /// The sum of the granted [`crate::Purpose`] codes; `None` when unknown.
    pub granted: Option<u8>,
    /// Milliseconds since 1970.
    pub now_ms: u64,
}

/// A table and its hash.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    /// SHA-256 of the table's bytes, 64 hex digits.
    pub hash: &'a str,
    /// The table.
    pub table: &'a Table<Vec<u8>>,
}

/// The first time that a visitor was exposed to an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The variant, by its place among all.
    pub variant: u32,
    /// When that was, milliseconds since 1970.
    pub at_ms: u64,
}

/// A vector and the part it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The part.
    pub part: u32,
    /// As long as the task says, and within its bound.
    pub vector: Vec<u32>,
}

/// What the measuring functions look at.
struct Question<'a> {
    task: &'a Task,
    facts: &'a Facts<'a>,
    secret: &'a Secret,
    id: &'a TaskId,
    window: u32,
}

/// What they find.
enum Finding {
    /// Cells that are 1.
    Ones(Vec<u32>),
    /// Cells that are 1, in a part.
    Part(u32, Vec<u32>),
    /// Natural statistics, see [`homebody_protocol::mechanism::numbers`].
    Statistics(Vec<f64>),
}

/// What a device says to a task in a window. The vector has the task's length and is within its bound whatever the facts
/// are.
pub fn measure(task: &Task, id: &TaskId, facts: &Facts<'_>, secret: &Secret, window: u32) -> Measured {
    let question = Question { task, facts, secret, id, window };
    let (part, vector) = match question.finding() {
        Finding::Ones(cells) => (0, bounded::ones(task, &cells, &mut question.draw(Draw::Clip))),
        Finding::Part(part, cells) => (part, bounded::ones(task, &cells, &mut question.draw(Draw::Clip))),
        Finding::Statistics(natural) => {
            let numbers = numbers::encode(&task.measurement, &natural, &mut question.draw(Draw::Round));
            (0, bounded::integers(task, &numbers))
        }
    };
    Measured { part, vector }
}

/// Whether a measurement is answered only by the builds that rank with tables. [`Measurement::Metric`] and
/// [`Measurement::OffPolicy`] rank nothing; they are there because the module that every contributing page loads is full.
pub fn needs_ranking(measurement: &Measurement) -> bool {
    use Measurement as M;
    matches!(
        measurement,
        M::Blend { .. }
            | M::Diversity { .. }
            | M::Gate { .. }
            | M::Votes { .. }
            | M::Evaluation { .. }
            | M::Metric { .. }
            | M::OffPolicy { .. }
    )
}

impl Question<'_> {
    fn finding(&self) -> Finding {
        use Measurement as M;
        match &self.task.measurement {
            M::Popularity { head } => Finding::Ones(self.popularity(head)),
            M::CoOccurrence { .. } | M::DirectedPairs { .. } => {
                let (part, cells) = self.pairs();
                Finding::Part(part, cells)
            }
            M::Segments { segments } => Finding::Ones(self.segment(*segments)),
            M::KMeans { scale, centres, .. } => Finding::Statistics(self.k_means(scale, centres)),
            M::Mixture { .. } => Finding::Statistics(self.mixture()),
            M::SecondMoments { scale, .. } => Finding::Statistics(self.second_moments(scale)),
            M::Logistic { scale, weights, .. } => Finding::Statistics(self.logistic(scale, weights)),
            M::Intent { edges } => Finding::Ones(self.intent(edges)),
            #[cfg(feature = "contribute")]
            M::Blend { model, weights, .. } => Finding::Statistics(self.blend(model, weights)),
            M::Experiment { variants, outcomes, .. } => Finding::Ones(self.experiment(*variants, *outcomes)),
            #[cfg(feature = "contribute")]
            M::Metric { variants, metric, limit, .. } => {
                Finding::Statistics(self.metric(*variants, *metric, *limit))
            }
            M::Calibration { bins } => Finding::Ones(self.calibration(*bins)),
            #[cfg(feature = "contribute")]
            M::Diversity { bins } => Finding::Ones(self.diversity(*bins)),
            M::Drift { edges } => Finding::Ones(self.drift(edges)),
            M::Decisions {} => Finding::Ones(self.decisions()),
            #[cfg(feature = "contribute")]
            M::Gate { champion, candidate, top } => Finding::Ones(self.gate(champion, candidate, *top)),
            #[cfg(feature = "contribute")]
            M::Votes { model, settings, top } => Finding::Ones(self.votes(model, settings, *top)),
            #[cfg(feature = "contribute")]
            M::Evaluation { model, ranks } => Finding::Ones(self.evaluation(model, ranks)),
            #[cfg(feature = "contribute")]
            M::OffPolicy { strength, weights } => Finding::Ones(self.off_policy(*strength, weights)),
            // [`needs_ranking`]: the shell loads the module that has it, or does not answer.
            #[cfg(not(feature = "contribute"))]
            _ => Finding::Ones(Vec::new()),
        }
    }

    /// What is drawn for a purpose in this window.
    fn draw(&self, purpose: Draw) -> Stream {
        self.secret.draw(purpose, self.id, u64::from(self.window))
    }

    /// The beginning of what the window looks back on, milliseconds since 1970.
    fn since_ms(&self) -> u64 {
        self.facts.now_ms.saturating_sub(u64::from(self.task.window_s) * 1_000)
    }

    fn is_recent(&self, at_ms: u64) -> bool {
        at_ms > self.since_ms() && at_ms <= self.facts.now_ms
    }

    /// Most ones of a report.
    fn ones(&self) -> usize {
        match self.task.bound {
            Bound::OneHot => 1,
            Bound::MultiHot { ones } => ones as usize,
            Bound::Integers { .. } => 0,
        }
    }

    #[cfg(feature = "contribute")]
    fn model(&self, hash: &str) -> Option<&Table<Vec<u8>>> {
        self.facts.models.iter().find(|model| model.hash == hash).map(|model| model.table)
    }

    /// Whether the visitor did anything: features of nobody are nobody's.
    fn is_somebody(&self) -> bool {
        self.facts.profile.interactions() > 0
    }
}

impl<'a> Facts<'a> {
    /// A profile and nothing else.
    pub fn new(profile: &'a Profile, now_ms: u64) -> Self {
        Self { profile, table: None, models: &[], visit: None, exposure: None, granted: None, now_ms }
    }

    /// The models of a table, if there is one.
    pub fn extras(&self) -> Option<&'a Extras> {
        self.table.map(Table::extras)
    }
}

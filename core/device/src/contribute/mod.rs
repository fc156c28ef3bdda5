//! Contributions: what a device says to a task, and the ledger that bounds how much it ever says.
//!
//! [`contribute`] is the one door. It asks, in this order: is there consent, is the task within this device's limits, is
//! its window open and not answered yet, is there budget. Only then is the budget debited, and only a [`Debit`] makes a
//! report: without one, code that sends does not compile.
//!
//! What is sent is decided by [`measure`], a pure function of the profile, the tables and the ledger's secret. A device
//! with nothing to say sends the task's default report, so that being silent says nothing either.
//!
//! The shell stores [`Ledger::encode`] and the [`Witness`] in different places, both before it sends anything.

mod ledger;
mod measure;
mod read;
mod visit;

pub use ledger::{
    Account, Caps, Debit, Declined, Ledger, LedgerError, LedgerView, SentView, Standing, StandingView,
    TaskView, VERSION, Witness,
};
pub use measure::{Exposure, Facts, Measured, Model, measure, needs_ranking};
pub use read::read_task;
pub use visit::{Visit, VisitNote};

use homebody_protocol::mechanism::{Draw, Hadamard, RandomisedResponse};
use homebody_protocol::report::{Body, Report};
use homebody_protocol::task::{Answer, LocalLimits, Mode, PartId, Task, TaskId};

use crate::consent::Consent;

/// Reports wait up to so long before they are sent, so that when they come says nothing about when something was done.
pub const MAX_DELAY_S: u64 = 6 * 3_600;

/// One report, debited and ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The task.
    pub task: TaskId,
    /// The part's number.
    pub part: u32,
    /// The task's window.
    pub window: u32,
    /// What was measured, in plain: shown to the visitor, and shared out to the aggregators under `split`.
    pub vector: Vec<u32>,
    /// What the server gets to see under `trusted` and `local`.
    pub body: Body,
    /// Tells the same report sent twice.
    pub nonce: [u8; 16],
    /// Not to be sent before, unix seconds.
    pub due_at_s: u64,
    /// What was debited.
    pub debit: Debit,
}

impl Contribution {
    /// What aggregators know the part by.
    pub fn part_id(&self) -> PartId {
        self.task.part(self.part)
    }

    /// The bytes to post under `trusted` and `local`. Under `split` the vector is shared out instead.
    pub fn report(&self, task: &Task) -> Vec<u8> {
        let Self { window, nonce, .. } = *self;
        Report { part: self.part_id(), window, nonce, body: self.body.clone() }.write(task)
    }
}

/// Answers a task, once a window: measures, debits, and draws what is said.
///
/// `now_ms` is taken from `facts`. Everything that is drawn follows from the ledger's secret, the task and the window.
///
/// # Errors
/// [`Declined`]; then nothing is debited and nothing is to be sent.
pub fn contribute(
    ledger: &mut Ledger,
    task: &Task,
    facts: &Facts<'_>,
    consent: Consent,
    limits: &LocalLimits,
) -> Result<Contribution, Declined> {
    contribute_to(ledger, task, task.id(), facts, consent, limits)
}

/// The same for a task whose id is known: browsers hash the signed bytes themselves.
///
/// # Errors
/// As for [`contribute`].
pub fn contribute_to(
    ledger: &mut Ledger,
    task: &Task,
    id: TaskId,
    facts: &Facts<'_>,
    consent: Consent,
    limits: &LocalLimits,
) -> Result<Contribution, Declined> {
    let now_s = facts.now_ms / 1_000;
    let window = ledger.may_answer(task, &id, consent, limits, now_s)?;
    let Measured { part, vector } = measure(task, &id, facts, ledger.secret(), window);
    let cell = vector.iter().zip(0u32..).find(|(value, _)| **value > 0).map(|(_, cell)| cell);
    let debit = ledger.debit(task, &id, part, window, cell, now_s)?;
    let mut drawn = ledger.secret().draw(Draw::Nonce, &id, u64::from(window));
    // A second at least: a report is seen before it leaves.
    let delay_s = 1 + ledger.secret().draw(Draw::Delay, &id, u64::from(window)).below(MAX_DELAY_S);
    let body = body(&debit, ledger, task, &id, &vector);
    Ok(Contribution {
        task: id,
        part,
        window,
        vector,
        body,
        nonce: drawn.bytes16(),
        due_at_s: now_s.saturating_add(delay_s),
        debit,
    })
}

/// What leaves the device, paid for.
fn body(_paid: &Debit, ledger: &Ledger, task: &Task, id: &TaskId, vector: &[u32]) -> Body {
    let cell = || vector.iter().zip(0u32..).find(|(value, _)| **value > 0).map_or(0, |(_, cell)| cell);
    match task.mode {
        Mode::Local { answer: Answer::RandomisedResponse, micro_epsilon } => {
            let mechanism = RandomisedResponse::new(task.length, micro_epsilon);
            Body::Cell(mechanism.answer(ledger.secret(), id, cell()))
        }
        Mode::Local { answer: Answer::Hadamard, micro_epsilon } => {
            Body::Sign(Hadamard::new(task.length, micro_epsilon).answer(ledger.secret(), id, cell()))
        }
        Mode::Trusted { .. } | Mode::Split { .. } => Body::Vector(vector.to_vec()),
    }
}

#[cfg(test)]
mod tests;

//! The candidate before its judges.

use homebody_learn::from_sums::Released;
use homebody_learn::from_sums::verdict::{self, Verdict};

use super::due::Turn;
use super::evidence::{Summed, task_of};
use super::step::{close, compared};
use super::{Outcome, TrainError, gate};
use crate::collect::{self, AddOptions};
use crate::store::{ModelSummary, Store};

/// Publishes the candidate's table beside the champion's, and asks devices to compare the two. May be called again by
/// whoever does not know whether he had asked.
pub(super) fn ask(turn: Turn<'_>, model: u64) -> Result<Outcome, TrainError> {
    let store = turn.store;
    turn.pay()?;
    let (champion, candidate) = compared(store)?.ok_or(TrainError::NoCatalogueTable)?;
    if champion == candidate {
        let reason = "it ranks as the one in use does".to_owned();
        return close(turn, (model, None, reason));
    }
    let gate = open(turn, &format!("gate-{model}"), (&champion, &candidate))?;
    store.write(|transaction| Store::set_gate(transaction, model, &gate))?;
    Ok(Outcome::Asked { model, gate })
}

/// Asks whether the second table is better than the first, unless that is being asked already; the task.
pub(super) fn open(turn: Turn<'_>, name: &str, (old, new): (&str, &str)) -> Result<String, TrainError> {
    let Turn { store, signer, options, now } = turn;
    let known = store.tasks()?.into_iter().find(|known| {
        let tables = task_of(known).and_then(|task| gate::tables(&task));
        known.name == name
            && known.closed_at.is_none()
            && tables
                .is_some_and(|(champion, candidate)| (champion.as_str(), candidate.as_str()) == (old, new))
    });
    if let Some(known) = known {
        return Ok(known.id);
    }
    let site = &options.publish.site;
    let weeks = gate::weeks(name, options.watch_s);
    let task = gate::question(site, name, (old, new), options.min_batch_size, weeks, now)?;
    let added = collect::add(store, signer, site, &task.canonical(), &AddOptions::default(), now)?;
    Ok(added.stored.id)
}

/// Decides about a candidate, if there is enough to decide by.
pub(super) fn judge(turn: Turn<'_>, waiting: &ModelSummary, all: &[Summed]) -> Result<Outcome, TrainError> {
    let Turn { store, now, .. } = turn;
    let gate = waiting.gate.as_deref().map(|gate| store.task(gate)).transpose()?.flatten();
    let asked = gate.as_ref().and_then(task_of).and_then(|task| gate::tables(&task));
    let (Some(gate), Some(tables)) = (gate, asked.filter(|tables| is_served(store, tables))) else {
        // Killed before the question was asked, or the tables went with a rollback.
        if let Some(gate) = waiting.gate.as_deref() {
            store.close_task(gate, now)?;
        }
        return ask(turn, waiting.id);
    };
    let answers = gate::answers(all, &tables.0, &tables.1);
    let is_over = gate::is_over(&gate, now);
    settle(turn, waiting.id, answers.as_ref(), is_over)
}

fn is_served(store: &Store, tables: &(String, String)) -> bool {
    compared(store).is_ok_and(|served| served.as_ref() == Some(tables))
}

fn settle(
    turn: Turn<'_>,
    model: u64,
    answers: Option<&Released>,
    is_over: bool,
) -> Result<Outcome, TrainError> {
    let judged = answers.and_then(verdict::gate);
    let (verdict, difference) =
        judged.map_or((Verdict::Wait, 0.0), |decision| (decision.verdict, decision.difference));
    let reports = answers.map_or(0, |answers| answers.reports as u64);
    let told = format!("{reports} devices: {:+.2} hits in a hundred", 100.0 * difference);
    let (better_by, reason) = match verdict {
        Verdict::Promote => (Some(difference), told),
        Verdict::Reject => (None, told),
        Verdict::Wait if is_over => {
            (None, format!("{reports} devices in time, and no difference beyond chance and noise"))
        }
        Verdict::Wait => return Ok(Outcome::Waiting { model, reports, difference }),
    };
    close(turn, (model, better_by, reason))
}

//! The modules that contribute: `contribute`, loaded once tasks are to be answered, and `judge`, the same with the
//! ranker, for tasks that are answered by ranking with tables. Functions from the ledger's bytes to new ones.
//!
//! Arguments and results are parcels (see `parcel.rs`). A result stands behind a 0, the stable code of what is wrong
//! behind a 1. Every call begins with the books: the ledger's bytes (empty when there are none), its witness (eight
//! bytes, or none) and 32 bytes of entropy, which become the secret of a ledger that is new.

use homebody_device::contribute::{
    Account, Contribution, Declined, Exposure, Facts, Ledger, Model, Standing, Witness, contribute_to,
    needs_ranking, read_task,
};
use homebody_device::{Consent, Profile};
use homebody_protocol::table::Table;
use homebody_protocol::task::{LocalLimits, Mode, Task, TaskId};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::millis;
use crate::parcel::{Parcel, floats, numbers, parcel};

/// Whether a task is to be answered now: its window. After the books: the task's verified payload. `bits`: the purposes
/// allowed. `epsilon`: what one answer may cost by the notice, infinity where it says nothing. Errors: `ledger_…`, `task_…`, `declined_…`.
#[wasm_bindgen(js_name = mayAnswer)]
pub fn may_answer(input: &[u8], bits: u8, epsilon: f64, now_ms: f64) -> Vec<u8> {
    answer(|| {
        let mut input = Parcel::new(input);
        let (ledger, (id, task)) = (open(&mut input)?, read(&mut input)?);
        let (consent, limits) = (Consent::from_bits(bits, 0), LocalLimits::default().promising(epsilon));
        let window = ledger.may_answer(&task, &id, consent, &limits, millis(now_ms) / 1_000);
        Ok(parcel(&[&window.map_err(declined)?.to_le_bytes()]))
    })
}

/// Answers a task. After the books: its verified payload, the profile, the table that lists are audited against (empty:
/// none), then hash and bytes of each table that the task names. `variant` and `exposed_ms`: of the experiment that the
/// task asks about, and when the visitor was exposed to it; left out for never.
///
/// The result: the ledger, its witness, the bytes to post (none under `split`), the id that
/// aggregators know the part by, the nonce, the vector, then part, window,
/// and millionths of ρ and of ε that were debited, and the second from which on it may be sent. Both of the first two are
/// to be kept before anything is sent. Errors: as for `mayAnswer`, and `profile_…`.
#[wasm_bindgen]
pub fn contribute(
    input: &[u8],
    bits: u8,
    epsilon: f64,
    now_ms: f64,
    variant: u32,
    exposed_ms: f64,
) -> Vec<u8> {
    answer(|| {
        let mut input = Parcel::new(input);
        let (mut ledger, (id, task)) = (open(&mut input)?, read(&mut input)?);
        let profile = Profile::decode(input.next()).map_err(|error| error.code())?;
        let audited = table(input.next());
        let tables = models(&mut input);
        let models: Vec<_> = tables.iter().map(|(hash, table)| Model { hash, table }).collect();
        let visit = ledger.visits.ended().copied();
        let facts = Facts {
            table: audited.as_ref(),
            models: &models,
            visit: visit.as_ref(),
            exposure: (exposed_ms > 0.0).then(|| Exposure { variant, at_ms: millis(exposed_ms) }),
            granted: Some(bits),
            ..Facts::new(&profile, millis(now_ms))
        };
        let consent = Consent::from_bits(bits, 0);
        let limits = LocalLimits::default().promising(epsilon);
        let said = contribute_to(&mut ledger, &task, id, &facts, consent, &limits);
        Ok(packed(&ledger, &task, &said.map_err(declined)?))
    })
}

/// Takes note of how a visit goes, for tasks that learn from how visits end. After the books: the profile. `chance`: of a
/// purchase, as predicted; negative when it is not. The result: the ledger.
#[wasm_bindgen]
pub fn follow(input: &[u8], chance: f32, now_ms: f64) -> Vec<u8> {
    answer(|| {
        let mut input = Parcel::new(input);
        let mut ledger = open(&mut input)?;
        let profile = Profile::decode(input.next()).map_err(|error| error.code())?;
        ledger.visits.follow(&profile, (chance >= 0.0).then_some(chance), millis(now_ms));
        Ok(parcel(&[&ledger.encode()]))
    })
}

/// What is spent and left: for sums with noise, then for answers with noise, spent in 30 days and the most, in 365 days
/// and the most; ε of the first in 30 and in 365 days; reports today. Then for each task its id (64 hex digits), its
/// name, and its reports, millionths of ρ and of ε. Errors: `ledger_…`.
#[wasm_bindgen]
pub fn budget(input: &[u8], now_ms: f64) -> Vec<u8> {
    answer(|| {
        let ledger = open(&mut Parcel::new(input))?;
        let now_s = millis(now_ms) / 1_000;
        let view = ledger.view(now_s);
        let standing = |account| {
            let Standing { month, month_cap, year, year_cap } = ledger.standing(account, now_s);
            [month, month_cap, year, year_cap].map(|amount| amount as f64)
        };
        let (released, told) = (standing(Account::Released), standing(Account::Told));
        let rest = [view.released_epsilon_month, view.released_epsilon_year, f64::from(view.reports_today)];
        let mut out = parcel(&[&floats(&[&released[..], &told, &rest].concat())]);
        for task in &view.tasks {
            let spent = [f64::from(task.reports), task.micro_rho as f64, task.micro_epsilon as f64];
            out.extend(&parcel(&[task.id.as_bytes(), task.name.as_bytes(), &floats(&spent)])[1..]);
        }
        Ok(out)
    })
}

/// A stable code.
type Refusal = &'static str;

fn open(input: &mut Parcel<'_>) -> Result<Ledger, Refusal> {
    let bytes = Some(input.next()).filter(|bytes| !bytes.is_empty());
    let witness = input.array().map(|bytes| Witness(u64::from_le_bytes(bytes)));
    let fresh = input.array().ok_or("internal")?;
    Ledger::open(bytes, witness, fresh).map_err(|error| error.code())
}

fn read(input: &mut Parcel<'_>) -> Result<(TaskId, Task), Refusal> {
    let id = TaskId(input.array().ok_or("internal")?);
    let task = read_task(input.next()).map_err(|error| error.code())?;
    // The other module answers it.
    if cfg!(not(feature = "judge")) && needs_ranking(&task.measurement) {
        return Err("declined_ranking");
    }
    Ok((id, task))
}

fn declined(why: Declined) -> Refusal {
    why.code()
}

fn table(bytes: &[u8]) -> Option<Table<Vec<u8>>> {
    // Nobody asks without the ranker, and a reader that is never called is not linked.
    if cfg!(feature = "judge") { Table::read(bytes.to_vec()).ok() } else { None }
}

fn models<'a>(input: &mut Parcel<'a>) -> Vec<(&'a str, Table<Vec<u8>>)> {
    let mut models = Vec::new();
    while !input.is_empty() {
        let hash = input.text();
        models.extend(table(input.next()).map(|table| (hash, table)));
    }
    models
}

fn packed(ledger: &Ledger, task: &Task, said: &Contribution) -> Vec<u8> {
    let report = match task.mode {
        Mode::Split { .. } => Vec::new(),
        Mode::Trusted { .. } | Mode::Local { .. } => said.report(task),
    };
    let (debit, due_at_s) = (&said.debit, u32::try_from(said.due_at_s).unwrap_or(u32::MAX));
    parcel(&[
        &ledger.encode(),
        &ledger.witness().0.to_le_bytes(),
        &report,
        &said.part_id().0,
        &said.nonce,
        &numbers(&said.vector),
        &numbers(&[said.part, said.window, debit.micro_rho(), debit.micro_epsilon(), due_at_s]),
    ])
}

fn answer(work: impl FnOnce() -> Result<Vec<u8>, Refusal>) -> Vec<u8> {
    work().unwrap_or_else(|code| [&[1], code.as_bytes()].concat())
}

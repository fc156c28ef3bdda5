//! The ledger: what this device has said, and how much more it may say.
//!
//! Two accounts, each with a cap for 30 days and one for 365 (rolling, by day):
//!
//! * *released*: `trusted` and `split` tasks, whose sums carry noise, in millionths of ρ (zCDP), which add up exactly;
//! * *told*: `local` tasks, whose answers carry the noise themselves, in millionths of ε, which add up at the worst. An
//!   answer that was told before (the same task, the same cell) is told again for nothing: it is the same answer.
//!
//! A budget is debited before there is a report, and a debit is never taken back: a report that got lost was paid for.
//! A ledger that is gone, damaged or older than its [`Witness`] opens as an error, and nothing is sent: what cannot be
//! counted cannot be capped. Erasing everything on the device begins anew, which the visitor may do and nobody else.

mod codec;
mod debit;
mod view;

pub use codec::{LedgerError, VERSION};
pub use debit::{Debit, Declined};
pub use view::{LedgerView, SentView, StandingView, TaskView};

use homebody_protocol::mechanism::Secret;
use homebody_protocol::task::TaskId;

use super::visit::VisitNote;

/// Days that count for a year's cap.
const YEAR_DAYS: u16 = 365;
/// Days that count for a month's cap.
const MONTH_DAYS: u16 = 30;
/// Most tasks remembered.
pub(super) const MAX_TASKS: usize = 128;
/// Most reports that are listed one by one.
pub(super) const MAX_SENT: usize = 64;
/// Most days with an entry of their own.
pub(super) const MAX_DAYS: usize = YEAR_DAYS as usize;
/// Most cells of a task whose answers were told.
pub(super) const MAX_TOLD: usize = homebody_protocol::task::MAX_LOCAL_CELLS as usize;

/// An account of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "json", serde(rename_all = "snake_case"))]
pub enum Account {
    /// Millionths of ρ.
    Released,
    /// Millionths of ε.
    Told,
}

/// How much a device ever says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Millionths of ρ in 30 days: ε 2.0 at δ 10⁻⁶.
    pub released_month: u64,
    /// Millionths of ρ in 365 days: ε 7.7 at δ 10⁻⁶.
    pub released_year: u64,
    /// Millionths of ε in 30 days.
    pub told_month: u64,
    /// Millionths of ε in 365 days.
    pub told_year: u64,
    /// Reports a day.
    pub reports_a_day: u16,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            released_month: 70_000,
            released_year: 860_000,
            told_month: 4_000_000,
            told_year: 16_000_000,
            reports_a_day: 8,
        }
    }
}

/// What this device has said. See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    pub(super) secret: Secret,
    /// Grows by one with every debit.
    pub(super) sequence: u64,
    /// Ascending; days on which something was debited.
    pub(super) days: Vec<Day>,
    pub(super) tasks: Vec<TaskEntry>,
    /// Oldest first.
    pub(super) sent: Vec<Sent>,
    /// Examples for `logistic`, `intent` and `calibration`; kept here because they are for contributions alone.
    pub visits: VisitNote,
}

/// What was debited on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Day {
    /// Days since 1970.
    pub(super) day: u16,
    pub(super) released: u32,
    pub(super) told: u32,
    pub(super) reports: u16,
}

/// What was said to one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TaskEntry {
    pub(super) id: TaskId,
    pub(super) name: String,
    /// 0 `trusted`, 1 `local`, 2 `split`.
    pub(super) mode: u8,
    /// First window not answered yet.
    pub(super) next_window: u32,
    pub(super) reports: u32,
    pub(super) released: u64,
    pub(super) told: u64,
    /// Unix seconds after which the entry may be forgotten: no window of the task is open any more.
    pub(super) ends_at: u32,
    /// Cells whose answers were told; `local` only.
    pub(super) cells: Vec<u16>,
}

/// One report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) task: TaskId,
    pub(super) at_s: u64,
    pub(super) part: u32,
    pub(super) window: u32,
    pub(super) released: u32,
    pub(super) told: u32,
}

/// Eight bytes to be stored away from the ledger: with them, a ledger that was lost or put back is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Witness(pub u64);

/// What is left of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Standing {
    /// Spent in the last 30 days.
    pub month: u64,
    /// What can be spent in 30 days.
    pub month_cap: u64,
    /// Spent in the last 365 days.
    pub year: u64,
    /// What can be spent in 365 days.
    pub year_cap: u64,
}

impl Ledger {
    /// An empty ledger with thirty-two bytes of the system's generator of random numbers.
    pub fn new(secret: [u8; 32]) -> Self {
        Self {
            secret: Secret::new(secret),
            sequence: 0,
            days: Vec::new(),
            tasks: Vec::new(),
            sent: Vec::new(),
            visits: VisitNote::default(),
        }
    }

    /// Where everything drawn comes from.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What has to be stored away from the ledger, before a report is sent.
    pub fn witness(&self) -> Witness {
        Witness(self.sequence)
    }

    /// What is spent of an account, and what is there to spend, by the default caps.
    pub fn standing(&self, account: Account, now_s: u64) -> Standing {
        let today = self.today(now_s);
        let spent = |days: u16| -> u64 {
            let counts = |day: &&Day| today.saturating_sub(day.day) < days;
            self.days.iter().filter(counts).map(|day| u64::from(day.of(account))).sum()
        };
        let caps = Caps::default();
        let (month_cap, year_cap) = match account {
            Account::Released => (caps.released_month, caps.released_year),
            Account::Told => (caps.told_month, caps.told_year),
        };
        Standing { month: spent(MONTH_DAYS), month_cap, year: spent(YEAR_DAYS), year_cap }
    }

    /// Reports of the day.
    pub fn reports_today(&self, now_s: u64) -> u16 {
        let today = self.today(now_s);
        self.days.iter().find(|day| day.day == today).map_or(0, |day| day.reports)
    }

    /// The day of a moment; never before the last day with an entry, so that a clock set back wins nothing.
    fn today(&self, now_s: u64) -> u16 {
        let day = crate::profile::day_of(now_s.saturating_mul(1_000));
        day.max(self.days.last().map_or(0, |last| last.day))
    }
}

impl Day {
    fn of(&self, account: Account) -> u32 {
        match account {
            Account::Released => self.released,
            Account::Told => self.told,
        }
    }
}

impl Standing {
    /// Whether an amount can still be spent.
    pub fn affords(&self, amount: u64) -> bool {
        self.month.saturating_add(amount) <= self.month_cap
            && self.year.saturating_add(amount) <= self.year_cap
    }
}

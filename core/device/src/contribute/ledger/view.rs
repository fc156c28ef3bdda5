//! The ledger for the visitor's eyes.

use homebody_protocol::accounting;

use super::{Account, Ledger, Standing};
#[cfg(feature = "care")]
use crate::care::document::{Document, record};

/// δ at which ε is shown.
const DELTA: f64 = 1e-6;

/// What was said, and what is left.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct LedgerView {
    /// Budget of sums with noise, millionths of ρ.
    pub released: StandingView,
    /// ε of what was spent of it in 30 days, at δ = 10⁻⁶.
    pub released_epsilon_month: f64,
    /// The same in 365 days.
    pub released_epsilon_year: f64,
    /// Budget of answers with noise, millionths of ε.
    pub told: StandingView,
    /// Reports today.
    pub reports_today: u32,
    /// Each task answered.
    pub tasks: Vec<TaskView>,
    /// The last reports, newest first.
    pub sent: Vec<SentView>,
}

/// What is left of an account.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct StandingView {
    /// Spent in the last 30 days.
    pub month: u32,
    /// What can be spent in 30 days.
    pub month_cap: u32,
    /// Spent in the last 365 days.
    pub year: u32,
    /// What can be spent in 365 days.
    pub year_cap: u32,
}

/// What was said to one task.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct TaskView {
    /// 64 hex digits.
    pub id: String,
    /// The task's name.
    pub name: String,
    /// `trusted`, `local` or `split`.
    pub mode: String,
    /// Reports sent.
    pub reports: u32,
    /// Millionths of ρ spent on it.
    pub micro_rho: u32,
    /// Millionths of ε spent on it.
    pub micro_epsilon: u32,
}

/// One report.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct SentView {
    /// The task, 64 hex digits.
    pub task: String,
    /// When it was debited, unix seconds.
    pub at_s: f64,
    /// The task's window.
    pub window: u32,
    /// The part.
    pub part: u32,
    /// Millionths of ρ debited.
    pub micro_rho: u32,
    /// Millionths of ε debited.
    pub micro_epsilon: u32,
}

impl Ledger {
    /// Everything the ledger knows but its secret.
    pub fn view(&self, now_s: u64) -> LedgerView {
        let released = self.standing(Account::Released, now_s);
        let task = |entry: &super::TaskEntry| TaskView {
            id: entry.id.to_hex(),
            name: entry.name.clone(),
            mode: ["trusted", "local", "split"]
                .get(usize::from(entry.mode))
                .map_or_else(String::new, |&name| name.to_owned()),
            reports: entry.reports,
            micro_rho: narrow(entry.released),
            micro_epsilon: narrow(entry.told),
        };
        let sent = |sent: &super::Sent| SentView {
            task: sent.task.to_hex(),
            at_s: sent.at_s as f64,
            window: sent.window,
            part: sent.part,
            micro_rho: sent.released,
            micro_epsilon: sent.told,
        };
        LedgerView {
            released: shown(released),
            released_epsilon_month: accounting::epsilon(released.month, DELTA),
            released_epsilon_year: accounting::epsilon(released.year, DELTA),
            told: shown(self.standing(Account::Told, now_s)),
            reports_today: u32::from(self.reports_today(now_s)),
            tasks: self.tasks.iter().map(task).collect(),
            sent: self.sent.iter().rev().map(sent).collect(),
        }
    }
}

#[cfg(feature = "care")]
impl LedgerView {
    /// As a document of named fields, see [`crate::care`].
    pub fn to_bytes(&self) -> Vec<u8> {
        Document::to_bytes(self)
    }
}

fn shown(standing: Standing) -> StandingView {
    let Standing { month, month_cap, year, year_cap } = standing;
    let [month, month_cap, year, year_cap] = [month, month_cap, year, year_cap].map(narrow);
    StandingView { month, month_cap, year, year_cap }
}

/// Beyond the largest number of 32 bits nothing is ever spent.
fn narrow(amount: u64) -> u32 {
    u32::try_from(amount).unwrap_or(u32::MAX)
}

#[cfg(feature = "care")]
record!(LedgerView {
    must released,
    must released_epsilon_month,
    must released_epsilon_year,
    must told,
    must reports_today,
    must tasks,
    must sent,
});
#[cfg(feature = "care")]
record!(StandingView { must month, must month_cap, must year, must year_cap });
#[cfg(feature = "care")]
record!(TaskView { must id, must name, must mode, must reports, must micro_rho, must micro_epsilon });
#[cfg(feature = "care")]
record!(SentView { must task, must at_s, must window, must part, must micro_rho, must micro_epsilon });

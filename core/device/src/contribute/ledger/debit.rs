//! Debiting: the only way to a report.

use homebody_protocol::task::{LocalLimits, Mode, Refusal, Task, TaskId, TaskPurpose};

use super::{Account, Caps, Day, Ledger, MAX_SENT, MAX_TASKS, MAX_TOLD, Sent, TaskEntry};
use crate::consent::{Consent, Purpose};

/// Proof that a report was paid for; only [`Ledger`] makes one.
///
/// ```compile_fail
/// use homebody_device::contribute::Debit;
/// let forged = Debit { micro_rho: 0, micro_epsilon: 0 };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debit {
    micro_rho: u32,
    micro_epsilon: u32,
}

/// Why a task is not answered now. Nothing was debited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Declined {
    /// The visitor has not agreed to the task's purpose.
    #[error("the visitor has not agreed to `{0:?}`")]
    Consent(TaskPurpose),
    /// The task asks for too much.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No window of the task is open.
    #[error("the task has no open window")]
    Closed,
    /// The window was answered.
    #[error("window `{0}` was answered already")]
    Answered(u32),
    /// The report would exceed the cap of 30 days.
    #[error("the budget of 30 days is spent")]
    Month(Account),
    /// The report would exceed the cap of 365 days.
    #[error("the budget of 365 days is spent")]
    Year(Account),
    /// Enough reports for a day.
    #[error("enough reports for today")]
    Day,
    /// More tasks than a ledger can remember; those that ended are forgotten first.
    #[error("more tasks than this device answers")]
    Tasks,
}

impl Declined {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Consent(_) => "declined_consent",
            Self::Refused(refusal) => refusal.code(),
            Self::Closed => "declined_closed",
            Self::Answered(_) => "declined_answered",
            Self::Month(_) => "declined_month",
            Self::Year(_) => "declined_year",
            Self::Day => "declined_day",
            Self::Tasks => "declined_tasks",
        }
    }

    /// Whether asking again later in the same window may be answered.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Consent(_) | Self::Day | Self::Month(_) | Self::Year(_))
    }
}

impl Debit {
    /// Millionths of ρ that were debited.
    pub fn micro_rho(&self) -> u32 {
        self.micro_rho
    }

    /// Millionths of ε that were debited; 0 for an answer that was told before.
    pub fn micro_epsilon(&self) -> u32 {
        self.micro_epsilon
    }
}

impl Ledger {
    /// The window that would be answered now; nothing is debited.
    ///
    /// # Errors
    /// [`Declined`].
    pub fn may_answer(
        &self,
        task: &Task,
        id: &TaskId,
        consent: Consent,
        limits: &LocalLimits,
        now_s: u64,
    ) -> Result<u32, Declined> {
        let purpose = match task.purpose {
            TaskPurpose::Contribute => Purpose::Contribute,
            TaskPurpose::Measure => Purpose::Measure,
        };
        if !consent.allows(purpose) {
            return Err(Declined::Consent(task.purpose));
        }
        if let Some(refusal) = limits.refuses(task) {
            return Err(refusal.into());
        }
        let window = task.window_at(now_s).ok_or(Declined::Closed)?;
        let known = self.tasks.iter().find(|entry| entry.id == *id);
        if known.is_some_and(|entry| window < entry.next_window) {
            return Err(Declined::Answered(window));
        }
        if self.reports_today(now_s) >= Caps::default().reports_a_day {
            return Err(Declined::Day);
        }
        let is_full =
            known.is_none() && self.tasks.iter().filter(|entry| !entry.is_over(now_s)).count() >= MAX_TASKS;
        if is_full { Err(Declined::Tasks) } else { Ok(window) }
    }

    /// Debits a report of a window that [`Ledger::may_answer`] named.
    pub(in crate::contribute) fn debit(
        &mut self,
        task: &Task,
        id: &TaskId,
        part: u32,
        window: u32,
        cell: Option<u32>,
        now_s: u64,
    ) -> Result<Debit, Declined> {
        let (account, micro_rho, micro_epsilon) = self.price(task, id, cell);
        let amount = u64::from(micro_rho.max(micro_epsilon));
        let standing = self.standing(account, now_s);
        if standing.month.saturating_add(amount) > standing.month_cap {
            return Err(Declined::Month(account));
        }
        if !standing.affords(amount) {
            return Err(Declined::Year(account));
        }
        self.book_day(micro_rho, micro_epsilon, now_s);
        self.book_task(task, id, window, cell, (micro_rho, micro_epsilon), now_s);
        self.sent.push(Sent {
            task: *id,
            at_s: now_s,
            part,
            window,
            released: micro_rho,
            told: micro_epsilon,
        });
        if self.sent.len() > MAX_SENT {
            self.sent.remove(0);
        }
        self.sequence += 1;
        Ok(Debit { micro_rho, micro_epsilon })
    }

    fn price(&self, task: &Task, id: &TaskId, cell: Option<u32>) -> (Account, u32, u32) {
        let Mode::Local { micro_epsilon, .. } = task.mode else {
            return (Account::Released, task.micro_rho, 0);
        };
        let entry = self.tasks.iter().find(|entry| entry.id == *id);
        let was_told = entry
            .zip(cell)
            .is_some_and(|(entry, cell)| entry.cells.iter().any(|&told| u32::from(told) == cell));
        (Account::Told, 0, if was_told { 0 } else { micro_epsilon })
    }

    fn book_day(&mut self, micro_rho: u32, micro_epsilon: u32, now_s: u64) {
        let today = self.today(now_s);
        self.days.retain(|day| today - day.day < super::YEAR_DAYS);
        if self.days.last().is_none_or(|last| last.day != today) {
            self.days.push(Day { day: today, ..Day::default() });
        }
        if let Some(day) = self.days.last_mut() {
            day.released = day.released.saturating_add(micro_rho);
            day.told = day.told.saturating_add(micro_epsilon);
            day.reports = day.reports.saturating_add(1);
        }
    }

    fn book_task(
        &mut self,
        task: &Task,
        id: &TaskId,
        window: u32,
        cell: Option<u32>,
        (micro_rho, micro_epsilon): (u32, u32),
        now_s: u64,
    ) {
        let index = match self.tasks.iter().position(|entry| entry.id == *id) {
            Some(index) => index,
            None => {
                if self.tasks.len() >= MAX_TASKS {
                    self.tasks.retain(|entry| !entry.is_over(now_s));
                }
                self.tasks.push(TaskEntry::new(task, *id));
                self.tasks.len() - 1
            }
        };
        let entry = &mut self.tasks[index];
        entry.next_window = window.saturating_add(1);
        entry.reports = entry.reports.saturating_add(1);
        entry.released = entry.released.saturating_add(u64::from(micro_rho));
        entry.told = entry.told.saturating_add(u64::from(micro_epsilon));
        let told = cell.and_then(|cell| u16::try_from(cell).ok()).filter(|_| micro_epsilon > 0);
        if let Some(cell) = told.filter(|_| entry.cells.len() < MAX_TOLD) {
            entry.cells.push(cell);
        }
    }
}

impl TaskEntry {
    fn new(task: &Task, id: TaskId) -> Self {
        let mode = match task.mode {
            Mode::Trusted { .. } => 0,
            Mode::Local { .. } => 1,
            Mode::Split { .. } => 2,
        };
        Self {
            id,
            name: task.name.clone(),
            mode,
            next_window: 0,
            reports: 0,
            released: 0,
            told: 0,
            ends_at: task.ends_at,
            cells: Vec::new(),
        }
    }

    fn is_over(&self, now_s: u64) -> bool {
        now_s >= u64::from(self.ends_at)
    }
}

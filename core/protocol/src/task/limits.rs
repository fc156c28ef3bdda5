//! What a device agrees to, whoever signed.

use crate::accounting::{MICRO, micro_rho_of};

use super::{Bound, LEAST_MIN_BATCH_SIZE, MAX_CELLS, MAX_LOCAL_CELLS, MAX_ONES, Mode, Task};

/// The longest matrix and the most ones that a `trusted` report tells. It names its ones and has no proof, so that it
/// is 188 bytes at the most; what it costs is bounded by ρ as everywhere.
const MAX_TRUSTED_CELLS: u32 = 65_535;
const MAX_TRUSTED_ONES: u32 = 64;

/// The largest cost of one report, millionths of ρ: half of what a device spends in 30 days.
const MAX_MICRO_RHO: u32 = 35_000;
/// The largest ε of one `local` answer, millionths.
const MAX_MICRO_EPSILON: u32 = 4 * MICRO as u32;
/// At which ε is told for sums with noise.
const DELTA: f64 = 1e-6;
/// The shortest window: one report a day.
const LEAST_WINDOW_S: u32 = 86_400;

/// What a device agrees to. [`LocalLimits::default`] is compiled into the browser module: a site may ask for less, a
/// visitor may allow less, nobody can ask for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalLimits {
    /// Smallest batch that may be released.
    pub min_batch_size: u32,
    /// Longest report.
    pub cells: u32,
    /// Most ones of a multihot report.
    pub ones: u32,
    /// Longest multihot report of a `trusted` task, which names its ones alone.
    pub trusted_cells: u32,
    /// Most ones of it.
    pub trusted_ones: u32,
    /// Longest `local` report.
    pub local_cells: u32,
    /// Largest ε of a `local` answer, millionths.
    pub micro_epsilon: u32,
    /// Largest cost of a report under central noise, millionths of ρ.
    pub micro_rho: u32,
    /// Shortest window, seconds.
    pub window_s: u32,
    /// Whether `trusted` tasks are answered: they leave what is sent in the hands of one operator.
    pub trusted: bool,
}

impl Default for LocalLimits {
    fn default() -> Self {
        Self {
            min_batch_size: LEAST_MIN_BATCH_SIZE,
            cells: MAX_CELLS,
            ones: MAX_ONES,
            trusted_cells: MAX_TRUSTED_CELLS,
            trusted_ones: MAX_TRUSTED_ONES,
            local_cells: MAX_LOCAL_CELLS,
            micro_epsilon: MAX_MICRO_EPSILON,
            micro_rho: MAX_MICRO_RHO,
            window_s: LEAST_WINDOW_S,
            trusted: true,
        }
    }
}

/// Why a device does not answer a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Sums of too few would be released.
    #[error("`min_batch_size` is `{asked}`, this device wants at least `{limit}`")]
    Batch {
        /// What the task says.
        asked: u32,
        /// What the device agrees to.
        limit: u32,
    },
    /// A report would be too long.
    #[error("`length` is `{asked}`, this device sends at most `{limit}`")]
    Cells {
        /// What the task says.
        asked: u32,
        /// What the device agrees to.
        limit: u32,
    },
    /// A report would hold too many ones.
    #[error("`bound.multi_hot.ones` is `{asked}`, this device sends at most `{limit}`")]
    Ones {
        /// What the task says.
        asked: u32,
        /// What the device agrees to.
        limit: u32,
    },
    /// An answer would say too much.
    #[error("`mode.local.micro_epsilon` is `{asked}`, this device answers up to `{limit}`")]
    Epsilon {
        /// What the task says.
        asked: u32,
        /// What the device agrees to.
        limit: u32,
    },
    /// A report would cost too much.
    #[error("`micro_rho` is `{asked}`, this device spends at most `{limit}` on a report; add noise")]
    Cost {
        /// What the task says.
        asked: u32,
        /// What the device agrees to.
        limit: u32,
    },
    /// Reports would be asked for too often.
    #[error("`window_s` is `{asked}`, this device answers once in `{limit}`")]
    Window {
        /// What the task says.
        asked: u32,
        /// What the device agrees to.
        limit: u32,
    },
    /// One operator would see what is sent, which this visitor does not allow.
    #[error("`mode` is `trusted`, which is not allowed on this device")]
    Trusted,
}

impl Refusal {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Batch { .. } => "task_refused_batch",
            Self::Cells { .. } => "task_refused_cells",
            Self::Ones { .. } => "task_refused_ones",
            Self::Epsilon { .. } => "task_refused_epsilon",
            Self::Cost { .. } => "task_refused_cost",
            Self::Window { .. } => "task_refused_window",
            Self::Trusted => "task_refused_trusted",
        }
    }
}

impl LocalLimits {
    /// The same, with no report of a cost above ε: what a site's notice promises of one contribution. Under central noise
    /// that is ε at δ = 10⁻⁶. Infinity, and what is no number, promise nothing.
    pub fn promising(self, epsilon: f64) -> Self {
        if epsilon.is_nan() {
            return self;
        }
        // Casts saturate. The promise is written in thousandths: what is a hair above it by the way a float rounds is not.
        let micro_epsilon = (epsilon * MICRO as f64 + 0.5) as u32;
        let micro_rho = u32::try_from(micro_rho_of(epsilon, DELTA)).unwrap_or(u32::MAX);
        Self {
            micro_epsilon: self.micro_epsilon.min(micro_epsilon),
            micro_rho: self.micro_rho.min(micro_rho),
            ..self
        }
    }

    /// Why a sound task is not answered; `None` when it is.
    pub fn refuses(&self, task: &Task) -> Option<Refusal> {
        let over = |asked: u32, limit: u32| asked > limit;
        if task.min_batch_size < self.min_batch_size {
            return Some(Refusal::Batch { asked: task.min_batch_size, limit: self.min_batch_size });
        }
        let (cells, most_ones) = match (&task.mode, task.bound) {
            (Mode::Local { .. }, _) => (self.cells.min(self.local_cells), self.ones),
            (Mode::Trusted { .. }, Bound::MultiHot { .. }) => (self.trusted_cells, self.trusted_ones),
            _ => (self.cells, self.ones),
        };
        if over(task.length, cells) {
            return Some(Refusal::Cells { asked: task.length, limit: cells });
        }
        if task.window_s < self.window_s {
            return Some(Refusal::Window { asked: task.window_s, limit: self.window_s });
        }
        match (task.bound, &task.mode) {
            (Bound::MultiHot { ones }, _) if over(ones, most_ones) => {
                Some(Refusal::Ones { asked: ones, limit: most_ones })
            }
            (_, Mode::Trusted { .. }) if !self.trusted => Some(Refusal::Trusted),
            (_, Mode::Local { micro_epsilon, .. }) => over(*micro_epsilon, self.micro_epsilon)
                .then_some(Refusal::Epsilon { asked: *micro_epsilon, limit: self.micro_epsilon }),
            _ => over(task.micro_rho, self.micro_rho)
                .then_some(Refusal::Cost { asked: task.micro_rho, limit: self.micro_rho }),
        }
    }
}

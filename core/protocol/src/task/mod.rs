//! A task: the one question a device answers with a bounded vector, of which the server learns only sums.
//!
//! A [`Task`] is public, signed and immutable: whatever it says is what every device and every aggregator acts on, and
//! another word in it makes it another task, because its [`TaskId`] is the SHA-256 of its canonical bytes. It travels as
//! a [`SignedTask`] beside the manifest, signed with the same key in the same manner.
//!
//! Three sieves, each finer:
//!
//! 1. [`Task::from_json`] refuses what is not a task, with the place in the file;
//! 2. [`SignedTask::open`] refuses what was not signed by this site, or is not written in the one canonical way;
//! 3. [`LocalLimits::refuses`] refuses, on the device, a sound task that asks for too much. Its floors are compiled in.
//!
//! A task may be split into *parts* ([`Task::parts`]): shards of a matrix too long for one report. A part is what is
//! summed: each has batches of its own and an id of its own ([`TaskId::part`]), which is what aggregators know it by.

mod bound;
mod check;
mod draft;
mod error;
mod id;
mod limits;
mod measurement;
mod metric;
mod mode;
mod shape;
mod signed;
mod weights;

pub use bound::Bound;
pub use draft::{HeadDraft, HeadQuestion, Summing};
pub use error::TaskError;
pub use id::{PartId, TaskId, checksum};
pub use limits::{LocalLimits, Refusal};
pub use measurement::{Edges, Head, HeadKind, Measurement, Scale, Setting};
pub use metric::{MAX_ORDERS, Metric, SUMS, Unit};
pub use mode::{Aggregators, Answer, Mode, Noise};
pub use signed::SignedTask;
pub use weights::Weights;

use serde::{Deserialize, Serialize};

/// The format this release reads and writes.
pub const FORMAT: u32 = 1;
/// Times are told no finer than this, so that a report's time singles nobody out.
pub const TIME_PRECISION_S: u32 = 3_600;
/// Longest vector of a report: 19.5 KB of Prio3 shares, 20 ms of a phone.
pub const MAX_CELLS: u32 = 1_024;
/// Most ones in a multihot vector.
pub const MAX_ONES: u32 = 8;
/// Most cells of a `local` task: beyond, randomised answers say nothing at any number of visitors a site has.
pub const MAX_LOCAL_CELLS: u32 = 64;
/// Parts of a score that a blend weighs: the list sets of a table, then its features.
pub const BLEND_PARTS: usize = crate::table::MAX_LIST_SETS + 6;
/// The batch size a site gets when it names none.
pub const DEFAULT_MIN_BATCH_SIZE: u32 = 500;
/// Batches below this are asked for by nobody, whoever signs.
pub const LEAST_MIN_BATCH_SIZE: u32 = 100;

/// What the site may do with the sums: the consent a device needs before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskPurpose {
    /// Learn models from sums; needs the consent `contribute`.
    Contribute,
    /// Judge lists and experiments; needs the consent `measure`.
    Measure,
}

/// One question to all devices. The order of the fields is that of the canonical bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// [`FORMAT`].
    pub format: u32,
    /// The site it belongs to, as in the manifest.
    pub site: String,
    /// Short name, 1 to 64 of `a-z`, `0-9` and `-`.
    pub name: String,
    /// What is asked and why, in words for the visitor; at most 500 characters.
    pub description: String,
    /// The consent it needs.
    pub purpose: TaskPurpose,
    /// What is measured, with all that a device must know to measure it.
    pub measurement: Measurement,
    /// Cells of a report; follows from measurement and bound, and is written so that nobody has to know how.
    pub length: u32,
    /// What one report can add to the sums at the most.
    pub bound: Bound,
    /// Who may see what, and where noise comes from.
    pub mode: Mode,
    /// What a device debits for one report, in millionths of ρ (zCDP); at least [`Task::least_micro_rho`].
    pub micro_rho: u32,
    /// A device sends at most one report in each window of so many seconds, counted from `starts_at`.
    pub window_s: u32,
    /// [`TIME_PRECISION_S`].
    pub time_precision_s: u32,
    /// Reports below which no sum of a part is released.
    pub min_batch_size: u32,
    /// First second, unix time, a multiple of the precision.
    pub starts_at: u32,
    /// The second after the last, unix time, a multiple of the precision.
    pub ends_at: u32,
}

impl Task {
    /// Reads a task as a site writes it: JSON, any order and spacing.
    ///
    /// # Errors
    /// [`TaskError`] with the place in the file and what is allowed there.
    pub fn from_json(text: &str) -> Result<Self, TaskError> {
        let mut input = serde_json::Deserializer::from_str(text);
        let task: Self = serde_path_to_error::deserialize(&mut input).map_err(TaskError::form)?;
        input.end().map_err(|error| TaskError::Syntax { path: String::new(), message: error.to_string() })?;
        task.check()?;
        Ok(task)
    }

    /// The one way to write it: compact JSON in the order of the fields. Hashed and signed.
    pub fn canonical(&self) -> String {
        // Numbers, texts, lists and maps with text keys: there is nothing in a task that JSON cannot say.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// SHA-256 of the canonical bytes.
    pub fn id(&self) -> TaskId {
        TaskId::of(self.canonical().as_bytes())
    }

    /// Number of parts, at least 1; see the module.
    pub fn parts(&self) -> u32 {
        self.measurement.parts()
    }

    /// The window a moment falls into, counted from 0; `None` before the start and after the end.
    pub fn window_at(&self, now_s: u64) -> Option<u32> {
        let (starts_at, ends_at) = (u64::from(self.starts_at), u64::from(self.ends_at));
        let is_open = starts_at <= now_s && now_s < ends_at;
        let window = is_open.then(|| (now_s - starts_at) / u64::from(self.window_s.max(1)));
        window.and_then(|window| u32::try_from(window).ok())
    }

    /// First second of a window.
    pub fn window_starts_at(&self, window: u32) -> u64 {
        u64::from(self.starts_at) + u64::from(window) * u64::from(self.window_s)
    }
}

#[cfg(test)]
mod tests;

//! From bytes of anybody to a report that may be added.

use crate::mechanism::Hadamard;
use crate::mechanism::hadamard::SignedRow;
use crate::task::{Bound, Mode, PartId, Task};
use crate::wire::Reader;

use super::{Body, CLOCK_SKEW_S, Form, HEAD_BYTES, MAGIC, MAX_AGE_WINDOWS, MAX_BYTES, NONE, Report, VERSION};

/// The part of a report that says which task it belongs to: read first, as the rest is read by the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportHead {
    /// The part it belongs to.
    pub part: PartId,
    /// The task's window.
    pub window: u32,
    /// Drawn for this report.
    pub nonce: [u8; 16],
}

/// Why bytes are not a report of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// Not a report at all, cut off, or longer than any.
    #[error("not a report; a report is at most 2,108 bytes and begins with `HBRP`")]
    Malformed,
    /// Written by a newer release.
    #[error("version `{0}` of reports is newer than this release reads; update it")]
    Version(u16),
    /// A body of another form or length than the task has.
    #[error("the body does not have the form of this task")]
    Form,
    /// More than the task's bound admits.
    #[error("the body is not within the task's bound")]
    Bound,
}

/// Why a report's window is not taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Untimely {
    /// The window has not begun, clocks considered.
    #[error("the window `{0}` has not begun")]
    Early(u32),
    /// The window ended too long ago.
    #[error("the window `{0}` ended too long ago")]
    Late(u32),
    /// The task has no such window.
    #[error("the task has no window `{0}`")]
    None(u32),
}

impl ReportError {
    /// Stable code for programs and documentation.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "report_malformed",
            Self::Version(_) => "report_version",
            Self::Form => "report_form",
            Self::Bound => "report_bound",
        }
    }
}

impl Untimely {
    /// Stable code for programs and documentation.
    pub fn code(self) -> &'static str {
        match self {
            Self::Early(_) => "report_early",
            Self::Late(_) => "report_late",
            Self::None(_) => "report_window",
        }
    }
}

impl ReportHead {
    /// Reads the head of a report.
    ///
    /// # Errors
    /// [`ReportError::Malformed`] or [`ReportError::Version`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReportError> {
        if bytes.len() > MAX_BYTES || bytes.len() <= HEAD_BYTES || bytes[..4] != MAGIC {
            return Err(ReportError::Malformed);
        }
        let mut input = Reader::new(&bytes[4..HEAD_BYTES]);
        let version = input.u16();
        if version == 0 || version > VERSION {
            return Err(ReportError::Version(version));
        }
        let [_, zero] = input.take();
        let head = Self { part: PartId(input.take()), window: input.u32(), nonce: input.take() };
        if zero == 0 { Ok(head) } else { Err(ReportError::Malformed) }
    }
}

impl Report {
    /// Reads a report of a task that its head named. Whatever comes back is within the task's bound.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn read(bytes: &[u8], task: &Task) -> Result<Self, ReportError> {
        let ReportHead { part, window, nonce } = ReportHead::read(bytes)?;
        let form = Form::of(task);
        if bytes[6] != form as u8 {
            return Err(ReportError::Form);
        }
        let body = read_body(&bytes[HEAD_BYTES..], form, task)?;
        Ok(Self { part, window, nonce, body })
    }
}

impl Task {
    /// Whether a report for a window may be taken at a moment (unix seconds).
    ///
    /// # Errors
    /// [`Untimely`].
    pub fn takes(&self, window: u32, now_s: u64) -> Result<(), Untimely> {
        let starts_at = self.window_starts_at(window);
        if starts_at >= u64::from(self.ends_at) {
            return Err(Untimely::None(window));
        }
        if now_s + CLOCK_SKEW_S < starts_at {
            return Err(Untimely::Early(window));
        }
        let closes_at = starts_at + (1 + MAX_AGE_WINDOWS) * u64::from(self.window_s) + CLOCK_SKEW_S;
        if now_s < closes_at { Ok(()) } else { Err(Untimely::Late(window)) }
    }
}

fn read_body(bytes: &[u8], form: Form, task: &Task) -> Result<Body, ReportError> {
    let length = match (form, task.bound) {
        (Form::Cell, _) => 2,
        (Form::Sign, _) => 3,
        (Form::Cells, Bound::MultiHot { ones }) => 2 * ones as usize,
        _ => 2 * task.length as usize,
    };
    if bytes.len() != length {
        return Err(ReportError::Form);
    }
    let numbers = || bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    let first = numbers().next().map_or(0, u32::from);
    match (form, &task.mode) {
        (Form::Sign, Mode::Local { micro_epsilon, .. }) => {
            let sign = SignedRow { row: first, positive: bytes[2] == 1 };
            let is_row = first < Hadamard::new(task.length, *micro_epsilon).rows() && bytes[2] <= 1;
            is_row.then_some(Body::Sign(sign)).ok_or(ReportError::Bound)
        }
        (Form::Cell, Mode::Local { .. }) => {
            (first < task.length).then_some(Body::Cell(first)).ok_or(ReportError::Bound)
        }
        (Form::Numbers, _) => bounded(numbers().map(u32::from).collect(), task),
        _ => bounded(spread(numbers(), task)?, task),
    }
}

/// Cells that are 1: ascending, then none to the end.
fn spread(cells: impl Iterator<Item = u16>, task: &Task) -> Result<Vec<u32>, ReportError> {
    let mut vector = vec![0; task.length as usize];
    let mut last: Option<u16> = None;
    for cell in cells {
        let ascends = last.is_none_or(|last| last < cell || (last == NONE && cell == NONE));
        let place = vector.get_mut(usize::from(cell));
        if !ascends || (place.is_none() && cell != NONE) {
            return Err(ReportError::Bound);
        }
        place.into_iter().for_each(|place| *place = 1);
        last = Some(cell);
    }
    Ok(vector)
}

fn bounded(vector: Vec<u32>, task: &Task) -> Result<Body, ReportError> {
    if task.bound.admits(&vector) { Ok(Body::Vector(vector)) } else { Err(ReportError::Bound) }
}

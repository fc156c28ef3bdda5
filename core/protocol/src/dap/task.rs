//! What all parties of a task must agree on, to the byte.

use std::io::Cursor;

use super::opaque::{self, Width};
use super::{CodecError, Decode, Encode, Extension, Interval, is_ascending};

/// How reports are put into batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BatchMode {
    /// By their time; whoever collects names an interval.
    TimeInterval = 1,
    /// As the leader likes; whoever collects gets the next.
    LeaderSelected = 2,
}

impl Encode for BatchMode {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        (*self as u8).encode(out)
    }
}

impl Decode for BatchMode {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        match u8::decode(input)? {
            1 => Ok(Self::TimeInterval),
            2 => Ok(Self::LeaderSelected),
            _ => Err(CodecError::UnexpectedValue),
        }
    }
}

/// The function that is summed, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VdafConfig {
    /// Vectors of numbers.
    SumVec {
        /// Cells.
        length: u32,
        /// Largest number of a cell.
        max_measurement: u64,
        /// Cells of one piece of the proof.
        chunk_length: u32,
    },
    /// One cell of many.
    Histogram {
        /// Cells.
        length: u32,
        /// Cells of one piece of the proof.
        chunk_length: u32,
    },
    /// Up to so many cells of many.
    MultihotCountVec {
        /// Cells.
        length: u32,
        /// Cells of one piece of the proof.
        chunk_length: u32,
        /// Most cells that are one.
        max_weight: u64,
    },
    /// Vectors of numbers whose sum is bounded as each of them is (`draft-ietf-ppm-l1-bound-sum-01`, laid out as for
    /// [`Self::SumVec`]).
    L1BoundSum {
        /// Cells.
        length: u32,
        /// Largest number of a cell, and of all cells together.
        max_measurement: u64,
        /// Cells of one piece of the proof.
        chunk_length: u32,
    },
}

impl VdafConfig {
    pub(crate) const SUM_VEC: u32 = 3;
    pub(crate) const HISTOGRAM: u32 = 4;
    pub(crate) const MULTIHOT_COUNT_VEC: u32 = 5;
    pub(crate) const L1_BOUND_SUM: u32 = 7;

    /// Cells of the vector.
    #[must_use]
    pub fn length(&self) -> u32 {
        match *self {
            Self::SumVec { length, .. }
            | Self::Histogram { length, .. }
            | Self::MultihotCountVec { length, .. }
            | Self::L1BoundSum { length, .. } => length,
        }
    }
}

impl Encode for VdafConfig {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let mut config = Vec::with_capacity(16);
        let kind = match *self {
            Self::SumVec { length, max_measurement, chunk_length }
            | Self::L1BoundSum { length, max_measurement, chunk_length } => {
                length.encode(&mut config)?;
                max_measurement.encode(&mut config)?;
                chunk_length.encode(&mut config)?;
                if matches!(self, Self::SumVec { .. }) { Self::SUM_VEC } else { Self::L1_BOUND_SUM }
            }
            Self::Histogram { length, chunk_length } => {
                length.encode(&mut config)?;
                chunk_length.encode(&mut config)?;
                Self::HISTOGRAM
            }
            Self::MultihotCountVec { length, chunk_length, max_weight } => {
                length.encode(&mut config)?;
                chunk_length.encode(&mut config)?;
                max_weight.encode(&mut config)?;
                Self::MULTIHOT_COUNT_VEC
            }
        };
        kind.encode(out)?;
        opaque::put(out, Width::Two, &config)
    }
}

impl Decode for VdafConfig {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        let kind = u32::decode(input)?;
        let config = opaque::take(input, Width::Two)?;
        let mut fields = Cursor::new(&config[..]);
        let fields_of = &mut fields;
        let vdaf = match kind {
            Self::SUM_VEC => Self::SumVec {
                length: u32::decode(fields_of)?,
                max_measurement: u64::decode(fields_of)?,
                chunk_length: u32::decode(fields_of)?,
            },
            Self::HISTOGRAM => {
                Self::Histogram { length: u32::decode(fields_of)?, chunk_length: u32::decode(fields_of)? }
            }
            Self::MULTIHOT_COUNT_VEC => Self::MultihotCountVec {
                length: u32::decode(fields_of)?,
                chunk_length: u32::decode(fields_of)?,
                max_weight: u64::decode(fields_of)?,
            },
            Self::L1_BOUND_SUM => Self::L1BoundSum {
                length: u32::decode(fields_of)?,
                max_measurement: u64::decode(fields_of)?,
                chunk_length: u32::decode(fields_of)?,
            },
            _ => return Err(CodecError::UnexpectedValue),
        };
        let left = config.len() - fields.position() as usize;
        if left == 0 { Ok(vdaf) } else { Err(CodecError::BytesLeftOver(left)) }
    }
}

/// The task as every party has it. Its bytes are associated data of whatever is sealed, so that nobody opens a share who
/// has other rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskConfiguration {
    /// Tells tasks apart that are alike otherwise, up to 255 bytes. The draft wants one at least; implementations take none
    /// too, as the next draft does.
    pub task_info: Vec<u8>,
    /// Base address of the leader, as text.
    pub leader_endpoint: String,
    /// Base address of the helper.
    pub helper_endpoint: String,
    /// Seconds of a unit of time.
    pub time_precision_s: u64,
    /// Fewest reports of a batch.
    pub min_batch_size: u64,
    /// How reports are put into batches.
    pub batch_mode: BatchMode,
    /// What is summed.
    pub vdaf: VdafConfig,
    /// When reports may be made; always, when there is none.
    pub interval: Option<Interval>,
}

/// The one extension of tasks that the draft knows.
const TASK_INTERVAL: u16 = 1;

impl Encode for TaskConfiguration {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        opaque::put(out, Width::One, &self.task_info)?;
        opaque::put_some(out, Width::Two, self.leader_endpoint.as_bytes())?;
        opaque::put_some(out, Width::Two, self.helper_endpoint.as_bytes())?;
        self.time_precision_s.encode(out)?;
        self.min_batch_size.encode(out)?;
        self.batch_mode.encode(out)?;
        // Neither mode has a configuration of its own.
        opaque::put(out, Width::Two, &[])?;
        self.vdaf.encode(out)?;
        let mut extensions = Vec::new();
        if let Some(interval) = &self.interval {
            extensions.push(Extension { kind: TASK_INTERVAL, data: interval.get_encoded()? });
        }
        opaque::put_list(out, Width::Two, &extensions)
    }
}

impl Decode for TaskConfiguration {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        let task_info = opaque::take(input, Width::One)?;
        let leader_endpoint = url(opaque::take_some(input, Width::Two)?)?;
        let helper_endpoint = url(opaque::take_some(input, Width::Two)?)?;
        let time_precision_s = u64::decode(input)?;
        let min_batch_size = u64::decode(input)?;
        let batch_mode = BatchMode::decode(input)?;
        if !opaque::take(input, Width::Two)?.is_empty() || time_precision_s == 0 {
            return Err(CodecError::UnexpectedValue);
        }
        let vdaf = VdafConfig::decode(input)?;
        let extensions: Vec<Extension> = opaque::take_list(input, Width::Two)?;
        Ok(Self {
            task_info,
            leader_endpoint,
            helper_endpoint,
            time_precision_s,
            min_batch_size,
            batch_mode,
            vdaf,
            interval: interval(&extensions)?,
        })
    }
}

/// Addresses are ASCII.
fn url(bytes: Vec<u8>) -> Result<String, CodecError> {
    let text = String::from_utf8(bytes).map_err(|_| CodecError::UnexpectedValue)?;
    if text.is_ascii() { Ok(text) } else { Err(CodecError::UnexpectedValue) }
}

/// Nobody takes part in a task with an extension that is not understood.
fn interval(extensions: &[Extension]) -> Result<Option<Interval>, CodecError> {
    if !is_ascending(extensions) {
        return Err(CodecError::UnexpectedValue);
    }
    match extensions {
        [] => Ok(None),
        [one] if one.kind == TASK_INTERVAL => Interval::get_decoded(&one.data).map(Some),
        _ => Err(CodecError::UnexpectedValue),
    }
}

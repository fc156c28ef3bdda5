//! What several messages are made of.

use std::io::Cursor;

use super::opaque::{self, Width};
use super::{CodecError, Decode, Encode};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl Encode for $name {
            fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
                out.extend_from_slice(&self.0);
                Ok(())
            }
        }

        impl Decode for $name {
            fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
                opaque::take_array(input).map(Self)
            }
        }
    };
}

identifier!(
    /// Names a task, everywhere.
    TaskId, 32
);
identifier!(
    /// Names a report within its task; drawn at random by the device, and the nonce of its proof.
    ReportId, 16
);
identifier!(
    /// Names a batch that the leader has chosen.
    BatchId, 32
);
identifier!(
    /// Names an aggregation job, a collection job or an aggregate share within its task.
    JobId, 16
);

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// Receives the results.
    Collector = 0,
    /// Sends a report.
    Client = 1,
    /// The aggregator that reports are sent to.
    Leader = 2,
    /// The other aggregator.
    Helper = 3,
}

/// Half-open span of time, in the task's time precision since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// First unit.
    pub start: u64,
    /// How many units.
    pub duration: u64,
}

impl Interval {
    /// The first unit after it; none when it does not fit 64 bits.
    #[must_use]
    pub fn end(&self) -> Option<u64> {
        self.start.checked_add(self.duration)
    }

    /// Whether a time falls within.
    #[must_use]
    pub fn contains(&self, time: u64) -> bool {
        time >= self.start && time - self.start < self.duration
    }

    /// Whether all of `other` falls within.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        match (self.end(), other.end()) {
            (Some(end), Some(other_end)) => self.start <= other.start && other_end <= end,
            _ => false,
        }
    }
}

impl Encode for Interval {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.start.encode(out)?;
        self.duration.encode(out)
    }
}

impl Decode for Interval {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self { start: u64::decode(input)?, duration: u64::decode(input)? })
    }
}

/// A typed addition to a report, a task or a job; unknown types are refused by whoever reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Code point.
    pub kind: u16,
    /// What the type defines.
    pub data: Vec<u8>,
}

impl Encode for Extension {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.kind.encode(out)?;
        opaque::put(out, Width::Two, &self.data)
    }
}

impl Decode for Extension {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self { kind: u16::decode(input)?, data: opaque::take(input, Width::Two)? })
    }
}

/// Whether types grow strictly, as every list of extensions must.
#[must_use]
pub fn is_ascending(extensions: &[Extension]) -> bool {
    extensions.windows(2).all(|pair| pair[0].kind < pair[1].kind)
}

/// Something sealed by HPKE in base mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HpkeCiphertext {
    /// Which of the recipient's keys.
    pub config_id: u8,
    /// The encapsulated key.
    pub enc: Vec<u8>,
    /// The ciphertext with its tag.
    pub payload: Vec<u8>,
}

impl Encode for HpkeCiphertext {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.config_id.encode(out)?;
        opaque::put_some(out, Width::Two, &self.enc)?;
        opaque::put_some(out, Width::Four, &self.payload)
    }
}

impl Decode for HpkeCiphertext {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            config_id: u8::decode(input)?,
            enc: opaque::take_some(input, Width::Two)?,
            payload: opaque::take_some(input, Width::Four)?,
        })
    }
}

/// Why one report of many was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[non_exhaustive]
pub enum ReportError {
    /// Its batch is collected.
    BatchCollected = 1,
    /// It was counted already.
    ReportReplayed = 2,
    /// It cannot be judged any more, or lies outside the task's time.
    ReportDropped = 3,
    /// Sealed to a key that is not known.
    HpkeUnknownConfigId = 4,
    /// It does not open: another key, other rules of the task, or tampered with.
    HpkeDecryptError = 5,
    /// Its proof does not hold.
    VdafVerifyError = 6,
    /// The task is over.
    TaskExpired = 7,
    /// It is malformed.
    InvalidMessage = 8,
    /// Its time is in the future.
    ReportTooEarly = 9,
    /// The task has not begun.
    TaskNotStarted = 10,
    /// Sealed to a key that is no longer announced.
    OutdatedConfig = 11,
}

impl ReportError {
    /// All, in the order of their codes.
    pub const ALL: [Self; 11] = [
        Self::BatchCollected,
        Self::ReportReplayed,
        Self::ReportDropped,
        Self::HpkeUnknownConfigId,
        Self::HpkeDecryptError,
        Self::VdafVerifyError,
        Self::TaskExpired,
        Self::InvalidMessage,
        Self::ReportTooEarly,
        Self::TaskNotStarted,
        Self::OutdatedConfig,
    ];
}

impl Encode for ReportError {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        (*self as u8).encode(out)
    }
}

impl Decode for ReportError {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        let code = u8::decode(input)?;
        let known = Self::ALL.into_iter().find(|error| *error as u8 == code);
        known.ok_or(CodecError::UnexpectedValue)
    }
}

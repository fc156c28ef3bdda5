//! From device to leader.

use std::io::Cursor;

use super::opaque::{self, Width};
use super::{
    CodecError, Decode, Encode, Extension, HpkeCiphertext, Message, ReportError, ReportId, TaskConfiguration,
    TaskId,
};

/// What both aggregators may know of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportMetadata {
    /// Its name.
    pub report_id: ReportId,
    /// When it was made, in the task's time precision.
    pub time: u64,
    /// Additions that both see.
    pub public_extensions: Vec<Extension>,
}

impl Encode for ReportMetadata {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.report_id.encode(out)?;
        self.time.encode(out)?;
        opaque::put_list(out, Width::Two, &self.public_extensions)
    }
}

impl Decode for ReportMetadata {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            report_id: ReportId::decode(input)?,
            time: u64::decode(input)?,
            public_extensions: opaque::take_list(input, Width::Two)?,
        })
    }
}

/// A contribution in two sealed shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What both see.
    pub metadata: ReportMetadata,
    /// The part of the proof that both see.
    pub public_share: Vec<u8>,
    /// For the leader alone.
    pub leader_share: HpkeCiphertext,
    /// For the helper alone.
    pub helper_share: HpkeCiphertext,
}

impl Encode for Report {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.metadata.encode(out)?;
        opaque::put(out, Width::Four, &self.public_share)?;
        self.leader_share.encode(out)?;
        self.helper_share.encode(out)
    }
}

impl Decode for Report {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            metadata: ReportMetadata::decode(input)?,
            public_share: opaque::take(input, Width::Four)?,
            leader_share: HpkeCiphertext::decode(input)?,
            helper_share: HpkeCiphertext::decode(input)?,
        })
    }
}

/// Reports, one after the other to the end of the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadRequest(pub Vec<Report>);

impl Message for UploadRequest {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=upload-req";
}

impl Encode for UploadRequest {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        opaque::put_rest(out, &self.0)
    }
}

impl Decode for UploadRequest {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        opaque::take_rest(input).map(Self)
    }
}

/// A report that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportUploadStatus {
    /// Which.
    pub report_id: ReportId,
    /// Why.
    pub error: ReportError,
}

impl Encode for ReportUploadStatus {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.report_id.encode(out)?;
        self.error.encode(out)
    }
}

impl Decode for ReportUploadStatus {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self { report_id: ReportId::decode(input)?, error: ReportError::decode(input)? })
    }
}

/// The reports that were not taken, in the order of the request. When all were, the answer is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadErrors(pub Vec<ReportUploadStatus>);

impl Message for UploadErrors {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=upload-errors";
}

impl Encode for UploadErrors {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        opaque::put_rest(out, &self.0)
    }
}

impl Decode for UploadErrors {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        opaque::take_rest(input).map(Self)
    }
}

/// What is inside a sealed share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaintextInputShare {
    /// Additions that only this aggregator sees, types growing strictly.
    pub private_extensions: Vec<Extension>,
    /// The share of the vector and of its proof.
    pub payload: Vec<u8>,
}

impl Encode for PlaintextInputShare {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        opaque::put_list(out, Width::Two, &self.private_extensions)?;
        opaque::put_some(out, Width::Four, &self.payload)
    }
}

impl Decode for PlaintextInputShare {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            private_extensions: opaque::take_list(input, Width::Two)?,
            payload: opaque::take_some(input, Width::Four)?,
        })
    }
}

/// What a sealed share is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputShareAad<'a> {
    /// The task's name.
    pub task_id: TaskId,
    /// The rules that the device believes.
    pub task: &'a TaskConfiguration,
    /// The report's public part.
    pub metadata: &'a ReportMetadata,
    /// The public part of its proof.
    pub public_share: &'a [u8],
}

impl Encode for InputShareAad<'_> {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.task_id.encode(out)?;
        self.task.encode(out)?;
        self.metadata.encode(out)?;
        opaque::put(out, Width::Four, self.public_share)
    }
}

//! Between leader and helper, report by report.

use std::io::Cursor;

use super::opaque::{self, Width};
use super::{
    BatchId, CodecError, Decode, Encode, Extension, HpkeCiphertext, Message, ReportError, ReportId,
    ReportMetadata,
};

/// An addition to an aggregation job.
pub type AggregationJobExtension = Extension;

/// Names the batch, for tasks whose batches the leader chooses.
const LEADER_SELECTED_BATCH_ID: u16 = 1;

/// How the messages of an aggregation job are laid out. Everything else is the same in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// As published: lists end with the message, the batch is an extension, the helper names the job.
    #[default]
    Draft18,
    /// As implementations on their way to draft 18 have it (Janus at 4ab28a3): lists carry their length, the batch is a
    /// selector, the leader names the job.
    Transitional,
}

/// The helper's part of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportShare {
    /// What both see.
    pub metadata: ReportMetadata,
    /// The part of the proof that both see.
    pub public_share: Vec<u8>,
    /// For the helper alone.
    pub encrypted_share: HpkeCiphertext,
}

impl Encode for ReportShare {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.metadata.encode(out)?;
        opaque::put(out, Width::Four, &self.public_share)?;
        self.encrypted_share.encode(out)
    }
}

impl Decode for ReportShare {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            metadata: ReportMetadata::decode(input)?,
            public_share: opaque::take(input, Width::Four)?,
            encrypted_share: HpkeCiphertext::decode(input)?,
        })
    }
}

/// A report share with the leader's first message of its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyInit {
    /// The share.
    pub report_share: ReportShare,
    /// The message, encoded.
    pub payload: Vec<u8>,
}

impl Encode for VerifyInit {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.report_share.encode(out)?;
        opaque::put_some(out, Width::Four, &self.payload)
    }
}

impl Decode for VerifyInit {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            report_share: ReportShare::decode(input)?,
            payload: opaque::take_some(input, Width::Four)?,
        })
    }
}

/// Begins an aggregation job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregationJobInitReq {
    /// Which of the agreed verification keys.
    pub verification_key_id: u8,
    /// The aggregation parameter; empty for sums.
    pub agg_param: Vec<u8>,
    /// The batch, where the leader chooses batches.
    pub batch: Option<BatchId>,
    /// The reports.
    pub verify_inits: Vec<VerifyInit>,
}

impl Message for AggregationJobInitReq {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=aggregation-job-init-req";
}

impl AggregationJobInitReq {
    /// Its bytes in a dialect.
    ///
    /// # Errors
    /// [`CodecError`] when a list is longer than its length can say.
    pub fn to_bytes(&self, dialect: Dialect) -> Result<Vec<u8>, CodecError> {
        let mut out = Vec::new();
        self.verification_key_id.encode(&mut out)?;
        opaque::put(&mut out, Width::Four, &self.agg_param)?;
        match (dialect, &self.batch) {
            (Dialect::Draft18, batch) => {
                let extension =
                    |batch: &BatchId| Extension { kind: LEADER_SELECTED_BATCH_ID, data: batch.0.to_vec() };
                let extensions: Vec<Extension> = batch.iter().map(extension).collect();
                opaque::put_list(&mut out, Width::Two, &extensions)?;
                opaque::put_rest(&mut out, &self.verify_inits)?;
            }
            (Dialect::Transitional, batch) => {
                // The selector's mode: time interval without, leader selected with a batch.
                (if batch.is_some() { 2_u8 } else { 1 }).encode(&mut out)?;
                opaque::put(&mut out, Width::Two, batch.as_ref().map_or(&[][..], |batch| &batch.0))?;
                opaque::put_list(&mut out, Width::Four, &self.verify_inits)?;
            }
        }
        Ok(out)
    }

    /// Reads what [`Self::to_bytes`] wrote, and nothing after it.
    ///
    /// # Errors
    /// [`InitError`], with the codes of extensions that are not known.
    pub fn from_bytes(bytes: &[u8], dialect: Dialect) -> Result<Self, InitError> {
        let input = &mut Cursor::new(bytes);
        let verification_key_id = u8::decode(input)?;
        let agg_param = opaque::take(input, Width::Four)?;
        let batch = match dialect {
            Dialect::Draft18 => batch_of(&opaque::take_list(input, Width::Two)?)?,
            Dialect::Transitional => selected(input)?,
        };
        let verify_inits = match dialect {
            Dialect::Draft18 => opaque::take_rest(input)?,
            Dialect::Transitional => opaque::take_list(input, Width::Four)?,
        };
        let left = bytes.len() - input.position() as usize;
        if left > 0 {
            return Err(CodecError::BytesLeftOver(left).into());
        }
        Ok(Self { verification_key_id, agg_param, batch, verify_inits })
    }
}

/// Why bytes do not begin an aggregation job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// Malformed.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// Extensions that this crate does not know, by their codes.
    #[error("extensions `{0:?}` are not known")]
    Unsupported(Vec<u16>),
}

fn batch_of(extensions: &[Extension]) -> Result<Option<BatchId>, InitError> {
    let unknown: Vec<u16> =
        extensions.iter().map(|one| one.kind).filter(|kind| *kind != LEADER_SELECTED_BATCH_ID).collect();
    match extensions {
        _ if !unknown.is_empty() => Err(InitError::Unsupported(unknown)),
        [] => Ok(None),
        [one] => Ok(Some(BatchId::get_decoded(&one.data)?)),
        _ => Err(CodecError::UnexpectedValue.into()),
    }
}

fn selected(input: &mut Cursor<&[u8]>) -> Result<Option<BatchId>, CodecError> {
    let mode = u8::decode(input)?;
    let config = opaque::take(input, Width::Two)?;
    match (mode, config.is_empty()) {
        (1, true) => Ok(None),
        (2, false) => BatchId::get_decoded(&config).map(Some),
        _ => Err(CodecError::UnexpectedValue),
    }
}

/// What became of one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyResult {
    /// The next message of its proof, encoded.
    Continue(Vec<u8>),
    /// The proof is complete, nothing is left to say.
    Finish,
    /// It is not counted.
    Reject(ReportError),
}

/// The answer about one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyResp {
    /// Which.
    pub report_id: ReportId,
    /// What became of it.
    pub result: VerifyResult,
}

impl Encode for VerifyResp {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.report_id.encode(out)?;
        match &self.result {
            VerifyResult::Continue(payload) => {
                0_u8.encode(out)?;
                opaque::put_some(out, Width::Four, payload)
            }
            VerifyResult::Finish => 1_u8.encode(out),
            VerifyResult::Reject(error) => {
                2_u8.encode(out)?;
                error.encode(out)
            }
        }
    }
}

impl Decode for VerifyResp {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        let report_id = ReportId::decode(input)?;
        let result = match u8::decode(input)? {
            0 => VerifyResult::Continue(opaque::take_some(input, Width::Four)?),
            1 => VerifyResult::Finish,
            2 => VerifyResult::Reject(ReportError::decode(input)?),
            _ => return Err(CodecError::UnexpectedValue),
        };
        Ok(Self { report_id, result })
    }
}

/// The answers about all reports of a job, in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AggregationJobResp(pub Vec<VerifyResp>);

impl Message for AggregationJobResp {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=aggregation-job-resp";
}

impl AggregationJobResp {
    /// Its bytes in a dialect.
    ///
    /// # Errors
    /// [`CodecError`] when a list is longer than its length can say.
    pub fn to_bytes(&self, dialect: Dialect) -> Result<Vec<u8>, CodecError> {
        let mut out = Vec::new();
        match dialect {
            Dialect::Draft18 => opaque::put_rest(&mut out, &self.0)?,
            Dialect::Transitional => opaque::put_list(&mut out, Width::Four, &self.0)?,
        }
        Ok(out)
    }

    /// Reads what [`Self::to_bytes`] wrote, and nothing after it.
    ///
    /// # Errors
    /// [`CodecError`] for anything else.
    pub fn from_bytes(bytes: &[u8], dialect: Dialect) -> Result<Self, CodecError> {
        let input = &mut Cursor::new(bytes);
        let answers = match dialect {
            Dialect::Draft18 => opaque::take_rest(input)?,
            Dialect::Transitional => opaque::take_list(input, Width::Four)?,
        };
        let left = bytes.len() - input.position() as usize;
        if left == 0 { Ok(Self(answers)) } else { Err(CodecError::BytesLeftOver(left)) }
    }
}

/// The next message of one proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyContinue {
    /// Of which report.
    pub report_id: ReportId,
    /// The message, encoded.
    pub payload: Vec<u8>,
}

impl Encode for VerifyContinue {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.report_id.encode(out)?;
        opaque::put_some(out, Width::Four, &self.payload)
    }
}

impl Decode for VerifyContinue {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self { report_id: ReportId::decode(input)?, payload: opaque::take_some(input, Width::Four)? })
    }
}

/// Goes on with an aggregation job. Sums are proved in one round, so ours never sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregationJobContinueReq {
    /// The step that is asked for, 1 is the first after the beginning.
    pub step: u16,
    /// The messages.
    pub verify_continues: Vec<VerifyContinue>,
}

impl Message for AggregationJobContinueReq {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=aggregation-job-continue-req";
}

impl Encode for AggregationJobContinueReq {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.step.encode(out)?;
        opaque::put_rest(out, &self.verify_continues)
    }
}

impl Decode for AggregationJobContinueReq {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self { step: u16::decode(input)?, verify_continues: opaque::take_rest(input)? })
    }
}

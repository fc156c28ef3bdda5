//! Collecting a batch: collector and leader, leader and helper.

use std::io::Cursor;

use super::opaque::{self, Width};
use super::{
    BatchId, BatchMode, CodecError, Decode, Encode, Extension, HpkeCiphertext, Interval, Message,
    TaskConfiguration, TaskId,
};

/// Which batch is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// All reports of an interval.
    TimeInterval(Interval),
    /// The next batch the leader has.
    LeaderSelected,
}

impl Query {
    /// The mode that a task must have.
    #[must_use]
    pub fn mode(&self) -> BatchMode {
        match self {
            Self::TimeInterval(_) => BatchMode::TimeInterval,
            Self::LeaderSelected => BatchMode::LeaderSelected,
        }
    }
}

impl Encode for Query {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.mode().encode(out)?;
        match self {
            Self::TimeInterval(interval) => opaque::put(out, Width::Two, &interval.get_encoded()?),
            Self::LeaderSelected => opaque::put(out, Width::Two, &[]),
        }
    }
}

impl Decode for Query {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        let mode = BatchMode::decode(input)?;
        let config = opaque::take(input, Width::Two)?;
        match mode {
            BatchMode::TimeInterval => Interval::get_decoded(&config).map(Self::TimeInterval),
            BatchMode::LeaderSelected if config.is_empty() => Ok(Self::LeaderSelected),
            BatchMode::LeaderSelected => Err(CodecError::BytesLeftOver(config.len())),
        }
    }
}

/// What a collector asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionJobReq {
    /// The batch.
    pub query: Query,
    /// The aggregation parameter; empty for sums.
    pub agg_param: Vec<u8>,
    /// Additions. Their order is the leader's to judge: they must come out of reading as they went in.
    pub extensions: Vec<Extension>,
}

impl Message for CollectionJobReq {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=collection-job-req";
}

impl Encode for CollectionJobReq {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.query.encode(out)?;
        opaque::put(out, Width::Four, &self.agg_param)?;
        opaque::put_list(out, Width::Two, &self.extensions)
    }
}

impl Decode for CollectionJobReq {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            query: Query::decode(input)?,
            agg_param: opaque::take(input, Width::Four)?,
            extensions: opaque::take_list(input, Width::Two)?,
        })
    }
}

/// What a collector gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionJobResp {
    /// Reports of the batch.
    pub report_count: u64,
    /// The smallest interval around their times.
    pub interval: Interval,
    /// The leader's half of the sum.
    pub leader_share: HpkeCiphertext,
    /// The helper's half.
    pub helper_share: HpkeCiphertext,
}

impl Message for CollectionJobResp {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=collection-job-resp";
}

impl Encode for CollectionJobResp {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.report_count.encode(out)?;
        self.interval.encode(out)?;
        self.leader_share.encode(out)?;
        self.helper_share.encode(out)
    }
}

impl Decode for CollectionJobResp {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            report_count: u64::decode(input)?,
            interval: Interval::decode(input)?,
            leader_share: HpkeCiphertext::decode(input)?,
            helper_share: HpkeCiphertext::decode(input)?,
        })
    }
}

/// Which batch the leader closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchSelector {
    /// All reports of an interval, which lies within the queried one.
    TimeInterval(Interval),
    /// A batch that the leader has chosen.
    LeaderSelected(BatchId),
}

impl BatchSelector {
    /// Whether it answers a query.
    #[must_use]
    pub fn answers(&self, query: &Query) -> bool {
        match (self, query) {
            (Self::TimeInterval(selected), Query::TimeInterval(queried)) => queried.includes(selected),
            (Self::LeaderSelected(_), Query::LeaderSelected) => true,
            _ => false,
        }
    }
}

impl Encode for BatchSelector {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        match self {
            Self::TimeInterval(interval) => {
                BatchMode::TimeInterval.encode(out)?;
                opaque::put(out, Width::Two, &interval.get_encoded()?)
            }
            Self::LeaderSelected(batch) => {
                BatchMode::LeaderSelected.encode(out)?;
                opaque::put(out, Width::Two, &batch.0)
            }
        }
    }
}

impl Decode for BatchSelector {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        let mode = BatchMode::decode(input)?;
        let config = opaque::take(input, Width::Two)?;
        match mode {
            BatchMode::TimeInterval => Interval::get_decoded(&config).map(Self::TimeInterval),
            BatchMode::LeaderSelected => BatchId::get_decoded(&config).map(Self::LeaderSelected),
        }
    }
}

/// What the leader asks the helper for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateShareReq {
    /// What the collector asked for.
    pub collection: CollectionJobReq,
    /// The batch that is closed with it.
    pub selector: BatchSelector,
    /// Reports the leader has added up.
    pub report_count: u64,
    /// Exclusive or of the SHA-256 of their names.
    pub checksum: [u8; 32],
}

impl Message for AggregateShareReq {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=aggregate-share-req";
}

impl Encode for AggregateShareReq {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.collection.encode(out)?;
        self.selector.encode(out)?;
        self.report_count.encode(out)?;
        out.extend_from_slice(&self.checksum);
        Ok(())
    }
}

impl Decode for AggregateShareReq {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        Ok(Self {
            collection: CollectionJobReq::decode(input)?,
            selector: BatchSelector::decode(input)?,
            report_count: u64::decode(input)?,
            checksum: opaque::take_array(input)?,
        })
    }
}

/// The helper's half of the sum, sealed to the collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateShare(pub HpkeCiphertext);

impl Message for AggregateShare {
    const MEDIA_TYPE: &'static str = "application/ppm-dap;message=aggregate-share";
}

impl Encode for AggregateShare {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.0.encode(out)
    }
}

impl Decode for AggregateShare {
    fn decode(input: &mut Cursor<&[u8]>) -> Result<Self, CodecError> {
        HpkeCiphertext::decode(input).map(Self)
    }
}

/// What a sealed half of a sum is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateShareAad<'a> {
    /// The task's name.
    pub task_id: TaskId,
    /// The rules that the aggregator believes.
    pub task: &'a TaskConfiguration,
    /// What the collector asked for.
    pub collection: &'a CollectionJobReq,
}

impl Encode for AggregateShareAad<'_> {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.task_id.encode(out)?;
        self.task.encode(out)?;
        self.collection.encode(out)
    }
}

//! Messages of the Distributed Aggregation Protocol, draft 18 (`draft-ietf-ppm-dap-18`), field by field.
//!
//! | who → whom | message | type |
//! | --- | --- | --- |
//! | aggregator → device | its public keys | [`HpkeConfigList`] |
//! | device → leader | reports, each in two sealed shares | [`UploadRequest`], answered by [`UploadErrors`] |
//! | leader → helper | the helper's shares and the first round of the proof | [`AggregationJobInitReq`], answered by [`AggregationJobResp`] |
//! | collector → leader | which batch | [`CollectionJobReq`], answered by [`CollectionJobResp`] |
//! | leader → helper | the same batch, with count and checksum | [`AggregateShareReq`], answered by [`AggregateShare`] |
//!
//! Numbers are big-endian, lists carry their length in bytes in front (TLS presentation language, RFC 8446 §3). Reading
//! is total: whatever the bytes are, it ends in a message or in an error, and takes no more memory than the bytes have.
//!
//! The task's whole configuration is associated data of every sealed share: who believes other rules than the sealer
//! cannot open it.

mod aggregation;
mod basic;
mod collection;
mod keys;
mod opaque;
mod problem;
mod task;
mod upload;

pub use aggregation::{
    AggregationJobContinueReq, AggregationJobExtension, AggregationJobInitReq, AggregationJobResp, Dialect,
    InitError, ReportShare, VerifyContinue, VerifyInit, VerifyResp, VerifyResult,
};
pub use basic::{
    BatchId, Extension, HpkeCiphertext, Interval, JobId, ReportError, ReportId, Role, TaskId, is_ascending,
};
pub use collection::{
    AggregateShare, AggregateShareAad, AggregateShareReq, BatchSelector, CollectionJobReq, CollectionJobResp,
    Query,
};
pub use keys::{AEAD_AES_128_GCM, HpkeConfig, HpkeConfigList, KDF_HKDF_SHA256, KEM_X25519_HKDF_SHA256};
pub use prio::codec::{CodecError, Decode, Encode};
pub use problem::Problem;
pub use task::{BatchMode, TaskConfiguration, VdafConfig};
pub use upload::{
    InputShareAad, PlaintextInputShare, Report, ReportMetadata, ReportUploadStatus, UploadErrors,
    UploadRequest,
};

/// The version that separates this draft's keys and proofs from every other's.
pub const VERSION: &str = "dap-18";

/// A message that travels as the body of a request or answer.
pub trait Message {
    /// Its media type.
    const MEDIA_TYPE: &'static str;
}

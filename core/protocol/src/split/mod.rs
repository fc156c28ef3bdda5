//! Contributions in two shares: what a device makes of a vector, and what two aggregators make of it.
//!
//! | half | function |
//! | --- | --- |
//! | device | [`seal_report`]: proves that the vector is one the task admits, and seals a share to each aggregator |
//! | aggregator | [`open_share`], then [`Vdaf::leader_init`], [`Vdaf::helper_init`] and [`Vdaf::leader_finish`]: each ends with its half of the vector, and with the certainty that the whole is admitted |
//! | collector | [`open_aggregate`] and [`unshard`]: two halves of a sum become the sum |
//!
//! Neither half says anything without the other. The sums are Prio3 (VDAF draft 18, the kept library `prio`), the seals
//! HPKE (RFC 9180, the kept library `hpke`), the messages those of [`crate::dap`].

mod circuit;
mod error;
mod parts;
mod prio3;
mod report;
mod seal;
mod shard;
mod sum;
#[cfg(feature = "task")]
mod task;

pub use error::SplitError;
pub use parts::{Unsealed, UnsealedShare, unsealed};
pub use prio3::{LeaderState, OutputShare, Vdaf};
pub use rand_core::CryptoRng;
pub use report::{Recipients, context, open_aggregate, open_share, seal_aggregate, seal_report};
pub use seal::KeyPair;
pub use shard::Masks;
pub use sum::{HalfSum, unshard};
#[cfg(feature = "task")]
pub use task::{Rules, configuration};

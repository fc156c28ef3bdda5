//! The wire of the Distributed Aggregation Protocol, draft 18.
#![cfg(feature = "split")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod golden;
mod hostile;
mod messages;

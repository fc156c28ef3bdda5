//! Contributions in two shares.
#![cfg(feature = "split")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "published vectors are files; the crate itself reads none")]

mod parties;
mod reports;
mod secrecy;
#[cfg(feature = "task")]
mod tasks;
mod vectors;

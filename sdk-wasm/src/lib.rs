//! WebAssembly bindings of `homebody-device`: conversions, no logic.
//!
//! Two modules come from this crate. `rank` is hot: primitives and typed arrays only, no object crosses
//! and no formatting machinery is linked. `care` is loaded on demand and speaks typed objects. State
//! passes between them as profile bytes.

#[cfg(feature = "care")]
pub mod care;
mod error;
#[cfg(feature = "rank")]
pub mod rank;

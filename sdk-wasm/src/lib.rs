//! WebAssembly bindings of `homebody-device`: conversions, no logic.
//!
//! Two modules come from this crate. `rank` is hot: primitives and typed arrays only, no object crosses
//! and no formatting machinery is linked. `care` is loaded on demand and speaks typed objects. State
//! passes between them as profile bytes.

#[cfg(feature = "care")]
pub mod care;
#[cfg(feature = "care")]
mod error;
#[cfg(feature = "rank")]
pub mod rank;
#[cfg(feature = "rank")]
mod settings;

/// A third of the size of the default one, and as fast for what few and small things live in a module.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Milliseconds of a JavaScript clock; what is no time counts as the epoch.
pub(crate) fn millis(now_ms: f64) -> u64 {
    now_ms as u64
}

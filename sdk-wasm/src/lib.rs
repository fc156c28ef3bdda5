//! WebAssembly bindings of `homebody-device`: conversions, no logic.
//!
//! Two modules come from this crate: `rank` is hot, `care` is loaded on demand. Primitives and typed arrays are all that
//! crosses, no object does, and no formatting machinery is linked. State passes between them as profile bytes.

#[cfg(feature = "care")]
pub mod care;
#[cfg(feature = "contribute")]
pub mod contribute;
#[cfg(any(feature = "contribute", feature = "split"))]
mod parcel;
#[cfg(feature = "rank")]
pub mod rank;
#[cfg(feature = "rank")]
mod settings;
#[cfg(feature = "split")]
pub mod split;

/// A third of the size of the default one, and as fast for what few and small things live in a module.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Milliseconds of a JavaScript clock; what is no time counts as the epoch.
#[cfg(any(feature = "care", feature = "contribute", feature = "rank"))]
pub(crate) fn millis(now_ms: f64) -> u64 {
    now_ms as u64
}

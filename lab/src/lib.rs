//! The laboratory: simulated visitors, and offline evaluation of published tables on real ones.
//!
//! Everything here works on files, as a site's own data would be: a history is split, the server's binary
//! imports and publishes the first part, and [`replay`] ranks for the visitors of the second part with the very
//! device that runs in the browser. Nothing else depends on this crate.

pub mod baselines;
pub mod behaviour;
pub mod cut;
pub mod dataset;
pub mod evaluate;
pub mod items;
pub mod log;
pub mod off_policy;
pub mod population;
pub mod ranking;
pub mod replay;
pub mod simulate;
pub mod tables;

//! The loop from released sums to a published model, through the public door.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod clicks;
mod drift;
mod gate;
mod history;
mod how_many;
mod killed;
mod learners;
mod ramp;
mod shop;
mod triggers;
mod votes;
mod watch;

//! Raw signals in, interactions out: the state machines behind the DOM listeners.

mod dwell;
mod session;

pub use dwell::DwellTracker;
pub use session::{SESSION_IDLE_MS, SESSION_MAX_MS, SessionTracker};

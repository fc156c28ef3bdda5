//! Continuous learning: from released sums to a candidate, from devices' votes to a champion.
//!
//! ```text
//! releases ──▶ evidence ──▶ candidate ──▶ published beside the champion ──▶ gate: old hit × new hit, one report a device
//!     │    (schedule, count, drift, click-through)                             │
//!     │                        champion ◀── better beyond the noise ───────────┤
//!     │                            │        rejected ◀── worse, or not better in time
//!     │                            ▼
//!     │                        watched: the same question the other way round ──▶ taken back when worse
//!     └──▶ rounds ──▶ the next round's task ──▶ … ──▶ segments, intent, blend; votes ──▶ settings
//! ```
//!
//! [`step`] does whatever is due next and may be called at any time by anybody; each change is one transaction, and whoever
//! is killed in between leaves nothing that the next one does not finish. Nothing here sees a report: it reads sums that were
//! released with their noise. Nothing is published that devices have not judged, and what is rejected stays in the store with
//! the reason.

mod alarm;
mod backoff;
mod candidate;
mod clicks;
mod due;
mod error;
mod evidence;
mod gate;
mod how_many;
mod intent;
mod judge;
mod narrowing;
mod options;
mod outcome;
mod rounds;
mod step;
mod trigger;
mod votes;
mod watch;
mod work;

pub use alarm::{Drift, Moved};
pub use clicks::Clicks;
pub use error::TrainError;
pub(crate) use evidence::task_of;
pub(crate) use intent::published_at as intent_published_at;
pub use narrowing::{Narrowing, NarrowingKind, VarietyLimits};
pub use options::{TrainOptions, Triggers};
pub use outcome::Outcome;
pub use step::step;
pub use work::{Told, round, work};

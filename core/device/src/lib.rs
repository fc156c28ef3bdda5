//! The part of Homebody that knows a person. It runs on their device and nowhere else: no crate of the
//! server depends on it, and `cargo xtask graph` keeps it so.
//!
//! A [`Device`] is a state machine without I/O: consent, interactions and tables in; a snapshot of the
//! profile and ranked candidates out. It reads no clock (`now_ms` is an argument) and draws no entropy (a
//! seed is), so the same calls give the same bits natively and in WebAssembly.
//!
//! ```
//! use homebody_device::{Consent, Device, Interaction, Purpose};
//! use homebody_protocol::Kind;
//!
//! let mut device = Device::new();
//! let click = Interaction::new(Kind::Click, "sku-1");
//! assert!(!device.record(&click, 1_000), "nothing is kept before consent");
//!
//! device.set_consent(Consent::none().granted(Purpose::Personalize));
//! assert!(device.record(&click, 2_000));
//! assert_eq!(device.profile().items().len(), 1);
//! ```

pub mod audit;
pub mod bandit;
pub mod consent;
mod device;
mod intent;
pub mod interaction;
pub mod onboarding;
mod order;
mod prices;
pub mod profile;
pub mod rank;
pub mod segments;
pub mod track;

#[cfg(feature = "care")]
pub mod care;
#[cfg(feature = "contribute-plain")]
pub mod contribute;

pub use audit::{Alarm, Audit};
pub use consent::{Consent, Permit, Personalize, Purpose};
pub use device::{Device, LoadError};
pub use interaction::Interaction;
pub use profile::{Profile, ProfileError};
pub use rank::{RankRequest, Ranked, Reason, ReasonKind, Source};

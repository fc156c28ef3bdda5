//! Collecting contributions: tasks that devices are asked, and sums of what they answer.
//!
//! | mode | on the way | at rest |
//! | --- | --- | --- |
//! | `trusted`, `local` | [`Intake`] checks a report and adds it within a group commit | one running sum a part and window |
//! | `split`, leader | [`leader`] keeps sealed reports until the helper has proved them too | this half of the sum of each hour |
//! | `split`, helper | [`helper`] proves what a leader brings | the other half |
//!
//! A sum is released once, whole, with its noise, and never for fewer reports than the task says ([`release`]). Reports
//! carry no identifier, and none is looked for: no cookie, address or user agent is read on these ways.

mod bare;
mod client;
mod draft;
mod error;
pub mod experiments;
pub mod helper;
mod intake;
mod jobs;
mod keys;
pub mod leader;
mod noise;
pub mod outside;
mod part;
mod registry;
pub mod release;
mod sensitive;
pub(crate) mod settings;
mod tasks;
mod tls;

pub use bare::{BareKey, BareTask, BareVdaf, take_up};
pub use client::{Answered, Client, ClientError};
pub use draft::{DraftOptions, Question, draft};
pub use error::CollectError;
pub use intake::{Answer, Intake, Item, Refused};
pub use jobs::work;
pub use keys::{KEY_FILE, KeyRing, aggregator_key, rotate};
pub use part::{Part, SplitPart, Token};
pub use registry::Registry;
pub use settings::{Invitation, SplitSettings};
pub use tasks::{AddOptions, Added, add, invite, join};

//! Populations of simulated devices: what a site that knows nothing learns from what they contribute, in each mode, by
//! number of visitors and ε.
//!
//! | file | what it does |
//! | --- | --- |
//! | [`world`] | a real set, cut to the head that is asked about: whose behaviour the devices have, what is held out |
//! | [`ask`] | the tasks that spend an ε |
//! | [`people`] | devices: real profiles, real ledgers, real measurements |
//! | [`model`] | lists and popularity from sums, as the server's candidate has them, judged as the laboratory judges |
//! | [`run`] | the whole loop over HTTP with the real binary: contribute, release, train, judge, promote |
//! | [`site`], [`http`] | its processes and its requests |
//! | [`sweep`] | the same sums, noise and learner without a network, for numbers of visitors that no machine simulates |
//! | [`document`] | the table and the charts of `docs/privacy.md` |

pub mod ask;
pub mod document;
pub mod http;
pub mod model;
pub mod people;
pub mod run;
pub mod site;
pub mod sweep;
pub mod world;

use serde::Serialize;

/// How reports are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One operator adds reports up and adds noise at release.
    Trusted,
    /// Two aggregators, each with half of every report; both add noise.
    Split,
    /// The device answers at random.
    Local,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Trusted, Self::Split, Self::Local];

    /// Its name in tasks and documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Split => "split",
            Self::Local => "local",
        }
    }
}

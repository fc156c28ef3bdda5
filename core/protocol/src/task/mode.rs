//! Three ways to sum, and where the noise comes from.

use serde::{Deserialize, Serialize};

/// Who may see what. The label is part of what is signed, so that it can be shown as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Mode {
    /// One operator receives reports without identifiers, adds them up, forgets them and adds noise at release.
    Trusted {
        /// Added to each cell of a released sum.
        noise: Noise,
    },
    /// The device answers at random; nobody needs to be trusted.
    Local {
        /// How an answer is drawn.
        answer: Answer,
        /// ε of one report, in millionths.
        micro_epsilon: u32,
    },
    /// Two aggregators of different parties each hold one share; neither can read a report alone (DAP, Prio3).
    Split {
        /// Added to each cell by each of the two aggregators, so that one honest one is enough.
        noise: Noise,
        /// Where they are.
        aggregators: Aggregators,
    },
}

/// Noise at release, whole numbers of mean 0 from an exact sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Noise {
    /// Discrete Gaussian (Canonne, Kamath, Steinke 2020).
    Gaussian {
        /// Standard deviation σ, in thousandths.
        milli_sigma: u32,
    },
    /// Discrete Laplace.
    Laplace {
        /// Scale b, in thousandths: probabilities fall by e for each b.
        milli_scale: u32,
    },
}

/// How a `local` answer is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// k-ary randomised response: the true cell, or any other (Warner 1965; Kairouz, Bonawitz, Ramage 2016).
    RandomisedResponse,
    /// One bit of a Hadamard transform (Bassily, Smith 2015): better than the above from about 2 + e^ε cells.
    Hadamard,
}

/// The two aggregators of a `split` task, as DAP names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregators {
    /// Base address of the leader, which takes uploads; `https://…/`.
    pub leader: String,
    /// Base address of the helper; another origin.
    pub helper: String,
    /// Who runs the helper, in words for the visitor.
    pub helper_operator: String,
}

impl Mode {
    /// The label, as it is shown: `trusted`, `local` or `split`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Trusted { .. } => "trusted",
            Self::Local { .. } => "local",
            Self::Split { .. } => "split",
        }
    }

    /// The noise at release; `None` for `local`, where it is in every report.
    pub fn noise(&self) -> Option<Noise> {
        match self {
            Self::Trusted { noise } | Self::Split { noise, .. } => Some(*noise),
            Self::Local { .. } => None,
        }
    }

    /// How many parties add the noise to a sum: its variance at the collector is that many times the one of [`Noise`].
    pub fn noise_parties(&self) -> u32 {
        match self {
            Self::Trusted { .. } => 1,
            Self::Local { .. } => 0,
            Self::Split { .. } => 2,
        }
    }
}

impl Noise {
    /// σ or b in thousandths.
    pub fn milli(self) -> u32 {
        match self {
            Self::Gaussian { milli_sigma } => milli_sigma,
            Self::Laplace { milli_scale } => milli_scale,
        }
    }
}

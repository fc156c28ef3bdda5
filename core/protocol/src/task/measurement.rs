//! The closed list of what can be asked.

use serde::{Deserialize, Serialize};

use super::{Metric, Weights};

/// What a report says. `docs` of each: what a device that has nothing to say sends (its *default report*).
///
/// One-hot measurements have a last cell for that. Everything a device must know to measure is in here, so that a task
/// means the same to every device whatever tables it has loaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measurement {
    /// Which items of the head were wanted in the window: multihot of H cells, or one-hot of H + 1.
    Popularity {
        /// The items or facets asked about.
        head: Head,
    },
    /// Which pairs of the head were wanted by one visitor: cells of G = Σ x xᵀ above the diagonal.
    CoOccurrence {
        /// The items or facets asked about.
        head: Head,
        /// The pairs are dealt to so many parts; a device draws one a window.
        shards: u32,
    },
    /// Which item of the head was wanted after which: cells of C = Σ h yᵀ off the diagonal.
    DirectedPairs {
        /// The items or facets asked about.
        head: Head,
        /// The pairs are dealt to so many parts; a device draws one a window.
        shards: u32,
    },
    /// Which segment the visitor is in: one-hot, one cell a segment, none last.
    Segments {
        /// Number of segments, 1 to 16.
        segments: u32,
    },
    /// A round of k-means: cluster by cluster 1, then each feature, of the nearest centre; zeros elsewhere.
    KMeans {
        /// How features are standardised.
        scale: Scale,
        /// Centres over standardised features, 1 to 16.
        centres: Vec<Vec<f32>>,
        /// Steps of a feature between −limit and limit; even.
        levels: u32,
    },
    /// A round of expectation maximisation: component by component the share r, r x and r x² of each feature.
    Mixture {
        /// How features are standardised.
        scale: Scale,
        /// Share of each component, > 0.
        shares: Vec<f32>,
        /// Mean of each component.
        means: Vec<Vec<f32>>,
        /// Variance of each component, > 0.
        variances: Vec<Vec<f32>>,
        /// Steps of a cell; even.
        levels: u32,
    },
    /// Means and products of features, for standardisation and principal components: x, then x_i x_j for i ≤ j.
    SecondMoments {
        /// How features are standardised before.
        scale: Scale,
        /// Steps of a cell between −largest and largest; even.
        levels: u32,
    },
    /// A round of logistic regression on purchases: gradient, then the Hessian's cells for i ≤ j, bias first.
    Logistic {
        /// How features are standardised.
        scale: Scale,
        /// Weights of the round: the bias, then one a feature.
        weights: Vec<f32>,
        /// Steps of a cell between −largest and largest; even.
        levels: u32,
    },
    /// Purchase intent by binned naive Bayes: the outcome (no, yes), then for each feature bin × outcome.
    Intent {
        /// Bins of each feature.
        edges: Edges,
    },
    /// A round of the blend: gradient and Hessian of a logistic preference of the chosen over a passed candidate.
    Blend {
        /// Hash of the model's blob.
        model: String,
        /// Factors of the round for each part of a score, 1 = as now: the table's list sets, empty ones included, then
        /// its six features.
        weights: Vec<f32>,
        /// Steps of a cell between −largest and largest; even.
        levels: u32,
    },
    /// An experiment: one-hot of variant × outcome, not taking part last.
    Experiment {
        /// Its name.
        experiment: String,
        /// Number of variants, 1 to 16.
        variants: u32,
        /// Number of outcomes, 1 to 64: buckets of value, guardrails, all in one.
        outcomes: u32,
    },
    /// A metric of an experiment: variant by variant the six sums of a [`Metric`], zeros but for the visitor's own variant.
    Metric {
        /// Its name.
        experiment: String,
        /// Number of variants, 1 to 16.
        variants: u32,
        /// What is measured.
        metric: Metric,
        /// The most that counts of one visitor, in the metric's unit, 1 to 1,000,000; 1 for shares of visitors.
        limit: u32,
        /// Steps of a cell between 0 and its largest value; even.
        levels: u32,
    },
    /// How well probabilities are calibrated: one-hot of bin of the probability × outcome, no prediction last.
    Calibration {
        /// Bins of equal width, 2 to 50.
        bins: u32,
    },
    /// How varied what is shown is: one-hot of entropy bin × Gini bin, too few impressions last.
    Diversity {
        /// Bins of equal width of each, 2 to 20.
        bins: u32,
    },
    /// Whether visitors change: feature × bin, of features drawn by the device.
    Drift {
        /// Bins of each feature.
        edges: Edges,
    },
    /// What was granted: one-hot over the 16 combinations of the four purposes, unknown last.
    Decisions {},
    /// Whether a candidate model is better: one-hot of old hit × new hit (neither, old, new, both); nothing to judge by
    /// counts as neither.
    Gate {
        /// Hash of the champion's blob.
        champion: String,
        /// Hash of the candidate's blob.
        candidate: String,
        /// A hit is the held-out item among the first so many, 1 to 1,000.
        top: u32,
    },
    /// Votes among settings: which ones rank the held-out item among the first; multihot, or one-hot of the best with
    /// none last.
    Votes {
        /// Hash of the model's blob, which all of them rank with.
        model: String,
        /// The settings, 2 to 64.
        settings: Vec<Setting>,
        /// A hit is the held-out item among the first so many, 1 to 1,000.
        top: u32,
    },
    /// How a model fares: one-hot of the bucket of the held-out item's rank, none last.
    Evaluation {
        /// Hash of the model's blob.
        model: String,
        /// Last rank of each bucket, ascending, 1 to 32.
        ranks: Vec<u32>,
    },
    /// What another strength of exploration would earn: one-hot of step of weight × opened of one decision, none last.
    OffPolicy {
        /// The other strength, as in [`crate::models::Judged`].
        strength: f32,
        /// How weights become cells.
        weights: Weights,
    },
}

/// One way to set a placement's policy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// As [`crate::Policy::alpha`], −1 to 1.
    pub alpha: f32,
    /// As [`crate::Policy::diversity`], 0 to 1.
    pub diversity: f32,
    /// As [`crate::Policy::calibration`], 0 to 1.
    pub calibration: f32,
}

/// The items or facets a matrix or count is about, in slot order, most popular first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Items or facets.
    pub of: HeadKind,
    /// The seed of the keys.
    pub id_seed: u32,
    /// The keys, distinct and not 0.
    pub keys: Vec<u32>,
}

/// What keys name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadKind {
    /// Items.
    Items,
    /// Categories, brands, tags: the back-off below the head.
    Facets,
}

/// How the features of [`crate::features`] are standardised and cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Mean of each feature.
    pub mean: Vec<f32>,
    /// Standard deviation of each, > 0.
    pub sd: Vec<f32>,
    /// Standardised features count within ±limit, > 0 and at most 8.
    pub limit: f32,
}

/// Inner borders of the bins of each feature of [`crate::features`], ascending: n borders make n + 1 bins. A feature
/// without borders is not asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Edges(pub Vec<Vec<f32>>);

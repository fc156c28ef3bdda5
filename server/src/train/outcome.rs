//! What a step did.

/// What a step did.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Nothing was released since the last model.
    NothingNew,
    /// Something was released, and no trigger asks for a model yet.
    NotDue,
    /// What was released adds nothing yet: noise has drowned it.
    NothingLearned,
    /// A candidate was made, and devices are asked about it.
    Asked {
        /// Number of the model.
        model: u64,
        /// The task, 64 hexadecimal digits.
        gate: String,
    },
    /// Devices are still answering.
    Waiting {
        /// Number of the model.
        model: u64,
        /// How many have.
        reports: u64,
        /// Hits a device that the candidate is ahead so far.
        difference: f64,
    },
    /// The candidate is published.
    Promoted {
        /// Number of the model.
        model: u64,
        /// Hits a device that it is better.
        difference: f64,
        /// Version of the manifest.
        version: u64,
    },
    /// The candidate was not good enough.
    Rejected {
        /// Number of the model.
        model: u64,
        /// Why.
        reason: String,
    },
    /// Devices go on comparing the published model with the one it replaced.
    Watching {
        /// Number of the model.
        model: u64,
        /// How many have answered.
        reports: u64,
        /// Hits a device that the model is ahead.
        difference: f64,
    },
    /// More devices use the published model.
    Widened {
        /// Number of the model.
        model: u64,
        /// How many of a thousand.
        per_mille: u32,
        /// Version of the manifest.
        version: u64,
    },
    /// The published model has stood the time it was watched.
    Kept {
        /// Number of the model.
        model: u64,
        /// What was seen meanwhile.
        reason: String,
    },
    /// The published model turned out worse than the one it replaced, which is published again.
    TakenBack {
        /// Number of the model.
        model: u64,
        /// What was seen.
        reason: String,
        /// Version of the manifest.
        version: u64,
    },
    /// The sums of a round were used.
    Round {
        /// Name of the task.
        name: String,
        /// Number of the round.
        number: u32,
        /// The task that asks on, 64 hexadecimal digits; none when the learner is done.
        next: Option<String>,
        /// What came of it.
        outcome: String,
    },
    /// The published intent was judged by how visits ended.
    IntentJudged {
        /// What was found, and what became of it.
        reason: String,
        /// Version of the manifest, where anything changed.
        version: Option<u64>,
    },
    /// Devices voted for other settings, which are published.
    Voted {
        /// What was chosen.
        reason: String,
        /// Version of the manifest.
        version: u64,
    },
}

impl Outcome {
    /// Whether nothing was done, as at most times.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        use Outcome as O;
        matches!(self, O::NothingNew | O::NotDue | O::NothingLearned | O::Waiting { .. } | O::Watching { .. })
    }
}

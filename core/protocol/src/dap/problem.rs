//! Problem types of the protocol's own name space.

/// Why a request failed, by the draft's registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It could not be read, or breaks a rule.
    InvalidMessage,
    /// The task is not known.
    UnrecognizedTask,
    /// The aggregation job is not known.
    UnrecognizedAggregationJob,
    /// The query names no batch that can be collected.
    BatchInvalid,
    /// Too few reports in the batch.
    InvalidBatchSize,
    /// The aggregation parameter is not valid.
    InvalidAggregationParameter,
    /// Leader and helper have not added up the same reports.
    BatchMismatch,
    /// Leader and helper are at different steps.
    StepMismatch,
    /// Some of it was collected already.
    BatchOverlap,
    /// An extension is not known.
    UnsupportedExtension,
    /// Extensions are out of order or malformed.
    InvalidExtension,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::InvalidMessage,
        Self::UnrecognizedTask,
        Self::UnrecognizedAggregationJob,
        Self::BatchInvalid,
        Self::InvalidBatchSize,
        Self::InvalidAggregationParameter,
        Self::BatchMismatch,
        Self::StepMismatch,
        Self::BatchOverlap,
        Self::UnsupportedExtension,
        Self::InvalidExtension,
    ];

    /// Its type as a problem document names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::InvalidMessage => "urn:ietf:params:ppm:dap:error:invalidMessage",
            Self::UnrecognizedTask => "urn:ietf:params:ppm:dap:error:unrecognizedTask",
            Self::UnrecognizedAggregationJob => "urn:ietf:params:ppm:dap:error:unrecognizedAggregationJob",
            Self::BatchInvalid => "urn:ietf:params:ppm:dap:error:batchInvalid",
            Self::InvalidBatchSize => "urn:ietf:params:ppm:dap:error:invalidBatchSize",
            Self::InvalidAggregationParameter => "urn:ietf:params:ppm:dap:error:invalidAggregationParameter",
            Self::BatchMismatch => "urn:ietf:params:ppm:dap:error:batchMismatch",
            Self::StepMismatch => "urn:ietf:params:ppm:dap:error:stepMismatch",
            Self::BatchOverlap => "urn:ietf:params:ppm:dap:error:batchOverlap",
            Self::UnsupportedExtension => "urn:ietf:params:ppm:dap:error:unsupportedExtension",
            Self::InvalidExtension => "urn:ietf:params:ppm:dap:error:invalidExtension",
        }
    }

    /// The problem of a type; none for other name spaces.
    #[must_use]
    pub fn of_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.uri() == uri)
    }
}

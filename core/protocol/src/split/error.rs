//! Why a share was not made, opened or proved.

/// Why a share was not made, opened or proved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// The task asks for sums that cannot be.
    #[error("the task's sums cannot be: {0}")]
    Task(String),
    /// The vector is not one that the task admits.
    #[error("the vector is not one that the task admits: {0}")]
    Vector(String),
    /// A key of algorithms that are not known.
    #[error("key `{0}` has algorithms that are not known")]
    Key(u8),
    /// Bytes that are no share, no message of a proof and no half of a sum.
    #[error("not readable: {0}")]
    Malformed(String),
    /// It does not open: another key, other rules of the task, or tampered with.
    #[error("it does not open with key `{0}` and the task's rules")]
    Sealed(u8),
    /// The proof does not hold.
    #[error("the proof does not hold: {0}")]
    Proof(String),
}

/// What a library says, where somebody reads it: browser modules tell codes alone, and putting text together weighs more
/// than what it is about.
pub(super) fn told(said: &dyn core::fmt::Display) -> String {
    if cfg!(target_arch = "wasm32") { String::new() } else { said.to_string() }
}

impl SplitError {
    /// Stable code for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Task(_) => "split_task",
            Self::Vector(_) => "split_vector",
            Self::Key(_) => "split_key",
            Self::Malformed(_) => "split_malformed",
            Self::Sealed(_) => "split_sealed",
            Self::Proof(_) => "split_proof",
        }
    }
}

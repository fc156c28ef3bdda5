//! Why a configuration is refused.

/// Why a configuration is refused. Every message begins with the place in the file, such as `regions[0].modes.personalize`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// Not JSON, or a value of the wrong type.
    #[error("`{path}`: {message}")]
    Syntax {
        /// Where.
        path: String,
        /// What the parser said, and what is allowed there.
        message: String,
    },
    /// A field that the form does not have.
    #[error("`{path}`: {message}")]
    UnknownField {
        /// Where, with the field's name.
        path: String,
        /// Which fields there are.
        message: String,
    },
    /// A field that stands twice in one object.
    #[error("`{path}` is there twice")]
    DuplicateKey {
        /// The field.
        path: String,
    },
    /// A number or text outside its range.
    #[error("`{path}` must be {allowed}")]
    Range {
        /// Where.
        path: String,
        /// What is allowed there.
        allowed: &'static str,
    },
    /// A name of something that the file does not have.
    #[error("`{path}` names `{name}`, which is not {known}")]
    Reference {
        /// Where.
        path: String,
        /// The name.
        name: String,
        /// What can be named.
        known: &'static str,
    },
}

impl ConsentError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "consent_syntax",
            Self::UnknownField { .. } => "consent_unknown_field",
            Self::DuplicateKey { .. } => "consent_duplicate_key",
            Self::Range { .. } => "consent_range",
            Self::Reference { .. } => "consent_reference",
        }
    }

    /// The place in the file; empty when it is the whole of it.
    pub fn path(&self) -> &str {
        match self {
            Self::Syntax { path, .. }
            | Self::UnknownField { path, .. }
            | Self::DuplicateKey { path }
            | Self::Range { path, .. }
            | Self::Reference { path, .. } => path,
        }
    }
}

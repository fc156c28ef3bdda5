//! Why rules are refused.

use super::{MAX_DEPTH, MAX_PINS, MAX_RULES, MAX_TESTS};

/// Why a rule set is refused. Every message begins with the place in the file, such as `rules[2].when.all[0]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// Not JSON, an unknown word, or a value of the wrong type.
    #[error("`{path}`: {message}")]
    Syntax {
        /// Where.
        path: String,
        /// What the parser said, with line and column, and what is allowed there.
        message: String,
    },
    /// A number or name outside its range.
    #[error("`{path}` must be {allowed}")]
    Range {
        /// Where.
        path: String,
        /// What is allowed there.
        allowed: &'static str,
    },
    /// Two rules with the same name.
    #[error("`{path}`: another rule is called `{name}`; give every rule its own name")]
    DuplicateName {
        /// Where the second one is.
        path: String,
        /// The name.
        name: String,
    },
    /// A rule that does nothing.
    #[error("`{path}` is empty; it takes `exclude`, `keep`, `boost`, `bury` or `pin`")]
    NoOutcome {
        /// Where.
        path: String,
    },
    /// Groups too deep inside one another.
    #[error("`{path}` is nested deeper than {MAX_DEPTH} groups")]
    TooDeep {
        /// Where.
        path: String,
    },
    /// More than devices accept.
    #[error("too many {what}: a placement takes {MAX_RULES} rules, {MAX_PINS} pins and {MAX_TESTS} tests")]
    TooMany {
        /// Of what.
        what: &'static str,
    },
}

impl RuleError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "rules_syntax",
            Self::Range { .. } => "rules_range",
            Self::DuplicateName { .. } => "rules_duplicate_name",
            Self::NoOutcome { .. } => "rules_no_outcome",
            Self::TooDeep { .. } => "rules_too_deep",
            Self::TooMany { .. } => "rules_too_many",
        }
    }

    /// The place in the file; empty when it is the whole of it.
    pub fn path(&self) -> &str {
        match self {
            Self::Syntax { path, .. }
            | Self::Range { path, .. }
            | Self::DuplicateName { path, .. }
            | Self::NoOutcome { path }
            | Self::TooDeep { path } => path,
            Self::TooMany { .. } => "",
        }
    }
}

//! Why a text is not a task.

use serde_path_to_error::Segment;

/// Why a text is not a task. Messages begin with the place in the file, such as `mode.local.micro_epsilon`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// Not JSON, a field that is missing, or a value of the wrong type.
    #[error("`{path}`: {message}")]
    Syntax {
        /// Where.
        path: String,
        /// What the parser said.
        message: String,
    },
    /// A field or word that a task does not have.
    #[error("`{path}`: {message}")]
    Unknown {
        /// Where, with the field's name.
        path: String,
        /// Which ones there are.
        message: String,
    },
    /// A value outside its range.
    #[error("`{path}` must be {allowed}")]
    Range {
        /// Where.
        path: String,
        /// What is allowed there.
        allowed: String,
    },
    /// Two fields that do not fit each other.
    #[error("`{path}` does not fit: {reason}")]
    Mismatch {
        /// The field to change.
        path: String,
        /// What it has to fit.
        reason: String,
    },
    /// A signed payload that is written in another way than the canonical one.
    #[error("a signed task must be its canonical bytes; sign what `Task::canonical` returns")]
    NotCanonical,
    /// Signed by another key, or altered since.
    #[error("the signature is not one of the key `{expected}` over this task")]
    Signature {
        /// Id of the key that was expected.
        expected: String,
    },
}

impl TaskError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "task_syntax",
            Self::Unknown { .. } => "task_unknown",
            Self::Range { .. } => "task_range",
            Self::Mismatch { .. } => "task_mismatch",
            Self::NotCanonical => "task_not_canonical",
            Self::Signature { .. } => "task_signature",
        }
    }

    /// The place in the file; empty when it is the whole of it.
    pub fn path(&self) -> &str {
        match self {
            Self::Syntax { path, .. }
            | Self::Unknown { path, .. }
            | Self::Range { path, .. }
            | Self::Mismatch { path, .. } => path,
            Self::NotCanonical | Self::Signature { .. } => "",
        }
    }

    pub(super) fn form(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = shown(error.path());
        let message = error.inner().to_string();
        // serde has no kinds of errors; its sentence is the only place where it says which one it is.
        if message.starts_with("unknown") {
            Self::Unknown { path, message }
        } else {
            Self::Syntax { path, message }
        }
    }
}

/// Dotted, with the words of enums as steps of their own.
fn shown(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path.iter() {
        let step = match segment {
            Segment::Seq { index } => format!("[{index}]"),
            Segment::Map { key } | Segment::Enum { variant: key } if text.is_empty() => key.clone(),
            Segment::Map { key } | Segment::Enum { variant: key } => format!(".{key}"),
            Segment::Unknown => String::new(),
        };
        text.push_str(&step);
    }
    text
}

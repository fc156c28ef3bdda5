//! Why tasks, reports or sums were not taken.

use homebody_protocol::split::SplitError;
use homebody_protocol::task::TaskError;

use crate::signing::SigningError;
use crate::store::StoreError;

/// Why a task was not taken up, or a sum not released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// The file cannot be read.
    #[error("cannot read `{file}`: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not a task, or was signed by somebody else.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// It is a task of another site.
    #[error("the task is of the site `{found}`, this is `{expected}`")]
    Site {
        /// The site in the task.
        found: String,
        /// The site of this data folder.
        expected: String,
    },
    /// An invitation that cannot be.
    #[error("the invitation cannot be: {0}")]
    Invitation(String),
    /// No task has this id.
    #[error("there is no task `{0}`")]
    UnknownTask(String),
    /// There are no items to ask about.
    #[error("nothing is published, so there are no items to ask about")]
    NothingPublished,
    /// The task is not of the mode that this needs.
    #[error("the task is not `split`, or this is not its {0}")]
    NotSplit(&'static str),
    /// It asks about what the site calls sensitive.
    #[error("the task asks about what `catalog.sensitive_tags` names: `{}`", .0.join("`, `"))]
    Sensitive(Vec<String>),
    /// An aggregator elsewhere did not answer, or not as the protocol says.
    #[error("the aggregator: {0}")]
    Peer(String),
    /// The other aggregator will never give its half of a sum that is closed.
    #[error(
        "the helper refuses its half for good (`{0}`), so this sum is lost; the windows after it are not"
    )]
    Refused(String),
    /// The task is one of the bare protocol.
    #[error("the task has no windows: it is one of the bare protocol, whose collector names an interval")]
    NotSigned,
    /// No sum is released for so few.
    #[error("the batch has {reports} reports, and none is released below {least}")]
    BatchTooSmall {
        /// Reports there are.
        reports: u64,
        /// Reports there must be.
        least: u32,
    },
    /// The window is not over.
    #[error("window {0} of the task is not over")]
    WindowOpen(u32),
    /// It was released before, or never held anything.
    #[error("window {0} of the task was released or dropped before")]
    BatchClosed(u32),
    /// A half of a sum.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// The key of the aggregator, or the site's.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The data folder.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CollectError {
    /// Stable code for programs and documentation.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "task_unreadable",
            Self::Task(error) => error.code(),
            Self::Site { .. } => "task_site",
            Self::Invitation(_) => "invitation",
            Self::UnknownTask(_) => "task_not_found",
            Self::NothingPublished => "nothing_published",
            Self::NotSplit(_) => "task_not_split",
            Self::Sensitive(_) => "task_sensitive",
            Self::Peer(_) => "aggregator",
            Self::Refused(_) => "collection_refused",
            Self::NotSigned => "task_not_signed",
            Self::BatchTooSmall { .. } => "batch_too_small",
            Self::WindowOpen(_) => "window_open",
            Self::BatchClosed(_) => "batch_closed",
            Self::Split(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

//! What every import shares: the source with its progress, bounded lines, and line-numbered problems.

mod error;
mod field;
mod json;
mod lines;
mod problem;
mod resembling;
mod source;
mod table;

pub use error::ImportError;
pub(crate) use field::seconds;
pub use field::{NumberFault, number_from_text, time_from_text, year_start};
pub use json::json_fault;
pub use lines::{LINE_LIMIT_BYTES, LineReader, LineStatus};
pub(crate) use problem::quoted;
pub use problem::{PROBLEMS_SHOWN, Problem, ProblemCode, Problems};
pub use resembling::resembling;
pub use source::{Meter, Progress, Source};
pub use table::{RecordReader, RecordStatus};

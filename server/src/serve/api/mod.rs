//! Handlers of the private side.

pub(crate) mod audience;
pub(crate) mod consent;
pub(crate) mod contents;
pub(crate) mod experiments;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod imports;
pub(crate) mod publications;
pub(crate) mod quality;
pub(crate) mod rates;
mod upload;
mod work;

pub(crate) use work::{problem_of, unix_now};

//! Handlers of the private side.

pub(crate) mod health;
pub(crate) mod imports;
pub(crate) mod publications;
mod upload;
mod work;

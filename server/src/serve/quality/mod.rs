//! How well it works, as a page: [`crate::quality`] for people.

mod page;
mod plot;
mod tables;

pub(super) use page::of;

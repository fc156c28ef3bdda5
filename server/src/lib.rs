//! The `homebody` server: imports a site's data as sums, publishes signed tables, serves them to everybody alike.
//!
//! | to learn | read |
//! | --- | --- |
//! | what it answers | [`serve::routes`]: all routes on one screen |
//! | what it can be told | [`cli`] and [`config`] |
//! | how data comes in | [`catalog`], [`history`] (both through [`intake`]) |
//! | how data goes out | [`publish`], [`signing`], [`export`]; in aggregate [`sums`] |
//! | what visitors are asked, and how many decided how | [`consent`] |
//! | what devices contribute, and how it is summed | [`collect`] |
//! | what sums say of how well it works | [`quality`] |
//! | what their sums say of visitors on the whole | [`audience`] |
//! | where everything lies | [`store`] |

pub mod audience;
pub mod catalog;
pub mod cli;
pub mod collect;
pub mod config;
pub mod consent;
pub mod doctor;
pub mod ensemble;
pub mod error;
pub mod estimate;
pub mod export;
pub mod history;
pub mod intake;
pub mod publish;
pub mod quality;
pub mod serve;
pub mod signing;
pub mod store;
pub mod sums;
pub mod telemetry;
pub mod train;

pub use error::Error;

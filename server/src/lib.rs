//! The `homebody` server: imports a site's data as sums, publishes signed tables, serves them to everybody alike.
//!
//! | to learn | read |
//! | --- | --- |
//! | what it answers | [`serve::routes`]: all routes on one screen |
//! | what it can be told | [`cli`] and [`config`] |
//! | how data comes in | [`catalog`], [`history`] (both through [`intake`]) |
//! | how data goes out | [`publish`], [`signing`] |
//! | where everything lies | [`store`] |

pub mod catalog;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod ensemble;
pub mod error;
pub mod history;
pub mod intake;
pub mod publish;
pub mod serve;
pub mod signing;
pub mod store;
pub mod telemetry;

pub use error::Error;

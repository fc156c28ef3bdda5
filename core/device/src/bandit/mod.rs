//! What exploration believes, and how it draws from it.
//!
//! Two kinds of belief about items, both begun by the server's priors and continued by what this visitor does: a Beta
//! distribution of each item's click rate (`arms`; the local counts are those of the profile's items), and a linear model of
//! clicks over a few features ([`linear`]; kept in the profile). A third is about lists: how varied they are liked
//! (`levels`; kept beside). `decision` is what can be told of lists that chance had a hand in. `pending` holds what was listed
//! until it is known whether it was opened. Draws come from `random`, so that the same seed gives the same list everywhere.

pub(crate) mod arms;
pub(crate) mod decision;
pub(crate) mod levels;
pub mod linear;
pub(crate) mod pending;
pub(crate) mod random;

//! Populations: devices contribute over HTTP to the real binary, and what comes of it is what it should be.
//!
//! The tests over HTTP need `homebody`: beside this test, or where HOMEBODY_BIN points; those on real behaviour a set where
//! HOMEBODY_DATA points. Without them they say what they skipped.

#[cfg(test)]
mod averaging;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod sums;
#[cfg(test)]
mod whole;

//! All tests of the device as one program: thirty programs compile and link the same code thirty times.
#![cfg(test)]

mod activity;
#[cfg(feature = "json")]
mod care;
mod cart;
#[cfg(feature = "contribute")]
mod contributions;
#[cfg(feature = "contribute")]
mod decisions;
#[cfg(feature = "json")]
mod documents;
mod edges;
mod explore;
mod explored;
mod fading;
mod feedback;
mod flood;
mod golden;
mod golden_rules;
mod golden_trees;
mod hints;
mod levels;
mod market;
mod mix;
mod newcomers;
mod paging;
mod profile;
mod ranking;
mod reasons;
mod rules;
mod scores;
mod shop;
mod smoothing;
mod standing;
mod tabs;
mod trees;
mod variety;

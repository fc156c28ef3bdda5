//! Small models and settings that travel with a pool, each in a section of its own.
//!
//! A pool is complete: what a list is ranked, explained and explored by comes with the candidates, signed with them.
//! A table without a section has the section's default, which changes nothing.

pub mod bounds;
pub mod intent;
pub mod judged;
pub mod prior;
pub mod questions;
pub mod segments;
pub mod trees;

pub use bounds::DiversityBounds;
pub use intent::Intent;
pub use judged::Judged;
pub use prior::{ArmPriors, LinearPrior};
pub use questions::{Answer, Question, Questions};
pub use segments::{Segment, Segments};
pub use trees::{TreeModel, TreeRole, Trees};

use crate::policy::Policy;
use crate::rules::Rules;

/// Everything of a table besides its rows and lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// The numbers of the placement.
    pub policy: Policy,
    /// The site's rules for the placement.
    pub rules: Rules,
    /// Prior of each row's click rate.
    pub arms: ArmPriors,
    /// Prior of the linear bandit.
    pub linear: LinearPrior,
    /// Visitor segments.
    pub segments: Segments,
    /// Purchase intent.
    pub intent: Intent,
    /// Questions for newcomers.
    pub questions: Questions,
    /// Imported tree ensembles.
    pub trees: Trees,
    /// Group of near duplicates of each row, 0 none; at most one of a group is listed. Empty, or one a row.
    pub duplicates: Duplicates,
    /// Between what the device chooses how varied its lists are.
    pub diversity_bounds: DiversityBounds,
    /// The policy that lists are judged for besides the one that makes them.
    pub judged: Judged,
}

/// Group of near duplicates of each row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicates(
    /// One a row, 0 = no duplicates; empty when no row has any.
    pub Vec<u32>,
);

impl crate::wire::Section for Duplicates {
    const TAG: &'static str = "DUPL";

    fn write(&self, out: &mut Vec<u8>) {
        out.extend((self.0.len() as u32).to_le_bytes());
        for group in &self.0 {
            out.extend(group.to_le_bytes());
        }
    }

    fn read(input: &mut crate::wire::Reader<'_>) -> Self {
        let count = input.entries(4);
        Self((0..count).map(|_| input.u32()).collect())
    }
}

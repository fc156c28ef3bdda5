//! Ensembles of decision trees, imported from gradient-boosting libraries.

use crate::wire::{Reader, Section, put_count};

/// What an ensemble is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum TreeRole {
    /// Purchase intent, over the visitor's features.
    #[default]
    Intent = 0,
    /// A re-ranker, over the parts of a candidate's score and the visitor's features.
    Rerank = 1,
}

/// One ensemble.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TreeModel {
    /// What it is for.
    pub role: TreeRole,
}

/// All ensembles of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trees(
    /// At most one a role.
    pub Vec<TreeModel>,
);

impl Section for Trees {
    const TAG: &'static str = "TREE";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, self.0.len());
    }

    fn read(input: &mut Reader<'_>) -> Option<Self> {
        input.count(0).map(|_| Self::default())
    }
}

//! From a library's tree, whose children are anywhere, to nodes in pre-order.

use super::import::{ImportError, malformed};
use super::{LEAF, MAX_NODES, MAX_TREE_DEPTH, MAX_TREES, Missing, Node, TreeModel, TreeRole};

/// A node as a library gives it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given {
    Leaf(f32),
    Split { feature: u8, threshold: f32, missing: Missing, left: usize, right: usize },
}

/// An ensemble that is being put together.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) model: TreeModel,
}

impl Builder {
    pub(super) fn new(role: TreeRole, single_precision: bool, base: f32, scale: f32) -> Self {
        let model = TreeModel {
            role,
            single_precision,
            base,
            scale,
            weight: 1.0,
            sizes: Vec::new(),
            nodes: Vec::new(),
        };
        Self { model }
    }

    /// Adds the tree that begins at `root`; `name` is where errors point to.
    pub(super) fn add(
        &mut self,
        name: &str,
        root: usize,
        given: &dyn Fn(usize) -> Result<Given, ImportError>,
    ) -> Result<(), ImportError> {
        if self.model.sizes.len() == MAX_TREES {
            return Err(ImportError::TooLarge { what: "trees" });
        }
        let start = self.model.nodes.len();
        self.add_node(name, root, given, 0)?;
        let size = u16::try_from(self.model.nodes.len() - start);
        self.model.sizes.push(size.map_err(|_| ImportError::TooLarge { what: "nodes" })?);
        Ok(())
    }

    fn add_node(
        &mut self,
        name: &str,
        index: usize,
        given: &dyn Fn(usize) -> Result<Given, ImportError>,
        depth: usize,
    ) -> Result<(), ImportError> {
        let place = self.model.nodes.len();
        // A cycle in a damaged file ends at one of these bounds.
        if place >= MAX_NODES {
            return Err(ImportError::TooLarge { what: "nodes" });
        }
        if depth > MAX_TREE_DEPTH {
            return Err(ImportError::TooLarge { what: "levels" });
        }
        match given(index)? {
            Given::Leaf(value) => {
                let value = finite(value, name)?;
                self.model.nodes.push(Node { feature: LEAF, missing: Missing::IsZero, skip: 0, value });
            }
            Given::Split { feature, threshold, missing, left, right } => {
                let value = finite(threshold, name)?;
                self.model.nodes.push(Node { feature, missing, skip: 0, value });
                self.add_node(name, left, given, depth + 1)?;
                let skip = u16::try_from(self.model.nodes.len() - place);
                self.model.nodes[place].skip = skip.map_err(|_| ImportError::TooLarge { what: "nodes" })?;
                self.add_node(name, right, given, depth + 1)?;
            }
        }
        Ok(())
    }
}

fn finite(value: f32, name: &str) -> Result<f32, ImportError> {
    if value.is_finite() { Ok(value) } else { Err(malformed(name, "a threshold or leaf is not finite")) }
}

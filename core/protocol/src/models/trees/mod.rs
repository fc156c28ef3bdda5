//! Ensembles of decision trees, imported from gradient-boosting libraries.
//!
//! A tree is its nodes in pre-order: the left child of a split stands right behind it, the right one `skip` nodes
//! further. Children stand behind their parents, so every walk ends.

#[cfg(feature = "trees-import")]
mod build;
#[cfg(feature = "trees-import")]
mod import;
#[cfg(feature = "trees-import")]
mod lightgbm;
#[cfg(feature = "trees-import")]
mod xgboost;

#[cfg(feature = "trees-import")]
pub use import::ImportError;

use crate::features::{FEATURE_NAMES, FEATURES};
use crate::wire::{Reader, Section, put_count, put_f32s};

/// Most trees of an ensemble.
pub const MAX_TREES: usize = 500;
/// Most nodes of an ensemble, leaves included.
pub const MAX_NODES: usize = 32_000;
/// Most splits between a root and a leaf.
pub const MAX_TREE_DEPTH: usize = 32;

/// Names of the features that a re-ranker may ask for besides the visitor's ([`FEATURE_NAMES`]), in the order in
/// which they follow those.
///
/// `collaborative` to `fatigue` are parts of the candidate's score, `score` their sum so far. `price`, `age_days` and
/// the page's `hour`, `weekday` (0 = Monday) and `viewport_px` are missing when they are unknown.
pub const CANDIDATE_FEATURE_NAMES: [&str; 17] = [
    "collaborative",
    "content",
    "popularity",
    "trend",
    "freshness",
    "category",
    "brand",
    "tag",
    "rule",
    "cart",
    "fatigue",
    "score",
    "price",
    "age_days",
    "hour",
    "weekday",
    "viewport_px",
];

/// Number of features a node can ask for.
pub const TREE_FEATURES: usize = FEATURES + CANDIDATE_FEATURE_NAMES.len();

/// What an ensemble is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Whether leaves are added up in single precision, as the library it comes from does.
    pub single_precision: bool,
    /// What the sum begins with.
    pub base: f32,
    /// What the sum is multiplied by.
    pub scale: f32,
    /// How much a re-ranker moves: 1 = its margins, standardised over the candidates, count as much as the score.
    pub weight: f32,
    /// Number of nodes of each tree.
    pub sizes: Vec<u16>,
    /// The nodes, tree after tree.
    pub nodes: Vec<Node>,
}

/// A split or a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// The feature that a split asks for; [`LEAF`] for a leaf.
    pub feature: u8,
    /// What a split does when the feature is missing.
    pub missing: Missing,
    /// Where the right child is, counted from here; at least 2. 0 for a leaf.
    pub skip: u16,
    /// A split goes left when the feature is at most this; a leaf adds it.
    pub value: f32,
}

/// The [`Node::feature`] of a leaf.
pub const LEAF: u8 = u8::MAX;

/// What a split does with a value that is missing (NaN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Missing {
    /// It is taken for 0.
    IsZero = 0,
    /// It goes left.
    Left = 1,
    /// It goes right.
    Right = 2,
    /// It goes left, and so does 0 (by ±1e-35).
    ZeroLeft = 3,
    /// It goes right, and so does 0.
    ZeroRight = 4,
}

/// LightGBM's bound of what counts as zero.
const ZERO: f32 = 1e-35;

impl Missing {
    /// By wire code.
    const ALL: [Self; 5] = [Self::IsZero, Self::Left, Self::Right, Self::ZeroLeft, Self::ZeroRight];
}

/// All ensembles of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trees(
    /// At most one a role.
    pub Vec<TreeModel>,
);

impl Trees {
    /// The ensemble of a role.
    pub fn of(&self, role: TreeRole) -> Option<&TreeModel> {
        self.0.iter().find(|model| model.role == role)
    }
}

impl TreeModel {
    /// What the ensemble says: a margin (log-odds for a classifier). Features are in the order of [`FEATURE_NAMES`],
    /// then [`CANDIDATE_FEATURE_NAMES`]; NaN and what lies beyond the slice is missing.
    pub fn margin(&self, features: &[f32]) -> f32 {
        let mut rest = self.nodes.as_slice();
        let (mut single, mut double) = (self.base, f64::from(self.base));
        for &size in &self.sizes {
            let (tree, others) = rest.split_at(usize::from(size).min(rest.len()));
            let leaf = leaf(tree, features);
            single += leaf;
            double += f64::from(leaf);
            rest = others;
        }
        if self.single_precision { single * self.scale } else { (double * f64::from(self.scale)) as f32 }
    }

    /// The place of a feature by its name; an intent model knows the visitor's features alone.
    pub fn feature(role: TreeRole, name: &str) -> Option<u8> {
        let place = Self::feature_names(role).position(|known| known == name)?;
        u8::try_from(place).ok()
    }

    /// Names of the features that a role may ask for, in their order.
    pub fn feature_names(role: TreeRole) -> impl Iterator<Item = &'static str> {
        let candidate = match role {
            TreeRole::Intent => &[][..],
            TreeRole::Rerank => &CANDIDATE_FEATURE_NAMES[..],
        };
        FEATURE_NAMES.iter().chain(candidate).copied()
    }

    fn is_sane(&self) -> bool {
        let features = if self.role == TreeRole::Intent { FEATURES } else { TREE_FEATURES };
        let mut rest = self.nodes.as_slice();
        for &size in &self.sizes {
            let Some((tree, others)) = rest.split_at_checked(usize::from(size)) else { return false };
            if !is_tree(tree, features) {
                return false;
            }
            rest = others;
        }
        rest.is_empty()
    }
}

fn leaf(tree: &[Node], features: &[f32]) -> f32 {
    let mut at = 0;
    while let Some(node) = tree.get(at) {
        if node.feature == LEAF {
            return node.value;
        }
        let value = features.get(usize::from(node.feature)).copied().unwrap_or(f32::NAN);
        at += if goes_left(node, value) { 1 } else { usize::from(node.skip) };
    }
    0.0
}

fn goes_left(node: &Node, value: f32) -> bool {
    let is_missing = value.is_nan();
    let is_zero = is_missing || (-ZERO..=ZERO).contains(&value);
    match node.missing {
        Missing::IsZero if is_missing => 0.0 <= node.value,
        Missing::Left if is_missing => true,
        Missing::Right if is_missing => false,
        Missing::ZeroLeft if is_zero => true,
        Missing::ZeroRight if is_zero => false,
        _ => value <= node.value,
    }
}

/// Whether every split has both children within the tree and asks for a known feature.
fn is_tree(tree: &[Node], features: usize) -> bool {
    let is_sane = |(at, node): (usize, &Node)| {
        let skip = usize::from(node.skip);
        node.feature == LEAF || (usize::from(node.feature) < features && skip >= 2 && at + skip < tree.len())
    };
    !tree.is_empty() && tree.iter().enumerate().all(is_sane)
}

/// On the wire: `u16` ensembles; for each `u8` role, `u8` 1 for single precision, `f32` base, scale, weight, `u16`
/// trees, `u16` sizes; nodes of `u8` feature, `u8` missing, `u16` skip, `f32` value.
impl Section for Trees {
    const TAG: &'static str = "TREE";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, self.0.len());
        for model in &self.0 {
            out.extend([model.role as u8, u8::from(model.single_precision)]);
            put_f32s(out, &[model.base, model.scale, model.weight]);
            put_count(out, model.sizes.len());
            for size in &model.sizes {
                out.extend(size.to_le_bytes());
            }
            for node in &model.nodes {
                out.extend([node.feature, node.missing as u8]);
                out.extend(node.skip.to_le_bytes());
                put_f32s(out, &[node.value]);
            }
        }
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let count = input.count(2);
        let models: Vec<TreeModel> = (0..count).map(|_| read_model(input)).collect();
        input.ensure(models.windows(2).all(|pair| pair[0].role < pair[1].role));
        Self(models)
    }
}

fn read_model(input: &mut Reader<'_>) -> TreeModel {
    let [role, single_precision] = input.take();
    let role = input.code(role, &[TreeRole::Intent, TreeRole::Rerank]);
    let (base, scale, weight) = (input.f32(), input.f32(), input.f32());
    let trees = input.count(MAX_TREES);
    let sizes: Vec<u16> = (0..trees).map(|_| input.u16()).collect();
    let total = sizes.iter().fold(0, |sum, &size| sum + usize::from(size));
    input.ensure(total <= MAX_NODES);
    let total = total.min(MAX_NODES);
    let nodes = (0..total).map(|_| read_node(input)).collect();
    let single_precision = single_precision != 0;
    let model = TreeModel { role, single_precision, base, scale, weight, sizes, nodes };
    input.ensure(model.is_sane());
    model
}

fn read_node(input: &mut Reader<'_>) -> Node {
    let [feature, missing] = input.take();
    Node { feature, missing: input.code(missing, &Missing::ALL), skip: input.u16(), value: input.f32() }
}

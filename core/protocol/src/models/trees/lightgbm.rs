//! LightGBM's text, as `Booster.save_model("model.txt")` writes it.
//!
//! LightGBM compares `value <= threshold` in double precision. Values on a device are single-precision numbers, and for
//! those the comparison is the same with the largest single-precision number that is not above the threshold.

use std::collections::BTreeMap;

use super::build::{Builder, Given};
use super::import::{ImportError, malformed, places, unsupported};
use super::{Missing, TreeModel, TreeRole};

/// The lines `key=value` up to an empty one.
type Block<'a> = BTreeMap<&'a str, &'a str>;

/// Reads the text of a model.
pub(super) fn read(text: &str, role: TreeRole) -> Result<TreeModel, ImportError> {
    let head = text.split("\nTree=").next().unwrap_or_default();
    let head = block(head);
    for key in ["num_class", "num_tree_per_iteration"] {
        if head.get(key).is_some_and(|&value| value != "1") {
            return Err(unsupported("a model of several classes", "train one for a single yes or no"));
        }
    }
    if head.contains_key("average_output") {
        return Err(unsupported("a random forest", "train with boosting=gbdt"));
    }
    let names = head.get("feature_names").copied().unwrap_or_default();
    let features = places(names.split_ascii_whitespace(), role)?;
    let mut builder = Builder::new(role, false, 0.0, scale_of(&head)?);
    let (trees, _) = text
        .split_once("end of trees")
        .ok_or_else(|| malformed("end of trees", "is missing: the file was cut"))?;
    for (index, tree) in trees.split("\nTree=").skip(1).enumerate() {
        let name = format!("Tree={index}");
        let tree = Tree::read(&block(tree), &features, &name)?;
        builder.add(&name, 0, &|node| tree.given(node, &name))?;
    }
    Ok(builder.model)
}

fn block(text: &str) -> Block<'_> {
    text.lines().map(pair_of).collect()
}

fn pair_of(line: &str) -> (&str, &str) {
    line.trim_end().split_once('=').unwrap_or((line.trim_end(), ""))
}

/// What makes log-odds, or a plain score, of the sum of leaves.
fn scale_of(head: &Block<'_>) -> Result<f32, ImportError> {
    let objective = head.get("objective").copied().unwrap_or_default();
    let mut words = objective.split(' ');
    match words.next().unwrap_or_default() {
        "binary" => {
            let sigmoid = words.find_map(|word| word.strip_prefix("sigmoid:"));
            sigmoid.unwrap_or("1").parse().map_err(|_| malformed("objective", "its sigmoid is no number"))
        }
        // The square-root variant transforms its output; nothing else of these does.
        "regression" if words.all(|word| word != "sqrt") => Ok(1.0),
        "lambdarank" | "rank_xendcg" => Ok(1.0),
        _ => {
            let instead = "use binary, regression, lambdarank or rank_xendcg";
            Err(unsupported(format!("the objective `{objective}`"), instead))
        }
    }
}

/// Splits and leaves, which LightGBM numbers apart: children below zero are leaves.
struct Tree {
    splits: Vec<(u8, f32, Missing, i64, i64)>,
    leaves: Vec<f32>,
}

impl Tree {
    fn read(block: &Block<'_>, features: &[u8], name: &str) -> Result<Self, ImportError> {
        if block.get("is_linear").is_some_and(|&value| value != "0") {
            return Err(unsupported(format!("the linear tree {name}"), "train with linear_tree=false"));
        }
        let leaves: Vec<f32> = numbers(block, "leaf_value", name)?;
        let split_features: Vec<usize> = numbers(block, "split_feature", name)?;
        let thresholds: Vec<f64> = numbers(block, "threshold", name)?;
        let decisions: Vec<u8> = numbers(block, "decision_type", name)?;
        let lefts: Vec<i64> = numbers(block, "left_child", name)?;
        let rights: Vec<i64> = numbers(block, "right_child", name)?;
        let count = split_features.len();
        let lengths = [thresholds.len(), decisions.len(), lefts.len(), rights.len()];
        if leaves.len() != count + 1 || lengths.iter().any(|&len| len != count) {
            return Err(malformed(name, "its lists have different lengths"));
        }
        let mut splits = Vec::with_capacity(count);
        for index in 0..count {
            let feature = features.get(split_features[index]).copied();
            let feature =
                feature.ok_or_else(|| malformed(name, "a split asks for a feature without a name"))?;
            let missing = missing_of(decisions[index], name)?;
            splits.push((feature, floor(thresholds[index]), missing, lefts[index], rights[index]));
        }
        Ok(Self { splits, leaves })
    }

    /// Numbers splits first, then leaves.
    fn given(&self, index: usize, name: &str) -> Result<Given, ImportError> {
        if let Some(&(feature, threshold, missing, left, right)) = self.splits.get(index) {
            let (left, right) = (self.place(left), self.place(right));
            return Ok(Given::Split { feature, threshold, missing, left, right });
        }
        let leaf = self.leaves.get(index - self.splits.len());
        leaf.map(|&value| Given::Leaf(value)).ok_or_else(|| malformed(name, "a child is outside the tree"))
    }

    fn place(&self, child: i64) -> usize {
        let leaf =
            |leaf: i64| usize::try_from(leaf).unwrap_or(usize::MAX / 2).saturating_add(self.splits.len());
        usize::try_from(child).ok().filter(|&split| split < self.splits.len()).unwrap_or_else(|| leaf(!child))
    }
}

/// Bit 0 categorical, bit 1 missing values go left, bits 2–3 what is missing: nothing, zero, NaN.
fn missing_of(decision: u8, name: &str) -> Result<Missing, ImportError> {
    if decision & 1 != 0 {
        return Err(unsupported(format!("the categorical split in {name}"), "encode categories as numbers"));
    }
    match (decision >> 2 & 3, decision & 2 != 0) {
        (0, _) => Ok(Missing::IsZero),
        (1, true) => Ok(Missing::ZeroLeft),
        (1, false) => Ok(Missing::ZeroRight),
        (2, true) => Ok(Missing::Left),
        (2, false) => Ok(Missing::Right),
        _ => Err(malformed(name, "decision_type names no treatment of missing values")),
    }
}

/// The largest single-precision number that is not above `threshold`.
fn floor(threshold: f64) -> f32 {
    let near = threshold as f32;
    let below = if f64::from(near) > threshold { near.next_down() } else { near };
    // Thresholds beyond single precision part missing from known values.
    below.clamp(f32::MIN, f32::MAX)
}

fn numbers<T: core::str::FromStr>(block: &Block<'_>, key: &str, name: &str) -> Result<Vec<T>, ImportError> {
    let text = block.get(key).copied().unwrap_or_default();
    let number =
        |word: &str| word.parse().map_err(|_| malformed(format!("{name} {key}"), "not a list of numbers"));
    text.split_ascii_whitespace().map(number).collect()
}

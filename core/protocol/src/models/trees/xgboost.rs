//! XGBoost's JSON, as `Booster.save_model("model.json")` writes it.
//!
//! XGBoost compares `value < threshold` and adds leaves up in single precision. For single-precision numbers `<` is
//! `<=` the next smaller number, which is what is stored. See "Introduction to Model IO" of its documentation.

use serde::Deserialize;
use serde_json::Value;

use super::build::{Builder, Given};
use super::import::{ImportError, malformed, places, unsupported};
use super::{Missing, TreeModel, TreeRole};

#[derive(Deserialize)]
struct File {
    learner: Learner,
}

#[derive(Deserialize)]
struct Learner {
    #[serde(default)]
    feature_names: Vec<String>,
    gradient_booster: Booster,
    learner_model_param: Parameters,
    objective: Objective,
}

#[derive(Deserialize)]
struct Booster {
    name: String,
    model: Option<Model>,
}

#[derive(Deserialize)]
struct Model {
    trees: Vec<Tree>,
}

#[derive(Deserialize)]
struct Parameters {
    base_score: String,
    #[serde(default)]
    num_class: String,
    #[serde(default)]
    num_target: String,
}

#[derive(Deserialize)]
struct Objective {
    name: String,
}

#[derive(Deserialize)]
struct Tree {
    left_children: Vec<i64>,
    right_children: Vec<i64>,
    split_indices: Vec<usize>,
    split_conditions: Vec<f32>,
    /// 0 and 1, or booleans in older releases.
    default_left: Vec<Value>,
    #[serde(default)]
    split_type: Vec<u8>,
}

/// Reads the JSON of a model.
pub(super) fn read(text: &str, role: TreeRole) -> Result<TreeModel, ImportError> {
    let parsed: Result<File, _> = serde_json::from_str(text);
    let learner = match parsed {
        Ok(file) => file.learner,
        Err(error) if error.is_data() => {
            return Err(malformed(
                format!("line {} column {}", error.line(), error.column()),
                "not as XGBoost writes it",
            ));
        }
        Err(error) => {
            return Err(malformed(format!("line {} column {}", error.line(), error.column()), "not JSON"));
        }
    };
    let base = base_of(&learner)?;
    let model = learner.gradient_booster.model;
    let trees = model.ok_or_else(|| malformed("learner.gradient_booster.model", "is missing"))?.trees;
    let features = places(learner.feature_names.iter().map(String::as_str), role)?;
    let mut builder = Builder::new(role, true, base, 1.0);
    for (index, tree) in trees.iter().enumerate() {
        let name = format!("trees[{index}]");
        if tree.split_type.iter().any(|&kind| kind != 0) {
            return Err(unsupported(
                format!("the categorical split in {name}"),
                "encode categories as numbers",
            ));
        }
        builder.add(&name, 0, &|node| node_of(tree, node, &features, &name))?;
    }
    Ok(builder.model)
}

/// Checks that the margin is a sum of leaves, and gives what the sum begins with.
fn base_of(learner: &Learner) -> Result<f32, ImportError> {
    if learner.gradient_booster.name != "gbtree" {
        let what = format!("the booster `{}`", learner.gradient_booster.name);
        return Err(unsupported(what, "train with booster=\"gbtree\""));
    }
    let parameters = &learner.learner_model_param;
    if !matches!(parameters.num_class.as_str(), "" | "0" | "1")
        || !matches!(parameters.num_target.as_str(), "" | "0" | "1")
    {
        return Err(unsupported("a model of several classes or targets", "train one for a single yes or no"));
    }
    // Newer releases write a list with one number.
    let base = parameters.base_score.trim_matches(['[', ']']).trim().parse::<f64>();
    let base = base.map_err(|_| malformed("learner.learner_model_param.base_score", "not one number"))?;
    let base = match learner.objective.name.as_str() {
        "binary:logistic" | "reg:logistic" => -libm::log(1.0 / base - 1.0),
        "binary:logitraw" | "reg:squarederror" | "rank:pairwise" | "rank:ndcg" | "rank:map" => base,
        other => {
            let instead = "use binary:logistic, reg:squarederror or rank:…";
            return Err(unsupported(format!("the objective `{other}`"), instead));
        }
    };
    let out_of_range = || malformed("learner.learner_model_param.base_score", "out of range");
    Some(base as f32).filter(|base| base.is_finite()).ok_or_else(out_of_range)
}

fn node_of(tree: &Tree, index: usize, features: &[u8], name: &str) -> Result<Given, ImportError> {
    let short = || malformed(name, "its lists have different lengths, or a child is outside");
    let condition = *tree.split_conditions.get(index).ok_or_else(short)?;
    let left = *tree.left_children.get(index).ok_or_else(short)?;
    let right = *tree.right_children.get(index).ok_or_else(short)?;
    let (Ok(left), Ok(right)) = (usize::try_from(left), usize::try_from(right)) else {
        return Ok(Given::Leaf(condition));
    };
    let split = *tree.split_indices.get(index).ok_or_else(short)?;
    let feature =
        *features.get(split).ok_or_else(|| malformed(name, "a split asks for a feature without a name"))?;
    let default_left = match tree.default_left.get(index).ok_or_else(short)? {
        Value::Bool(left) => *left,
        Value::Number(left) => left.as_u64() == Some(1),
        _ => return Err(malformed(name, "default_left is neither 0 nor 1")),
    };
    let missing = if default_left { Missing::Left } else { Missing::Right };
    Ok(Given::Split { feature, threshold: condition.next_down().max(f32::MIN), missing, left, right })
}

//! Imported ensembles against the libraries they come from.
#![cfg(feature = "trees-import")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use homebody_protocol::features::{FEATURE_NAMES, FEATURES};
use homebody_protocol::models::trees::{LEAF, TREE_FEATURES};
use homebody_protocol::models::{TreeModel, TreeRole, Trees};
use homebody_protocol::wire::{Section, decode};
use proptest::prelude::*;

/// Name, file and expected scores.
macro_rules! model {
    ($name:literal, $ending:literal) => {
        (
            $name,
            include_str!(concat!("../testdata/trees/", $name, ".", $ending)),
            include_str!(concat!("../testdata/trees/", $name, "-expected.json")),
        )
    };
}

const MODELS: [(&str, &str, &str); 8] = [
    model!("xgboost-binary", "json"),
    model!("xgboost-squared", "json"),
    model!("xgboost-rank", "json"),
    model!("lightgbm-binary", "txt"),
    model!("lightgbm-zero", "txt"),
    model!("lightgbm-nothing", "txt"),
    model!("lightgbm-rank", "txt"),
    model!("lightgbm-stump", "txt"),
];

const XGBOOST: &str = MODELS[0].1;
const LIGHTGBM: &str = MODELS[3].1;

fn code(text: &str, role: TreeRole) -> &'static str {
    TreeModel::import(text, role).unwrap_err().code()
}

#[test]
fn margins_equal_those_of_the_library() {
    for (name, text, expected) in MODELS {
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        let role = if expected["role"] == "intent" { TreeRole::Intent } else { TreeRole::Rerank };
        let model = TreeModel::import(text, role).unwrap();
        assert!(!model.sizes.is_empty());
        let places: Vec<u8> = expected["names"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| TreeModel::feature(role, name.as_str().unwrap()).unwrap())
            .collect();
        let cases = expected["cases"].as_array().unwrap();
        assert!(cases.len() > 40);
        for (index, case) in cases.iter().enumerate() {
            let mut features = [f32::NAN; TREE_FEATURES];
            for (value, place) in case["features"].as_array().unwrap().iter().zip(&places) {
                features[usize::from(*place)] = value.as_f64().map_or(f32::NAN, |value| value as f32);
            }
            let expected = case["margin"].as_f64().unwrap();
            let away = (f64::from(model.margin(&features)) - expected).abs();
            assert!(away < 1e-6, "{name}, case {index}: {} instead of {expected}", model.margin(&features));
        }
    }
}

#[test]
fn a_model_is_read_as_written() {
    let both =
        [(XGBOOST, TreeRole::Intent), (MODELS[4].1, TreeRole::Intent), (MODELS[1].1, TreeRole::Rerank)];
    let [first, second, third] = both.map(|(text, role)| TreeModel::import(text, role).unwrap());
    for trees in [Trees(vec![first.clone(), third.clone()]), Trees(vec![second.clone()])] {
        let mut bytes = Vec::new();
        trees.write(&mut bytes);
        assert_eq!(decode::<Trees>(&bytes), Some(trees));
        for cut in 0..bytes.len().min(64) {
            assert_eq!(decode::<Trees>(&bytes[..cut]), None);
        }
    }
    let mut bytes = Vec::new();
    Trees(vec![first, second]).write(&mut bytes);
    assert_eq!(decode::<Trees>(&bytes), None, "two of one role");
}

#[test]
fn splits_that_lead_nowhere_are_refused() {
    let whole = TreeModel::import(XGBOOST, TreeRole::Intent).unwrap();
    let split = whole.nodes.iter().position(|node| node.feature != LEAF).unwrap();
    let read = |change: &dyn Fn(&mut TreeModel)| {
        let mut model = whole.clone();
        change(&mut model);
        let mut bytes = Vec::new();
        Trees(vec![model]).write(&mut bytes);
        decode::<Trees>(&bytes)
    };
    assert!(read(&|_| {}).is_some());
    assert!(read(&|model| model.nodes[split].skip = 1).is_none());
    assert!(read(&|model| model.nodes[split].skip = 9999).is_none());
    assert!(read(&|model| model.nodes[split].feature = FEATURES as u8).is_none(), "a candidate's feature");
    assert!(read(&|model| model.nodes[split].value = f32::NAN).is_none());
    assert!(read(&|model| model.sizes[0] = 0).is_none());
}

#[test]
fn refusals_name_the_reason() {
    assert_eq!(code("hello", TreeRole::Intent), "trees_format");
    assert_eq!(code("{\"learner\":", TreeRole::Intent), "trees_malformed");
    assert_eq!(code("{\"learner\":{}}", TreeRole::Intent), "trees_malformed");
    let categorical = include_str!("../testdata/trees/lightgbm-categorical.txt");
    assert_eq!(code(categorical, TreeRole::Intent), "trees_unsupported");
    assert_eq!(code(&LIGHTGBM.replace("end of trees", ""), TreeRole::Intent), "trees_malformed");
    assert_eq!(
        code(&LIGHTGBM.replace("objective=binary", "objective=poisson"), TreeRole::Intent),
        "trees_unsupported"
    );
    assert_eq!(code(&LIGHTGBM.replace("num_class=1", "num_class=3"), TreeRole::Intent), "trees_unsupported");
    assert_eq!(
        code(&XGBOOST.replace("binary:logistic", "count:poisson"), TreeRole::Intent),
        "trees_unsupported"
    );
    assert_eq!(code(&XGBOOST.replace("\"gbtree\"", "\"dart\""), TreeRole::Intent), "trees_unsupported");
    assert_eq!(code(&XGBOOST.replace("[3E-1]", "[1E0]"), TreeRole::Intent), "trees_malformed");
    let unnamed = XGBOOST.replace("\"opens_1d\",", "\"moon\",");
    assert_eq!(code(&unnamed, TreeRole::Intent), "trees_unknown_feature");
    let message = TreeModel::import(&unnamed, TreeRole::Intent).unwrap_err().to_string();
    assert!(
        message.contains("`moon`") && FEATURE_NAMES.iter().all(|name| message.contains(name)),
        "{message}"
    );
    let reranker = MODELS[1].1;
    assert_eq!(
        code(reranker, TreeRole::Intent),
        "trees_unknown_feature",
        "an intent model knows no candidate"
    );
    let mut many = LIGHTGBM.split_once("\nTree=").unwrap().0.to_owned();
    let stump = MODELS[7].1.split_once("\nTree=").unwrap().1.split_once("\n\n").unwrap().0;
    for _ in 0..501 {
        many.push_str("\nTree=");
        many.push_str(stump);
        many.push('\n');
    }
    many.push_str("\nend of trees\n");
    assert_eq!(code(&many, TreeRole::Intent), "trees_too_large");
}

proptest! {
    #[test]
    fn damaged_files_are_refused_or_read_but_never_break(at in 0usize..17_000, byte in 32u8..127, which in 0usize..8) {
        let (_, text, _) = MODELS[which];
        let mut bytes = text.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        for role in [TreeRole::Intent, TreeRole::Rerank] {
            if let Ok(model) = TreeModel::import(core::str::from_utf8(&bytes).unwrap(), role) {
                prop_assert!(!model.margin(&[f32::NAN; TREE_FEATURES]).is_nan());
            }
        }
    }
}

//! Any text as a model of a gradient-boosting library: refused, or an ensemble that ends at a leaf whatever it is asked.

use homebody_protocol::models::{TreeModel, TreeRole, Trees};
use homebody_protocol::wire::{Section, decode};

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    if let Some(trees) = decode::<Trees>(bytes) {
        trees.0.iter().for_each(ends);
    }
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    for role in [TreeRole::Intent, TreeRole::Rerank] {
        if let Ok(model) = TreeModel::import(text, role) {
            ends(&model);
            let trees = Trees(vec![model]);
            let mut out = Vec::new();
            trees.write(&mut out);
            assert_eq!(decode::<Trees>(&out), Some(trees));
        }
    }
}

fn ends(model: &TreeModel) {
    for value in [0.0, -1.0, f32::MAX, f32::MIN, f32::NAN, f32::INFINITY] {
        assert!(!model.margin(&[value; 64]).is_nan());
    }
    let _ = model.margin(&[]);
}

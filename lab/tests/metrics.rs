//! Our metrics equal those of a library that others use.

use homebody_lab::evaluate::metrics::{METRICS, coverage, gini, intra_list_diversity, novelty, of_list};
use serde_json::Value;

#[test]
fn metrics_equal_those_of_ranx() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/metrics.json")).unwrap();
    let numbers = |value: &Value| -> Vec<u32> {
        value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as u32).collect()
    };
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 14);
    for case in cases {
        let found = of_list(&numbers(&case["list"]), &numbers(&case["wanted"]));
        for (name, value) in METRICS.iter().zip(found) {
            let expected = case["expected"][name].as_f64().unwrap();
            assert!((value - expected).abs() < 1e-9, "{name}: {value} against {expected} in {case}");
        }
    }
}

#[test]
fn list_metrics_equal_a_calculation_by_hand() {
    let lists = [vec![0, 1], vec![0, 2]];
    assert!((coverage(&lists, 4, 10) - 0.75).abs() < 1e-12);
    assert!((coverage(&lists, 4, 1) - 0.25).abs() < 1e-12);
    // Exposure 0, 1, 1, 2: the differences of all ordered pairs sum to 12; 12 / (2 · 4² · mean 1).
    assert!((gini(&lists, 4, 10) - 0.375).abs() < 1e-12);
    assert!(gini(&[vec![0, 1, 2, 3]], 4, 10).abs() < 1e-12);
    // Item 0 by two of four visitors (1 bit), 1 by one (2 bits), 2 by nobody (as by one).
    assert!((novelty(&lists, &[2, 1, 0, 4], 4, 10) - (1.0 + 2.0 + 1.0 + 2.0) / 4.0).abs() < 1e-12);
    let facets = [vec![1, 2], vec![2, 3], vec![1, 2], vec![]];
    let distance = intra_list_diversity(&lists, &facets, 10).unwrap();
    assert!((distance - (0.5 + 0.0) / 2.0).abs() < 1e-12);
    assert_eq!(intra_list_diversity(&lists, &[vec![], vec![], vec![], vec![]], 10), None);
}

/// Coverage and Gini by RecBole's formulae, the others by their definition: `fixtures/lists.py` wrote the figures.
#[test]
fn list_metrics_equal_those_that_others_document() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/lists.json")).unwrap();
    let rows = |value: &Value| -> Vec<Vec<u32>> { serde_json::from_value(value.clone()).unwrap() };
    let cases = fixture["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let (lists, items) = (rows(&case["lists"]), case["items"].as_u64().unwrap() as usize);
        let facets: Vec<Vec<u16>> = serde_json::from_value(case["facets"].clone()).unwrap();
        let touched: Vec<u32> = serde_json::from_value(case["touched_by"].clone()).unwrap();
        let found = [
            ("coverage_at_10", coverage(&lists, items, 10)),
            ("gini_at_10", gini(&lists, items, 10)),
            ("ild_at_10", intra_list_diversity(&lists, &facets, 10).unwrap()),
            ("novelty_at_10", novelty(&lists, &touched, case["visitors"].as_u64().unwrap() as usize, 10)),
        ];
        for (name, value) in found {
            let expected = case["expected"][name].as_f64().unwrap();
            assert!((value - expected).abs() < 1e-9, "{name}: {value} against {expected} in {case}");
        }
    }
}

#[test]
fn nothing_wanted_and_nothing_listed_are_zero() {
    assert!(of_list(&[], &[1]).iter().chain(&of_list(&[1], &[])).all(|value| *value == 0.0));
}

//! What the default diversity costs and brings on a made-up history, ranked by a model that learned from it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::evaluate::intervals::means;
use homebody_lab::evaluate::metrics::intra_list_diversity;
use homebody_lab::evaluate::ours::{Ours, policy};
use homebody_lab::evaluate::split::{Protocol, Task};
use homebody_lab::evaluate::{Settings, defaults, prepare, values};
use homebody_lab::items;
use homebody_lab::simulate::{Simulation, simulate};
use homebody_protocol::Policy;
use std::fmt::Write;

/// Most of NDCG@10 that the default may cost. What is shown is worth a tenth less at the most, so that a site can leave it
/// on unseen: it is what one place further down costs a hit (1 / log₂ 3 against 1 / log₂ 4 is a fifth) in every second list.
/// The public sets lose nothing to 5 % (docs/ranking.md).
const MOST_LOST: f64 = 0.10;

/// Eight categories of fifteen items: two brands and two tags of its own each, and moods that all share.
fn catalogue() -> String {
    let mut rows = "id,title,category,brand,tags\n".to_owned();
    for item in 0..120 {
        let (category, half, third) = (item % 8, item / 8 % 2, item / 8 % 3);
        let tags = format!("tag {category}|tag {category}.{third}|mood {}", item % 5);
        writeln!(rows, "i{item},Thing {item},category {category},brand {category}.{half},{tags}").unwrap();
    }
    rows
}

#[test]
fn the_default_diversity_varies_lists_and_costs_a_tenth_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("items.csv"), catalogue()).unwrap();
    let mut rows = Vec::new();
    let simulation = Simulation { visitors: 500, seed: 7, end_ts: 1_767_225_600 };
    assert!(simulate(&items::read(&file("items.csv")).unwrap(), simulation, &mut rows).unwrap() > 4_000);
    std::fs::write(file("history.csv"), rows).unwrap();
    let settings = Settings {
        history: file("history.csv"),
        items: Some(file("items.csv")),
        shuffle: false,
        rules: defaults(Protocol::Llo),
        visitors: None,
        diversity: 1.0,
        seed: 1,
        baselines: false,
        head_items: None,
    };
    let prepared = prepare(&settings).unwrap();
    let facets: Vec<Vec<u16>> =
        prepared.keyed.catalogue.items.iter().map(|item| item.facets.clone()).collect();
    let judge = |diversity: f32| {
        let policy = Policy { diversity, ..policy(Protocol::Llo, Task::Any) };
        let ours = Ours::new(&prepared.data, &prepared.keyed, &prepared.trained, false, policy).unwrap();
        let (lists, values) = values(&ours, &prepared.split).unwrap();
        (means(&values)[0], intra_list_diversity(&lists, &facets, 10).unwrap())
    };
    let ((plain, alike), (varied, unlike)) = (judge(1.0), judge(Policy::default().diversity));
    println!("NDCG@10 {plain:.4} by score, {varied:.4} varied; variety {alike:.3} and {unlike:.3}");
    assert!(plain > 0.05, "there is something to lose");
    assert!(unlike > alike + 0.01, "{alike} {unlike}");
    assert!(varied >= (1.0 - MOST_LOST) * plain, "{plain} {varied}");
}

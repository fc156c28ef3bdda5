//! From what devices say to what they are shown, in every mode.

use std::path::Path;

use homebody_lab::population::run::{Found, Options, run};
use homebody_lab::population::world::{Source, World};
use homebody_lab::population::{Mode, document, sweep};

use crate::stage::{has_binary, made_up};

/// Devices with the behaviour of a real set, and how many of its most wanted items they are asked about: pairs of more are
/// dealt to parts under `split`, which needs the more visitors.
const REAL_DEVICES: usize = 12_000;
const REAL: [(Mode, usize); 2] = [(Mode::Trusted, 128), (Mode::Split, 64)];

fn told(found: &Found) {
    println!(
        "{}: {} devices, ε {}: start {:.4}, popularity {:.4}, learned {:.4} ({}), centralised {:.4}, {:.0} s",
        found.mode.name(),
        found.devices,
        found.epsilon,
        found.start,
        found.popularity,
        found.learned,
        found.outcome,
        found.centralised,
        found.seconds
    );
}

fn options(mode: Mode, devices: usize, epsilon: f64) -> Options {
    Options { mode, devices, epsilon, seed: 0, quiet: true }
}

#[test]
fn what_a_population_contributes_becomes_what_it_is_shown() {
    if !has_binary("the loop over HTTP") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let world = made_up(folder.path());
    for mode in [Mode::Trusted, Mode::Split] {
        let found = run(&world, options(mode, 2_000, 2.0)).unwrap();
        told(&found);
        assert_eq!((found.outcome.as_str(), found.reports), ("promoted", 6_000));
        assert!(found.difference.unwrap() > 0.05, "{found:?}");
        assert!(found.learned > found.popularity + 0.1, "{found:?}");
        assert!(found.learned > 0.7 * found.centralised, "{found:?}");
    }
}

/// Counts can be asked with answers at random, pairs cannot: what is learned is popularity.
#[test]
fn answers_at_random_teach_what_is_popular_at_best() {
    if !has_binary("the loop over HTTP with answers at random") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let world = made_up(folder.path());
    let found = run(&world, options(Mode::Local, 400, 1.0)).unwrap();
    told(&found);
    assert!(found.learned < found.popularity + 0.1, "{found:?}");
}

/// Twelve thousand devices with the behaviour of real visitors, at what a device gives in a month, in both modes that can
/// carry pairs: between popularity and the
/// model of all rows the sums are nearer to the model. The seed fixes devices and lists; the noise is the release's own.
#[test]
fn on_real_behaviour_sums_close_the_way_to_the_centralised_model() {
    let set = std::env::var_os("HOMEBODY_DATA").map(|data| Source::set("beibei", Path::new(&data)));
    let Some(Ok(source)) = set else {
        println!("skipped: a population of real behaviour, because HOMEBODY_DATA has no `beibei`");
        return;
    };
    if !has_binary("a population of real behaviour") {
        return;
    }
    for (mode, items) in REAL {
        let world = World::open(&source, items, 2_000, 0).unwrap();
        let found = run(&world, options(mode, REAL_DEVICES, 2.0)).unwrap();
        told(&found);
        assert_eq!(found.outcome, "promoted");
        assert!(found.learned > 1.1 * found.popularity, "{found:?}");
        assert!(found.learned > 0.65 * found.centralised, "{found:?}");
    }
}

#[test]
fn more_visitors_and_more_budget_are_better_and_the_document_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let world = made_up(folder.path());
    let found = sweep::sweep(&world, &Mode::ALL, &[200, 100_000], &[0.5, 4.0], 0).unwrap();
    let worth = |mode: Mode, visitors: u64, epsilon: f64| {
        let is_it =
            |point: &&sweep::Point| (point.mode, point.visitors, point.epsilon) == (mode, visitors, epsilon);
        found.points.iter().find(is_it).unwrap()
    };
    for mode in [Mode::Trusted, Mode::Split] {
        let (least, most) = (worth(mode, 200, 0.5), worth(mode, 100_000, 4.0));
        assert!(most.ndcg_at_10 > least.ndcg_at_10 + 0.1, "{least:?} {most:?}");
        assert!(most.ndcg_at_10 > 0.9 * found.exact, "{most:?} of {}", found.exact);
        assert!(most.partners.unwrap() > 0.8 && least.partners.unwrap() < 0.7, "{least:?} {most:?}");
        assert!(most.popularity_error < least.popularity_error && most.detectable < least.detectable);
    }
    let local = worth(Mode::Local, 100_000, 4.0);
    assert!(local.ndcg_at_10 < found.popularity + 0.05 && local.partners.is_none(), "{local:?}");
    let text = document::markdown(&found, "made up");
    assert!(text.contains("| `split` | 100,000 |") && text.contains("∅"), "{text}");
}

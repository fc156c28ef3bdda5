//! What devices say to tasks: within the bound whatever they know, silent when they know nothing, right when they do.

use crate::market::{NOW_MS, draft, id, key, keys, list, plain, visitor};
use homebody_device::contribute::{Exposure, Facts, Ledger, Measured, Model, Visit, measure};
use homebody_device::{Device, Interaction, Profile};
use homebody_protocol::Kind;
use homebody_protocol::features::FEATURES;
use homebody_protocol::mechanism::{Pairs, Secret, numbers};
use homebody_protocol::table::{Table, TableKind};
use homebody_protocol::task::{Bound, Head, HeadKind, Measurement, Task};
use proptest::prelude::*;

#[cfg(test)]
const GOLDEN: [&str; 21] = [
    include_str!("../../protocol/testdata/tasks/head-pairs.json"),
    include_str!("../../protocol/testdata/tasks/after.json"),
    include_str!("../../protocol/testdata/tasks/popularity.json"),
    include_str!("../../protocol/testdata/tasks/categories.json"),
    include_str!("../../protocol/testdata/tasks/segments.json"),
    include_str!("../../protocol/testdata/tasks/k-means.json"),
    include_str!("../../protocol/testdata/tasks/mixture.json"),
    include_str!("../../protocol/testdata/tasks/moments.json"),
    include_str!("../../protocol/testdata/tasks/purchase.json"),
    include_str!("../../protocol/testdata/tasks/intent.json"),
    include_str!("../../protocol/testdata/tasks/blend.json"),
    include_str!("../../protocol/testdata/tasks/checkout-ab.json"),
    include_str!("../../protocol/testdata/tasks/revenue-ab.json"),
    include_str!("../../protocol/testdata/tasks/calibration.json"),
    include_str!("../../protocol/testdata/tasks/diversity.json"),
    include_str!("../../protocol/testdata/tasks/drift.json"),
    include_str!("../../protocol/testdata/tasks/decisions.json"),
    include_str!("../../protocol/testdata/tasks/gate.json"),
    include_str!("../../protocol/testdata/tasks/votes.json"),
    include_str!("../../protocol/testdata/tasks/evaluation.json"),
    include_str!("../../protocol/testdata/tasks/off-policy.json"),
];

#[cfg(test)]
const ITEMS: usize = 40;

/// The golden tasks, their heads being the market's items and facets.
#[cfg(test)]
fn tasks() -> Vec<Task> {
    let market = draft(TableKind::Pool, ITEMS, 1);
    let facets: Vec<u32> = market.facets.iter().map(|facet| facet.kind.key(0, &facet.name).0).collect();
    let filled = |head: &mut Head| {
        let keys = head.keys.len();
        head.keys = match head.of {
            HeadKind::Items => (0..ITEMS).map(|item| key(item).0).chain(1..).take(keys).collect(),
            HeadKind::Facets => facets.iter().copied().take(keys).collect(),
        };
    };
    let read = |text: &str| {
        let mut task = Task::from_json(text).unwrap();
        match &mut task.measurement {
            Measurement::Popularity { head }
            | Measurement::CoOccurrence { head, .. }
            | Measurement::DirectedPairs { head, .. } => filled(head),
            _ => {}
        }
        task.check().unwrap();
        task
    };
    GOLDEN.into_iter().map(read).collect()
}

#[cfg(test)]
fn named(name: &str) -> Task {
    tasks().into_iter().find(|task| task.name == name).unwrap()
}

#[cfg(test)]
fn table(seed: u32) -> Table<Vec<u8>> {
    Table::read(draft(TableKind::Pool, ITEMS, seed).encode().unwrap()).unwrap()
}

#[cfg(test)]
fn said(task: &Task, facts: &Facts<'_>, secret: u8, window: u32) -> Measured {
    measure(task, &task.id(), facts, &Secret::new([secret; 32]), window)
}

#[cfg(test)]
fn visit(first: f32, predicted: f32, purchased: bool) -> Visit {
    let mut features = [0.5; FEATURES];
    features[0] = first;
    Visit { features, predicted, purchased, at_ms: NOW_MS - 1_000 }
}

#[cfg(test)]
fn champion() -> String {
    "ab".repeat(32)
}

#[cfg(test)]
fn candidate() -> String {
    "cd".repeat(32)
}

/// Somebody who did such things an hour apart, up to now.
#[cfg(test)]
fn somebody(steps: &[(u8, usize, f32)]) -> Device {
    let mut device = visitor(&draft(TableKind::Pool, ITEMS, 1), &[]);
    for (index, &(kind, item, value)) in steps.iter().enumerate() {
        let now_ms = NOW_MS - (steps.len() - index) as u64 * 3_600_000;
        let id = id(item);
        let interaction = Interaction::new(Kind::from_code(1 + kind % 20).unwrap(), &id).with_value(value);
        device.record(&interaction, now_ms);
    }
    device
}

#[test]
fn whoever_knows_nothing_sends_the_default_report() {
    let profile = Profile::default();
    for task in tasks() {
        let told = said(&task, &Facts::new(&profile, NOW_MS), 1, 0);
        assert_eq!(told.vector, task.default_report(), "{}", task.name);
        assert!(told.part < task.parts());
    }
}

#[test]
fn pairs_of_the_drawn_part_are_told_and_the_part_says_nothing() {
    let device = somebody(&[(2, 3, 1.0), (2, 7, 1.0), (10, 5, 1.0)]);
    let task = named("head-pairs");
    let (pairs, _) = Pairs::of(&task.measurement).unwrap();
    let facts = Facts::new(device.profile(), NOW_MS);
    let nobody = Profile::default();
    let mut told = Vec::new();
    for window in 0..400 {
        let measured = said(&task, &facts, 1, window);
        assert_eq!(measured.part, said(&task, &Facts::new(&nobody, NOW_MS), 1, window).part);
        let cells =
            measured.vector.iter().zip(0u32..).filter(|(value, _)| **value == 1).map(|(_, cell)| cell);
        told.extend(cells.map(|cell| (measured.part, cell)));
    }
    told.sort_unstable();
    told.dedup();
    let mut wanted: Vec<(u32, u32)> = [(3, 7), (3, 5), (5, 7)]
        .into_iter()
        .filter_map(|(from, to)| pairs.cell(from, to))
        .map(|place| (place.part, place.cell))
        .collect();
    wanted.sort_unstable();
    assert_eq!(told, wanted, "all three in 400 days, and nothing else");
}

#[test]
fn directed_pairs_run_from_the_earlier_to_the_later() {
    let device = somebody(&[(2, 3, 1.0), (2, 1, 1.0)]);
    let task = named("after");
    let (pairs, _) = Pairs::of(&task.measurement).unwrap();
    let facts = Facts::new(device.profile(), NOW_MS);
    let (there, back) = (pairs.cell(3, 1).unwrap(), pairs.cell(1, 3).unwrap());
    for window in 0..20 {
        let Measured { part, vector } = said(&task, &facts, 2, window);
        assert_eq!(vector[there.cell as usize] == 1, part == there.part);
        assert!(part != back.part || there == back || vector[back.cell as usize] == 0);
    }
}

#[test]
fn popularity_is_of_the_window_and_the_strongest_facet_stays_the_same() {
    let device = somebody(&[(2, 0, 1.0), (2, 4, 1.0), (1, 6, 1.0)]);
    let facts = Facts::new(device.profile(), NOW_MS);
    assert_eq!(
        said(&named("popularity"), &facts, 1, 0).vector,
        [1, 0, 0, 0, 1, 0, 0, 0],
        "an impression is no wish"
    );
    let later = Facts::new(device.profile(), NOW_MS + 8 * 86_400_000);
    assert_eq!(said(&named("popularity"), &later, 1, 0).vector, [0; 8]);
    let categories = named("categories");
    let answers: Vec<Measured> = (0..5).map(|window| said(&categories, &facts, 1, window)).collect();
    assert!(answers.windows(2).all(|two| two[0].vector == two[1].vector));
    assert!(answers[0].vector[8] == 0 && Bound::OneHot.admits(&answers[0].vector));
}

#[test]
fn clusters_are_told_by_the_visitors_own_features() {
    let device = somebody(&[(2, 0, 1.0), (6, 4, 2.0), (10, 6, 1.0)]);
    let facts = Facts::new(device.profile(), NOW_MS);
    let features = device.profile().summary(NOW_MS).features();
    let task = named("k-means");
    let Measurement::KMeans { scale, centres, .. } = &task.measurement else { panic!() };
    let x: Vec<f64> = (0..FEATURES)
        .map(|index| f64::from((features[index] - scale.mean[index]) / scale.sd[index]).clamp(-3.0, 3.0))
        .collect();
    let away = |centre: &[f32]| -> f64 {
        centre.iter().zip(&x).map(|(c, x)| (x - f64::from(*c)) * (x - f64::from(*c))).sum()
    };
    let nearest = (0..3).min_by(|a, b| away(&centres[*a]).total_cmp(&away(&centres[*b]))).unwrap();
    let (mut sums, reports) = (vec![0.0; task.length as usize], 400);
    for window in 0..reports {
        let told = said(&task, &facts, 3, window).vector;
        sums.iter_mut().zip(told).for_each(|(sum, value)| *sum += f64::from(value));
    }
    let natural = numbers::decode(&task.measurement, &sums, f64::from(reports));
    for (cell, value) in natural.iter().enumerate() {
        let (cluster, place) = (cell / 17, cell % 17);
        let truth = if cluster != nearest {
            0.0
        } else if place == 0 {
            1.0
        } else {
            x[place - 1]
        };
        assert!((value / f64::from(reports) - truth).abs() < 0.06, "{cell}: {value} {truth}");
    }
}

#[test]
fn a_visit_is_told_with_its_end_and_only_in_its_window() {
    let profile = Profile::default();
    let visit = visit(1.2, 0.73, true);
    let facts = Facts { visit: Some(&visit), ..Facts::new(&profile, NOW_MS) };
    let calibration = said(&named("calibration"), &facts, 1, 0).vector;
    assert_eq!(calibration.iter().position(|value| *value == 1), Some(15), "the eighth bin, bought");
    let intent = named("intent");
    let mut seen = vec![0u32; 130];
    for window in 0..200 {
        let told = said(&intent, &facts, 1, window).vector;
        assert_eq!((told[1], told[0], told.iter().sum::<u32>()), (1, 0, 8), "the outcome and seven features");
        seen.iter_mut().zip(told).for_each(|(seen, value)| *seen += value);
    }
    // 1.2 lies in the third of four bins, 0.5 in the second; odd cells are purchases.
    let told: Vec<usize> = (2..130).filter(|cell| seen[*cell] > 0).collect();
    let wanted: Vec<usize> =
        (0..16).map(|feature| 2 + 2 * (4 * feature + if feature == 0 { 2 } else { 1 }) + 1).collect();
    assert_eq!(told, wanted);
    assert!(wanted.iter().all(|cell| (50..130).contains(&seen[*cell])), "each in seven of sixteen: {seen:?}");
    let later = Facts { now_ms: NOW_MS + 8 * 86_400_000, ..facts };
    assert_eq!(said(&named("calibration"), &later, 1, 0).vector[20], 1);
    let unpredicted = Visit { predicted: -1.0, ..visit };
    let facts = Facts { visit: Some(&unpredicted), ..facts };
    assert_eq!(said(&named("calibration"), &facts, 1, 0).vector[20], 1);
}

#[test]
fn gradients_are_those_of_the_textbook() {
    let profile = Profile::default();
    let task = named("purchase");
    let Measurement::Logistic { scale, weights, .. } = &task.measurement else { panic!() };
    let visit = visit(1.0, -1.0, true);
    let facts = Facts { visit: Some(&visit), ..Facts::new(&profile, NOW_MS) };
    let mut sums = vec![0.0; 170];
    for window in 0..800 {
        let told = said(&task, &facts, 4, window).vector;
        sums.iter_mut().zip(told).for_each(|(sum, value)| *sum += f64::from(value));
    }
    let natural = numbers::decode(&task.measurement, &sums, 800.0);
    let x: Vec<f64> = (0..17)
        .map(|index| match index {
            0 => 1.0,
            _ => f64::from((visit.features[index - 1] - scale.mean[index - 1]) / scale.sd[index - 1])
                .clamp(-3.0, 3.0),
        })
        .collect();
    let margin: f64 = x.iter().zip(weights).map(|(x, w)| x * f64::from(*w)).sum();
    let p = 1.0 / (1.0 + libm::exp(-margin));
    for index in 0..17 {
        let truth = (1.0 - p) * x[index];
        assert!((natural[index] / 800.0 - truth).abs() < 0.02, "{index}: {} {truth}", natural[index] / 800.0);
    }
    // The second row of the triangle begins after the 17 cells of the first.
    let truth = p * (1.0 - p) * x[1] * x[2];
    assert!((natural[17 + 17 + 1] / 800.0 - truth).abs() < 0.02);
}

#[test]
fn an_experiment_is_one_cell_of_variant_and_outcome() {
    // Two hours before now something was looked at, an hour before something was put into the cart.
    let device = somebody(&[(2, 3, 1.0), (6, 5, 1.0)]);
    let profile = device.profile();
    let task = named("checkout-ab");
    let told = |variant, hours: u64| {
        let exposure = Some(Exposure { variant, at_ms: NOW_MS - hours * 3_600_000 });
        let facts = Facts { exposure, ..Facts::new(profile, NOW_MS) };
        said(&task, &facts, 1, 0).vector.iter().position(|value| *value == 1).unwrap()
    };
    assert_eq!((told(0, 3), told(1, 3), told(1, 1), told(1, 0)), (2, 6, 6, 4));
    assert_eq!(told(2, 3), 8, "the task knows of two variants");
    let facts = Facts { granted: Some(0b1011), ..Facts::new(profile, NOW_MS) };
    assert_eq!(said(&named("decisions"), &facts, 1, 0).vector[11], 1);
}

#[test]
fn drift_and_diversity_are_bins() {
    let mut steps = vec![(2, 0, 1.0), (2, 4, 1.0)];
    steps.extend((0..25).map(|step| (1, step % 3, 1.0)));
    let device = somebody(&steps);
    let market = table(1);
    let facts = Facts { table: Some(&market), ..Facts::new(device.profile(), NOW_MS) };
    let told = said(&named("drift"), &facts, 1, 0).vector;
    assert_eq!(told.iter().sum::<u32>(), 8);
    assert!(told.chunks(4).all(|bins| bins.iter().sum::<u32>() <= 1), "one bin a feature");
    let told = said(&named("diversity"), &facts, 1, 0).vector;
    let audit = device.audit(NOW_MS).unwrap();
    let cell = ((audit.entropy * 5.0) as usize).min(4) * 5 + ((audit.gini * 5.0) as usize).min(4);
    assert_eq!(told.iter().position(|value| *value == 1), Some(cell));
}

#[test]
fn models_are_judged_by_what_was_wanted_last() {
    // The candidate's lists say that item 9 goes with item 3; the champion's say nothing.
    let mut deaf = draft(TableKind::Pool, ITEMS, 1);
    deaf.list_sets.iter_mut().flat_map(|set| &mut set.lists).for_each(Vec::clear);
    deaf.rows.iter_mut().for_each(|row| row.popularity = 1.0);
    deaf.rows[9].popularity = 0.0;
    let mut keen = deaf.clone();
    keen.list_sets[0].lists[9] = vec![(key(3), 1.0)];
    keen.list_sets[0].weight = 50.0;
    let before = visitor(&keen, &[3]);
    assert_eq!(keys(&list(&before, plain(), 1)), [key(9)], "as the page would list it");
    let [deaf, keen] = [deaf, keen].map(|draft| Table::read(draft.encode().unwrap()).unwrap());
    let (champion, candidate) = (champion(), candidate());
    let models = [Model { hash: &champion, table: &deaf }, Model { hash: &candidate, table: &keen }];
    let device = somebody(&[(2, 3, 1.0), (10, 9, 1.0)]);
    let facts = Facts { models: &models, ..Facts::new(device.profile(), NOW_MS) };
    assert_eq!(said(&named("gate"), &facts, 1, 0).vector, [0, 0, 1, 0], "the candidate alone");
    let swapped = [Model { hash: &champion, table: &keen }, Model { hash: &candidate, table: &deaf }];
    let back = Facts { models: &swapped, ..facts };
    assert_eq!(said(&named("gate"), &back, 1, 0).vector, [0, 1, 0, 0], "the champion alone");
    let one = Facts { models: &models[..1], ..facts };
    assert_eq!(said(&named("gate"), &one, 1, 0).vector, [1, 0, 0, 0], "nothing to compare with");
    assert_eq!(said(&named("evaluation"), &facts, 1, 0).vector, [1, 0, 0, 0, 0, 0, 0], "first");
    assert_eq!(said(&named("evaluation"), &back, 1, 0).vector[..3], [0, 0, 0]);
    let votes = said(&named("votes"), &back, 1, 0).vector;
    assert_eq!(votes.iter().sum::<u32>(), 4, "of the settings with a hit four are told: {votes:?}");
    let mut blend = named("blend");
    if let Measurement::Blend { weights, .. } = &mut blend.measurement {
        weights.fill(0.0);
    }
    let gradient = said(&blend, &back, 1, 0).vector;
    // (1 − ½) · 4 of ±4 in thirty steps: 22 or 23.
    assert!((22..=23).contains(&gradient[0]), "more weight to the lists: {}", gradient[0]);
    assert_eq!(gradient[1], 15, "the other set is empty");
    let late = Facts { now_ms: NOW_MS + 9 * 86_400_000, ..facts };
    assert_eq!(said(&named("gate"), &late, 1, 0).vector, [1, 0, 0, 0], "wanted before the window");
}

#[cfg(test)]
fn step() -> impl Strategy<Value = (u8, usize, f32)> {
    (0u8..20, 0..ITEMS, prop::num::f32::ANY)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_profile_exceeds_a_bound(
        steps in prop::collection::vec(step(), 0..60),
        secret: u8, window: u32, seed in 0u32..50, segment_of: bool,
        first in prop::num::f32::NORMAL, predicted in -1.0f32..1.5, purchased: bool,
        variant in 0u32..4, at_ms in prop_oneof![NOW_MS - 100 * 3_600_000..=NOW_MS, 0..u64::MAX], granted: Option<u8>,
    ) {
        let device = somebody(&steps);
        let tables = [table(seed), table(seed + 1)];
        let (champion, candidate) = (champion(), candidate());
        let models = [Model { hash: &champion, table: &tables[0] }, Model { hash: &candidate, table: &tables[1] }];
        let visit = visit(first, predicted, purchased);
        let facts = Facts {
            table: segment_of.then_some(&tables[0]),
            models: &models,
            visit: Some(&visit),
            exposure: Some(Exposure { variant, at_ms }),
            granted,
            ..Facts::new(device.profile(), NOW_MS)
        };
        for task in tasks() {
            let told = said(&task, &facts, secret, window);
            prop_assert_eq!(told.vector.len(), task.length as usize, "{}", task.name);
            prop_assert!(task.bound.admits(&told.vector), "{}: {:?}", task.name, told.vector);
            prop_assert!(told.part < task.parts());
            let empty = task.default_report();
            let apart = |(left, right): (&u32, &u32)| u64::from(left.abs_diff(*right));
            let distances: Vec<u64> = told.vector.iter().zip(&empty).map(apart).collect();
            prop_assert!(distances.iter().map(|by| by * by).sum::<u64>() <= task.distance_squared(), "{}", task.name);
            prop_assert!(distances.iter().sum::<u64>() <= task.distance(), "{}", task.name);
            prop_assert_eq!(told, said(&task, &facts, secret, window), "drawn again, the same is drawn");
        }
        prop_assert_eq!(Ledger::new([secret; 32]).reports_today(0), 0);
    }
}

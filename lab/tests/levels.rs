//! λ chosen by the device, with visitors whose liking for variety is known because it is made up.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use homebody_lab::behaviour::Shop;
use homebody_lab::behaviour::variety::{Lambda, Liking, Reading, Visitor};
use homebody_protocol::models::DiversityBounds;

const OPEN: Lambda = Lambda::Chosen(DiversityBounds { least: 0.2, most: 1.0 });
/// The five levels between them.
const LAMBDAS: [f32; 5] = [0.2, 0.4, 0.6, 0.8, 1.0];
const VISITORS: u64 = 10;
const LISTS: u32 = 150;

fn read(liking: Liking, lambda: Lambda, grid: &[f32]) -> Vec<Reading> {
    let shop = Shop::new(120, 8, 3);
    let visitor = |seed| Visitor { liking, lists: LISTS, places: 8, seed };
    (0..VISITORS).map(|seed| visitor(seed).read(&shop, lambda, grid).unwrap()).collect()
}

fn pleasure(readings: &[Reading]) -> f64 {
    readings.iter().map(|reading| reading.pleasure).sum::<f64>() / readings.len() as f64
}

/// Mean number of categories in a part of the lists.
fn categories(readings: &[Reading], part: std::ops::Range<usize>) -> f64 {
    let counts = readings.iter().flat_map(|reading| &reading.categories[part.clone()]);
    counts.map(|&count| count as f64).sum::<f64>() / (part.len() * readings.len()) as f64
}

#[test]
fn the_device_finds_the_better_side_and_regrets_less_than_any_fixed_lambda() {
    let both = [Liking::Focused, Liking::Varied];
    let chosen = both.map(|liking| read(liking, OPEN, &LAMBDAS));
    for readings in &chosen {
        let all = readings.iter().flat_map(|reading| &reading.is_of_grid);
        assert!(all.clone().count() > 1_000 && all.into_iter().all(|&is| is), "a list of no level");
    }
    let fixed: Vec<[f64; 2]> = LAMBDAS
        .iter()
        .map(|&diversity| both.map(|liking| pleasure(&read(liking, Lambda::Fixed(diversity), &[]))))
        .collect();
    let best = [0, 1].map(|kind| fixed.iter().map(|of| of[kind]).fold(0.0, f64::max));
    let regret = |of: [f64; 2]| best[0] - of[0] + best[1] - of[1];
    let learned = [0, 1].map(|kind| pleasure(&chosen[kind]));
    println!("openings of {LISTS} lists, focused and varied: fixed {fixed:?}, chosen {learned:?}");
    let (least, own) = (fixed.iter().map(|&of| regret(of)).fold(f64::INFINITY, f64::min), regret(learned));
    assert!(own < 0.8 * least, "regret {own} against {least} of the best fixed λ");
    let [focused, varied] = chosen.map(|readings| categories(&readings, 100..150));
    let (at_first, third) = (categories(&read(both[0], OPEN, &[]), 0..10), 0.5);
    println!("categories a list: {at_first} at first, then {focused} and {varied}");
    assert!(focused + third < at_first, "focused lists: {focused}, {at_first} at first");
    assert!(varied > focused + 2.0 * third, "varied lists: {varied} against {focused}");
}

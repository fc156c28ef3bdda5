//! Decisions of exploration: what a device tells a task that asks what another strength would earn.

use crate::explored::{self, NOW_MS, visiting};
use crate::shop::do_it;
use homebody_device::contribute::{Facts, measure};
use homebody_device::{Device, Profile, RankRequest, Ranked};
use homebody_protocol::mechanism::Secret;
use homebody_protocol::models::Judged;
use homebody_protocol::table::TableDraft;
use homebody_protocol::task::{Measurement, Task, Weights};
use homebody_protocol::{Exploration, ItemKey, Kind, Policy};

const HOUR_MS: u64 = 3_600_000;
const MODES: [Exploration; 2] = [Exploration::Thompson, Exploration::LinTs];
/// Weight 1 is a step of its own.
const WEIGHTS: Weights = Weights { most: 4.0, levels: 4 };

/// A pool of sixty that explores with one strength and asks about another.
#[cfg(test)]
fn pool(exploration: Exploration, strength: f32, asked: f32) -> TableDraft {
    let mut pool = explored::pool(60);
    pool.extras.policy =
        Policy { exploration, exploration_strength: strength, diversity: 1.0, ..Policy::default() };
    pool.extras.judged = Judged { exploration_strength: asked };
    pool
}

fn keys(list: &[Ranked]) -> Vec<ItemKey> {
    list.iter().map(|ranked| ranked.key).collect()
}

fn list(device: &Device, seed: u32) -> Vec<Ranked> {
    device.rank(&RankRequest { seed, limit: 6, now_ms: NOW_MS, ..RankRequest::default() })
}

/// Books what became of each item of a list.
#[cfg(test)]
fn look(device: &mut Device, list: &[Ranked], kind: Kind) {
    for ranked in list {
        let id = device.id_of(ranked.key).unwrap().to_owned();
        do_it(device, kind, &id, NOW_MS);
    }
}

/// The cell that the device tells some hours later; the last one is for nothing.
#[cfg(test)]
fn told(device: &mut Device, strength: f32) -> usize {
    told_by(device, strength, 7)
}

/// The same by another secret, which rounds otherwise.
#[cfg(test)]
fn told_by(device: &mut Device, strength: f32, secret: u32) -> usize {
    let mut task = Task::from_json(include_str!("../../protocol/testdata/tasks/off-policy.json")).unwrap();
    task.measurement = Measurement::OffPolicy { strength, weights: WEIGHTS };
    task.length = task.measurement.length(&task.bound);
    let profile = Profile::decode(&device.snapshot().unwrap()).unwrap();
    let facts = Facts::new(&profile, NOW_MS + 3 * HOUR_MS);
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&secret.to_le_bytes());
    let vector = measure(&task, &task.id(), &facts, &Secret::new(bytes), 0).vector;
    assert_eq!(vector.iter().sum::<u32>(), 1);
    vector.iter().position(|cell| *cell == 1).unwrap()
}

const NOTHING: usize = 10;
const SHOWN: usize = 2;
const OPENED: usize = 3;

#[test]
fn the_same_strength_weighs_one_and_what_was_opened_is_told() {
    for mode in MODES {
        for seed in 0..40 {
            let mut device = visiting(&pool(mode, 0.5, 0.5));
            let first = list(&device, seed);
            assert_eq!(told(&mut device, 0.5), NOTHING, "nobody saw it");
            look(&mut device, &first, Kind::Impression);
            assert_eq!(told(&mut device, 0.5), SHOWN, "{mode:?} {seed}");
            // Put in order anew in between, the list is still waited for.
            let again = list(&device, seed.wrapping_add(1));
            look(&mut device, &again, Kind::Impression);
            look(&mut device, &first, Kind::Click);
            assert_eq!(told(&mut device, 0.5), OPENED, "{mode:?} {seed}");
            assert_eq!(told(&mut device, 0.25), NOTHING, "another strength");
        }
    }
}

/// Where variety takes items from further below, those that no draw lists tell nothing.
#[test]
fn another_strength_weighs_differently_and_one_on_average() {
    for (mode, diversity) in MODES.into_iter().flat_map(|mode| [(mode, 1.0), (mode, 0.0)]) {
        let (mut steps, mut sum, mut seen) = ([0; 5], 0, 0);
        for seed in 0..600 {
            let mut pool = pool(mode, 0.5, 0.4);
            pool.extras.policy.diversity = diversity;
            pool.rows.iter_mut().enumerate().for_each(|(index, row)| row.facets = vec![(index / 20) as u16]);
            let mut device = visiting(&pool);
            let first = list(&device, seed);
            look(&mut device, &first, Kind::Impression);
            let step = told_by(&mut device, 0.4, seed) / 2;
            if step < NOTHING / 2 {
                steps[step] += 1;
                sum += step;
                seen += 1;
            }
        }
        let mean = sum as f32 / seen as f32;
        assert!(steps[..3].iter().all(|times| *times > 0), "{mode:?} {diversity} {steps:?}");
        assert!((mean - 1.0).abs() < 0.1, "{mode:?} {diversity}: {mean} of {steps:?}");
        assert!(seen > 200 && (seen == 600) == (diversity == 1.0), "{mode:?} {diversity}: {seen} of 600");
    }
}

#[test]
fn lists_are_as_they_were_and_what_nobody_asks_is_not_kept() {
    for mode in MODES {
        let (plain, asked) = (visiting(&pool(mode, 0.5, 0.0)), visiting(&pool(mode, 0.5, 0.25)));
        for seed in 0..20 {
            assert_eq!(keys(&list(&plain, seed)), keys(&list(&asked, seed)));
        }
        for mut device in
            [plain, visiting(&pool(Exploration::None, 0.5, 0.25)), visiting(&pool(mode, 0.0, 0.25))]
        {
            let seen = list(&device, 1);
            look(&mut device, &seen, Kind::Click);
            assert_eq!(told(&mut device, 0.25), NOTHING);
        }
    }
}

#[test]
fn a_neutral_list_and_one_of_a_single_item_tell_nothing() {
    let mut pool = pool(Exploration::Thompson, 0.5, 0.25);
    let mut neutral = visiting(&pool);
    let request = RankRequest { neutral: true, limit: 6, now_ms: NOW_MS, ..RankRequest::default() };
    let seen = neutral.rank(&request);
    look(&mut neutral, &seen, Kind::Click);
    assert_eq!(told(&mut neutral, 0.25), NOTHING);
    pool.rows.truncate(1);
    let mut alone = visiting(&pool);
    let seen = list(&alone, 1);
    look(&mut alone, &seen, Kind::Impression);
    assert_eq!(told(&mut alone, 0.25), NOTHING, "nothing is drawn for one");
}

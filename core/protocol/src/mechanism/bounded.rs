//! A vector within its bound. In `split` the proof refuses any other; in `trusted` the device clips and the server checks.

use crate::task::{Bound, Task};

use super::secret::Stream;

/// The cells that are 1, as a vector that the task's bound admits whatever they are.
///
/// Cells beyond the vector and repeats are dropped. Of more cells than the bound admits, those that stay are drawn, each
/// as likely as the others: then a sum is that of all, times the share that stayed. No cell is the default report.
pub fn ones(task: &Task, cells: &[u32], stream: &mut Stream) -> Vec<u32> {
    let mut named = vec![false; task.length as usize];
    for cell in cells {
        named.get_mut(*cell as usize).into_iter().for_each(|named| *named = true);
    }
    let mut kept: Vec<u32> =
        named.iter().zip(0..).filter(|(named, _)| **named).map(|(_, cell)| cell).collect();
    let most = match task.bound {
        Bound::OneHot => 1,
        Bound::MultiHot { ones } => ones as usize,
        Bound::Integers { .. } => 0,
    };
    shuffle_first(&mut kept, most, stream);
    if kept.is_empty() {
        return task.default_report();
    }
    let mut report = vec![0; task.length as usize];
    for cell in kept {
        report[cell as usize] = 1;
    }
    report
}

/// Whole numbers, as a vector that the task's bound admits whatever they are: cells are cut at the largest value, then
/// from the last to the first until the total fits.
pub fn integers(task: &Task, values: &[u32]) -> Vec<u32> {
    let Bound::Integers { max, l1 } = task.bound else { return task.default_report() };
    let mut left = u64::from(l1);
    let mut report: Vec<u32> = values.iter().take(task.length as usize).copied().collect();
    report.resize(task.length as usize, 0);
    for value in &mut report {
        let cut = u64::from((*value).min(max)).min(left);
        left -= cut;
        // At most `max`, a 32-bit number.
        *value = cut as u32;
    }
    report
}

/// Keeps `most` elements, each subset as likely as the others (Fisher, Yates 1938).
fn shuffle_first(list: &mut Vec<u32>, most: usize, stream: &mut Stream) {
    let kept = most.min(list.len());
    if kept < list.len() {
        for place in 0..kept {
            let other = place + stream.below((list.len() - place) as u64) as usize;
            list.swap(place, other);
        }
    }
    list.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanism::{Draw, Secret};
    use crate::task::TaskId;
    use proptest::prelude::*;

    fn task(name: &str) -> Task {
        let text = match name {
            "votes" => include_str!("../../testdata/tasks/votes.json"),
            "gate" => include_str!("../../testdata/tasks/gate.json"),
            _ => include_str!("../../testdata/tasks/k-means.json"),
        };
        Task::from_json(text).unwrap()
    }

    fn stream(number: u64) -> Stream {
        Secret::new([2; 32]).draw(Draw::Clip, &TaskId([0; 32]), number)
    }

    #[test]
    fn what_is_cut_is_drawn_evenly() {
        // Six of twelve cells, four admitted: each stays in two thirds.
        let votes = task("votes");
        let mut stayed = [0u32; 12];
        for number in 0..3_000 {
            let report = ones(&votes, &[0, 2, 4, 6, 8, 10], &mut stream(number));
            report.iter().zip(&mut stayed).for_each(|(value, stayed)| *stayed += value);
        }
        for (cell, &count) in stayed.iter().enumerate() {
            let wanted = if cell % 2 == 0 { 1_900..2_100 } else { 0..1 };
            assert!(wanted.contains(&count), "{cell}: {count}");
        }
    }

    #[test]
    fn nothing_to_say_is_the_default_report() {
        assert_eq!(ones(&task("gate"), &[], &mut stream(0)), [1, 0, 0, 0]);
        assert_eq!(ones(&task("gate"), &[9], &mut stream(0)), [1, 0, 0, 0]);
        assert_eq!(ones(&task("gate"), &[2], &mut stream(0)), [0, 0, 1, 0]);
        assert_eq!(ones(&task("votes"), &[], &mut stream(0)), [0; 12]);
    }

    proptest! {
        #[test]
        fn the_bound_holds_for_any_cells(cells in prop::collection::vec(0u32..40, 0..40), number: u64) {
            for name in ["votes", "gate"] {
                let task = task(name);
                let report = ones(&task, &cells, &mut stream(number));
                prop_assert_eq!(report.len(), task.length as usize);
                prop_assert!(task.bound.admits(&report));
            }
        }

        #[test]
        fn the_bound_holds_for_any_numbers(values in prop::collection::vec(any::<u32>(), 0..80)) {
            let task = task("k-means");
            let report = integers(&task, &values);
            prop_assert_eq!(report.len(), task.length as usize);
            prop_assert!(task.bound.admits(&report));
            let distance: u64 = report.iter().map(|&value| u64::from(value) * u64::from(value)).sum();
            prop_assert!(distance <= task.distance_squared());
        }

        #[test]
        fn what_is_within_the_bound_stays_as_it_is(values in prop::collection::vec(0u32..4, 51)) {
            prop_assert_eq!(integers(&task("k-means"), &values), values);
        }
    }
}

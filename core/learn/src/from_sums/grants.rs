//! What was granted, from the sums of a `decisions` task: shares of those who answer. Only who allows being asked
//! does, so that these are not the shares of all visitors.

use homebody_protocol::task::{Measurement, Task};

use super::Released;
use super::estimate::Estimate;
use super::mean::Mean;

/// The purposes, in the order of their bits in a cell's number.
pub const PURPOSES: [&str; 4] = ["personalize", "contribute", "share", "measure"];

/// Combinations of them: one cell each.
const COMBINATIONS: usize = 1 << PURPOSES.len();

/// Share of those who answered that granted a purpose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grant {
    /// One of [`PURPOSES`].
    pub purpose: &'static str,
    /// The share.
    pub share: Estimate,
}

/// The share of every purpose. `None` for another task or length, and where noise could have made the counts.
pub fn grants(task: &Task, released: &Released) -> Option<Vec<Grant>> {
    if !matches!(task.measurement, Measurement::Decisions {}) || released.cells.len() <= COMBINATIONS {
        return None;
    }
    let known = &released.cells[..COMBINATIONS];
    let grant = |(bit, purpose): (usize, &'static str)| {
        let worth: Vec<f64> = (0..COMBINATIONS).map(|granted| (granted >> bit & 1) as f64).collect();
        let share = Mean::of(known, &worth, released.variance)?.interval((0.0, 1.0));
        Some(Grant { purpose, share })
    };
    PURPOSES.into_iter().enumerate().map(grant).collect()
}

#[cfg(test)]
mod tests {
    use super::super::noise;
    use super::*;
    use crate::bootstrap::SplitMix64;

    #[test]
    fn shares_are_found_in_the_noise() {
        let task = Task::from_json(include_str!("../../../protocol/testdata/tasks/decisions.json")).unwrap();
        let mut rng = SplitMix64(3);
        let mut cells = vec![0.0; 17];
        for device in 0..10_000 {
            // All let themselves be asked, seven in ten share, nine in ten have lists; one in ten does not know.
            let granted = 2 + 8 + usize::from(rng.unit() < 0.9) + 4 * usize::from(rng.unit() < 0.7);
            cells[if device % 10 == 0 { 16 } else { granted }] += 1.0;
        }
        cells.iter_mut().for_each(|cell| *cell += noise(&mut rng, 30.0));
        let released = Released { reports: 10_000.0, cells, variance: 900.0 };
        let found = grants(&task, &released).unwrap();
        for (grant, (purpose, truth)) in
            found.iter().zip([("personalize", 0.9), ("contribute", 1.0), ("share", 0.7), ("measure", 1.0)])
        {
            assert_eq!(grant.purpose, purpose);
            assert!(grant.share.low <= truth && truth <= grant.share.high, "{grant:?}");
            assert!(grant.share.high - grant.share.low < 0.08, "{grant:?}");
        }
        let lost = Released { variance: 1e8, ..released.clone() };
        assert!(grants(&task, &lost).is_none());
        assert!(grants(&super::super::golden("gate"), &released).is_none());
    }
}

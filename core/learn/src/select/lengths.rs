//! How long a candidate's lists are: bytes are paid on every device.

use super::gate::{MAY_LOSE, is_better};
use super::grid::mean;
use super::pairs;
use crate::judge::{Judge, Part, Weighted};
use crate::lists::shortened;
use crate::train::TrainError;
use homebody_protocol::table::ListSetDraft;

/// Lengths that are tried.
const LENGTHS: [usize; 4] = [10, 20, 50, LONGEST];
/// The longest list.
pub(super) const LONGEST: usize = 100;
/// The shortest lists that keep this share of the best quality are taken at least, whatever they cost.
const KEPT_QUALITY: f32 = 0.98;
/// Entries of an item over all its lists that luck is excluded for; at three bytes each they are within the half
/// kilobyte that a candidate may have.
const MAX_ENTRIES: usize = 120;

/// The shortest lists that are as good as longer ones, and their parts.
pub(super) fn choose(judge: &Judge<'_>, full: &[ListSetDraft]) -> Result<(usize, Vec<Part>), TrainError> {
    let mut tried = Vec::new();
    for length in LENGTHS {
        let cut = |set: &ListSetDraft| ListSetDraft { lists: shortened(&set.lists, length), ..set.clone() };
        let parts = full.iter().map(|set| judge.part(&cut(set))).collect::<Result<Vec<Part>, _>>()?;
        let weighted: Vec<Weighted<'_>> = parts.iter().map(|part| Weighted { part, weight: 1.0 }).collect();
        let each: Vec<f32> = judge.blend(&weighted, 0.0).iter().map(|metrics| metrics.ndcg).collect();
        tried.push((length, each, parts));
    }
    let each: Vec<&[f32]> = tried.iter().map(|(_, each, _)| each.as_slice()).collect();
    let cheap = LENGTHS.iter().filter(|&&length| length * full.len() <= MAX_ENTRIES).count();
    let (length, _, parts) = tried.swap_remove(as_good(&each, cheap));
    Ok((length, parts))
}

/// Of NDCG@10 by visitor, shortest lists first: the first that is not far from the best, and that none of the `cheap` ones
/// is better than beyond luck.
fn as_good(tried: &[&[f32]], cheap: usize) -> usize {
    let Some((_, best)) = pairs::best(tried, |_| true) else { return 0 };
    let bar = KEPT_QUALITY * mean(best);
    let near = tried.iter().position(|each| mean(each) >= bar).unwrap_or(0);
    let within = &tried[..cheap.max(near + 1)];
    let Some((_, best)) = pairs::best(within, |_| true) else { return near };
    let lasts = |place: &usize| !is_better(best, tried[*place], MAY_LOSE);
    (near..within.len()).find(lasts).unwrap_or(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::SplitMix64;

    #[test]
    fn what_is_lost_must_be_little_and_no_more_than_luck() {
        let mut rng = SplitMix64(5);
        let best: Vec<f32> = (0..1000).map(|_| rng.unit() as f32).collect();
        let less = |share: f32, spread: f32| -> Vec<f32> {
            let luck = |visitor: usize| if visitor.is_multiple_of(2) { spread } else { -spread };
            best.iter().enumerate().map(|(visitor, value)| share * value + luck(visitor)).collect()
        };
        let (sure, vague, far) = (less(0.99, 0.0), less(0.999, 0.2), less(0.95, 1.0));
        assert!(mean(&sure) > KEPT_QUALITY * mean(&best), "one percent less for everybody");
        assert_eq!(as_good(&[&sure, &best], 2), 1);
        assert_eq!(as_good(&[&sure, &best], 1), 0, "the longer one is more than that is worth");
        assert!(!is_better(&best, &vague, MAY_LOSE) && mean(&vague) > KEPT_QUALITY * mean(&best));
        assert_eq!(as_good(&[&sure, &vague, &best], 3), 1);
        assert_eq!(as_good(&[&far, &best], 0), 1, "luck or not and whatever it costs, that is far");
        assert_eq!(as_good(&[&best, &best], 2), 0, "of equals the shorter");
        assert_eq!(as_good(&[&[], &[]], 2), 0);
    }
}

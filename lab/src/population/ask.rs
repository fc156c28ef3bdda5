//! The tasks that spend an ε: pairs and counts of the head in `trusted` and `split`, counts alone in `local`.

use anyhow::{Context, Result};
use homebody_protocol::accounting::{MICRO, micro_rho_of};
use homebody_protocol::task::{
    Aggregators, Head, HeadDraft, HeadKind, HeadQuestion, MAX_LOCAL_CELLS, Summing, Task,
};

use super::{Mode, world::World};

/// δ of every ε.
pub const DELTA: f64 = 1e-6;
/// Most items of a head: the pairs of more are more cells than a task may have.
pub const MAX_ITEMS: usize = 256;
/// The longest window of a task.
pub const WINDOW_S: u32 = 31 * 86_400;
/// Most of ρ that a device spends on one report, in millionths.
const MOST: u64 = 35_000;
/// ρ that a device spends in 30 days, in millionths: ε 2.0.
const MONTH: u64 = 70_000;

/// What is spent, and how it is divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// ε in all of one device, at δ 10⁻⁶.
    pub epsilon: f64,
    /// Of pairs, millionths of ρ.
    pub pairs: u64,
    /// Of counts, millionths of ρ.
    pub counts: u64,
}

impl Budget {
    /// Four fifths for pairs, but no more than a device gives for one report, where it gives the whole at all.
    pub fn of(epsilon: f64) -> Self {
        let all = micro_rho_of(epsilon, DELTA);
        let most = if all <= MONTH { MOST } else { u64::MAX };
        let pairs = (all * 4 / 5).min(most);
        Self { epsilon, pairs, counts: (all - pairs).min(most) }
    }
}

/// Where and when a task is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The site.
    pub site: String,
    /// Seed of the keys.
    pub id_seed: u32,
    /// Unix seconds, a whole hour.
    pub starts_at: u32,
    /// Length of the window, seconds.
    pub window_s: u32,
    /// Reports that divide the budget among them.
    pub reports: u32,
    /// Smallest batch that is released.
    pub min_batch_size: u32,
    /// Addresses of leader and helper, for `split`.
    pub aggregators: [String; 2],
}

impl Asked {
    /// For sums that go over no network.
    pub fn offline(id_seed: u32) -> Self {
        Self {
            site: "lab.example".to_owned(),
            id_seed,
            starts_at: 1_795_392_000,
            window_s: 86_400,
            reports: 1,
            min_batch_size: 100,
            aggregators: ["https://leader.example/dap/".to_owned(), "https://helper.example/dap/".to_owned()],
        }
    }
}

/// Which items of the head are wanted together.
///
/// # Errors
/// When the head is too large for a task.
pub fn pairs(world: &World, mode: Mode, budget: Budget, asked: &Asked) -> Result<Task> {
    let head = head(world, asked.id_seed, usize::MAX);
    let words = "Which things are wanted together.";
    let draft = draft("pairs", words, HeadQuestion::Together, head, mode, asked);
    checked(HeadDraft { micro_rho: budget.pairs / u64::from(asked.reports), ..draft })
}

/// Which items of the head are wanted; of the most wanted ones under `local`.
///
/// # Errors
/// When the head is too large for a task.
pub fn counts(world: &World, mode: Mode, budget: Budget, asked: &Asked) -> Result<Task> {
    // One cell is for who wants none of them.
    let most = if mode == Mode::Local { MAX_LOCAL_CELLS as usize - 1 } else { usize::MAX };
    let head = head(world, asked.id_seed, most);
    let draft = draft("counts", "Which things are wanted.", HeadQuestion::Wanted, head, mode, asked);
    let micro_epsilon = (budget.epsilon * MICRO as f64).round() as u32;
    checked(HeadDraft { micro_rho: budget.counts / u64::from(asked.reports), micro_epsilon, ..draft })
}

fn head(world: &World, id_seed: u32, most: usize) -> Head {
    let keys = world.data.items.iter().take(most);
    let keys = keys.map(|item| homebody_protocol::derive_key(id_seed, &item.id)).collect();
    Head { of: HeadKind::Items, id_seed, keys }
}

/// A question that is not priced yet.
fn draft(
    name: &str,
    words: &str,
    question: HeadQuestion,
    head: Head,
    mode: Mode,
    asked: &Asked,
) -> HeadDraft {
    let [leader, helper] = asked.aggregators.clone();
    HeadDraft {
        site: asked.site.clone(),
        name: name.to_owned(),
        description: words.to_owned(),
        question,
        head,
        summing: match mode {
            Mode::Trusted => Summing::Trusted,
            Mode::Local => Summing::Local,
            Mode::Split => {
                Summing::Split(Aggregators { leader, helper, helper_operator: "Partner".to_owned() })
            }
        },
        micro_rho: 0,
        micro_epsilon: 0,
        window_s: asked.window_s,
        windows: 4,
        min_batch_size: asked.min_batch_size,
        starts_at: asked.starts_at,
    }
}

fn checked(draft: HeadDraft) -> Result<Task> {
    let name = draft.name.clone();
    draft.task().with_context(|| format!("the task `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_what_its_epsilon_affords_and_within_what_a_device_gives() {
        for epsilon in [0.5, 1.0, 2.0] {
            let budget = Budget::of(epsilon);
            assert!(budget.pairs + budget.counts <= micro_rho_of(epsilon, DELTA));
            assert!(budget.pairs + budget.counts <= MONTH && budget.pairs.max(budget.counts) <= MOST);
            assert!(budget.pairs >= budget.counts, "{budget:?}");
        }
        let beyond = Budget::of(4.0);
        assert!(beyond.pairs > MOST, "shown, though no device gives it");
    }
}

//! What was released, by what it is about.

use std::collections::BTreeMap;

use homebody_learn::from_sums::{Released, counts, pairs};
use homebody_protocol::mechanism::Totals;
use homebody_protocol::task::{Head, HeadKind, Measurement, SignedTask, Task};

use crate::store::{PartTotal, Store, StoreError, StoredTask};

/// All windows of a task together.
#[derive(Clone, Debug)]
pub(super) struct Summed {
    /// Its id, 64 hexadecimal digits.
    pub(super) id: String,
    /// The task.
    pub(super) task: Task,
    /// One sum a part; none of it where nothing of the part was released.
    pub(super) parts: Vec<Option<Released>>,
    /// Number of the newest release in it.
    pub(super) last: u64,
}

/// Counts of items, of facets and of pairs of items.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Number of the newest release in it, 0 without any.
    pub(super) last: u64,
    /// How often each item was wanted, by the seed of the keys, beyond what noise could have made of nothing.
    pub(super) counts: Counts,
    /// The same of categories, brands and tags.
    pub(super) facets: Counts,
    /// The matrix that most reports went into.
    pub(super) pairs: Option<Pairs>,
}

/// A count by the seed of the keys and the key.
pub(super) type Counts = BTreeMap<(u32, u32), f64>;

/// G = Σ x xᵀ over a head, and where it was asked for, C = Σ h yᵀ over the same.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    /// The items, in slot order.
    pub(super) head: Head,
    /// The matrix.
    pub(super) matrix: pairs::HeadMatrix,
    /// What was wanted after what.
    pub(super) directed: Option<pairs::HeadMatrix>,
}

/// The task that was taken up; its signature was checked then.
pub(crate) fn task_of(stored: &StoredTask) -> Option<Task> {
    let signed = serde_json::from_str::<SignedTask>(&stored.envelope).ok()?;
    Task::from_json(&signed.payload).ok()
}

impl Summed {
    /// Every task that something was released of, oldest first. Releases that are new are added up before, so that each is
    /// read once in its life.
    pub(super) fn all(store: &Store) -> Result<Vec<Self>, StoreError> {
        store.add_up()?;
        let mut all = Vec::new();
        for stored in store.tasks()? {
            let totals = store.totals(&stored.id)?;
            if totals.is_empty() {
                continue;
            }
            if let Some(task) = task_of(&stored) {
                all.push(Self::of(stored, task, totals));
            }
        }
        Ok(all)
    }

    fn of(stored: StoredTask, task: Task, totals: Vec<PartTotal>) -> Self {
        let mut parts = vec![None; task.parts() as usize];
        let mut last = 0;
        for PartTotal { part, windows, reports, cells, newest } in totals {
            last = last.max(newest);
            if let Some(sum) = parts.get_mut(part as usize) {
                *sum = Some(Released::over(&task, &Totals { reports, cells }, windows));
            }
        }
        Self { id: stored.id, task, parts, last }
    }

    /// The sum of a task of one part.
    pub(super) fn whole(&self) -> Option<&Released> {
        self.parts.first()?.as_ref()
    }

    /// Whether its sums are evidence about items or facets.
    pub(super) fn teaches(task: &Task) -> bool {
        use Measurement as M;
        match &task.measurement {
            M::Popularity { .. } => true,
            M::CoOccurrence { head, .. } | M::DirectedPairs { head, .. } => head.of == HeadKind::Items,
            _ => false,
        }
    }
}

impl Evidence {
    /// What the sums say about items.
    pub(super) fn of(all: &[Summed]) -> Self {
        let mut evidence = Self::default();
        let mut directed: Vec<(Head, pairs::HeadMatrix)> = Vec::new();
        for summed in all.iter().filter(|summed| Summed::teaches(&summed.task)) {
            let learned = match &summed.task.measurement {
                Measurement::Popularity { head } => evidence.count(summed, head),
                Measurement::CoOccurrence { head, .. } => evidence.pair(summed, head),
                Measurement::DirectedPairs { head, .. } => match matrix(summed) {
                    Some(matrix) => {
                        directed.push((head.clone(), matrix));
                        true
                    }
                    None => false,
                },
                _ => false,
            };
            if learned {
                evidence.last = evidence.last.max(summed.last);
            }
        }
        evidence.direct(directed);
        evidence
    }

    fn count(&mut self, summed: &Summed, head: &Head) -> bool {
        let Some(released) = summed.whole() else { return false };
        let counts = if head.of == HeadKind::Items { &mut self.counts } else { &mut self.facets };
        for (key, logarithm) in head.keys.iter().zip(counts::popularity(released)) {
            let count = f64::from(logarithm).exp_m1();
            if count > 0.0 {
                *counts.entry((head.id_seed, *key)).or_default() += count;
            }
        }
        true
    }

    fn pair(&mut self, summed: &Summed, head: &Head) -> bool {
        let Some(matrix) = matrix(summed) else { return false };
        if self.pairs.as_ref().is_none_or(|known| matrix.reports > known.matrix.reports) {
            let matrix = matrix.with_diagonal(None);
            self.pairs = Some(Pairs { head: head.clone(), matrix, directed: None });
        }
        true
    }

    /// Directed pairs join the undirected ones of their head; where there are none, they add up to them.
    fn direct(&mut self, directed: Vec<(Head, pairs::HeadMatrix)>) {
        for (head, matrix) in directed {
            match &mut self.pairs {
                Some(pairs) if pairs.head == head => {
                    let is_more = |known: &pairs::HeadMatrix| matrix.reports > known.reports;
                    if pairs.directed.as_ref().is_none_or(is_more) {
                        pairs.directed = Some(matrix);
                    }
                }
                Some(_) => {}
                None => {
                    let undirected = matrix.undirected();
                    self.pairs = Some(Pairs { head, matrix: undirected, directed: Some(matrix) });
                }
            }
        }
    }
}

fn matrix(summed: &Summed) -> Option<pairs::HeadMatrix> {
    let parts: Option<Vec<Released>> = summed.parts.iter().cloned().collect();
    pairs::matrix(&summed.task, &parts?)
}

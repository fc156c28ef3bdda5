//! A real set, cut to what is asked about.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use homebody_device::Interaction;
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::Policy;

use crate::baselines::touched_by;
use crate::dataset::{Dataset, Event};
use crate::evaluate::ours::{self, Keyed};
use crate::evaluate::split::{self, Protocol, Rules, Split, Task};
use crate::ranking::sets::SETS;

/// Whose behaviour the devices have.
#[derive(Clone, Debug)]
pub struct Source {
    /// The history file.
    pub history: PathBuf,
    /// The items file.
    pub items: Option<PathBuf>,
    /// What is wanted of visitors who fill carts and buy.
    pub task: Task,
}

/// What a population is simulated from: visitors of a real set, on a catalogue of its most wanted items.
#[derive(Debug)]
pub struct World {
    /// The set, of the head alone.
    pub data: Dataset,
    /// What is contributed (`train`), what devices know, and what they want next. The second-last item is known and not
    /// contributed: devices judge models by it.
    pub split: Split,
    /// The head, most wanted first, under a seed of its own.
    pub keyed: Keyed,
    /// The numbers that lists are made by.
    pub policy: Policy,
    /// Rows of each visitor: contributed, and known.
    pub visitors: Vec<Visitor>,
}

/// One visitor of the set.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Rows that are contributed, in order.
    pub contributed: Vec<Event>,
    /// Rows that are known when models are judged.
    pub known: Vec<Event>,
}

impl Source {
    /// A set of the report by its folder's name.
    ///
    /// # Errors
    /// When there is no such set in `data`, the folder of all sets.
    pub fn set(name: &str, data: &Path) -> Result<Self> {
        // Of sets with carts the harder question: what is not in the cart.
        let mut set = SETS.iter().filter(|set| set.folder == name && set.task != Task::Recovery);
        let names = || SETS.map(|set| set.folder).join(", ");
        let set =
            set.next_back().with_context(|| format!("no set is called `{name}`; there are {}", names()))?;
        if !set.is_in(data) {
            bail!("`{}` has no `{name}/events.csv`", data.display());
        }
        let settings = set.settings(data, 0);
        Ok(Self { history: settings.history, items: settings.items, task: set.task })
    }
}

impl World {
    /// Reads a set and keeps its `items` most wanted items, and up to `judged` visitors to be judged by.
    ///
    /// # Errors
    /// When the files cannot be understood or nobody can be judged.
    pub fn open(source: &Source, items: usize, judged: usize, seed: u64) -> Result<Self> {
        let whole = Dataset::read(&source.history, source.items.as_deref())?;
        let touched = touched_by(&whole.events, whole.items.len());
        let mut order: Vec<u32> = (0..).take(whole.items.len()).collect();
        order.sort_by_key(|item| (Reverse(touched[*item as usize]), *item));
        order.truncate(items);
        let data = whole.of_items(&order);
        let rules = Rules { protocol: Protocol::Llo, task: source.task, strict: true };
        let mut split = split::split(&data, rules)?;
        let visitors = visitors(&data, &split, seed);
        if visitors.is_empty() {
            bail!("no visitor has anything to contribute");
        }
        split.sample(judged, seed);
        let keyed = Keyed::new(&data.items)?;
        let policy = ours::policy(Protocol::Llo, source.task);
        Ok(Self { data, split, keyed, policy, visitors })
    }

    /// Id of an item.
    pub fn id(&self, item: u32) -> &str {
        &self.data.items[item as usize].id
    }

    /// The interaction of a row.
    pub fn interaction(&self, event: &Event) -> Interaction<'_> {
        Interaction::new(event.kind, self.id(event.item)).with_value(event.value)
    }
}

/// Everybody with something to contribute, in an order drawn by the seed: the first n are a fair sample.
fn visitors(data: &Dataset, split: &Split, seed: u64) -> Vec<Visitor> {
    let mut known = vec![0..0; data.visitors.len()];
    for case in &split.cases {
        known[case.visitor as usize] = case.known.clone();
    }
    let own = split.train.chunk_by(|left, right| left.visitor == right.visitor);
    let mut all: Vec<Visitor> = own
        .map(|rows| {
            let later = &split.known[known[rows[0].visitor as usize].clone()];
            let known = if later.is_empty() { rows } else { later };
            Visitor { contributed: rows.to_vec(), known: known.to_vec() }
        })
        .collect();
    let mut rng = SplitMix64(seed);
    (1..all.len()).rev().for_each(|last| all.swap(last, rng.below(last + 1)));
    all
}

//! Our own model: trained as the server trains, encoded as it publishes, ranked by the device itself.

use super::model::{Model, PLACES, Worker};
use super::split::{Case, Protocol, Split, Task};
use crate::dataset::{Dataset, Event};
use crate::items::{self, Item};
use anyhow::{Context, Result, bail};
use homebody_device::{Consent, Device, Interaction, Purpose, RankRequest, Ranked, Source};
use homebody_learn::split::Protocol as Judging;
use homebody_learn::{
    Catalogue, History, HistoryBuilder, HistoryRow, Progress, TrainConfig, TrainedModel, train,
};
use homebody_protocol::policy::CartPolicy;
use homebody_protocol::table::{Facet, ListSetDraft, Row, RowFlags, TableDraft, TableKind};
use homebody_protocol::{Extras, ItemKey, Kind, Policy};
use std::collections::BTreeSet;

/// Newest distinct items of a visitor that are learned from, as the server's import has it.
pub const MAX_ITEMS_PER_VISITOR: usize = 500;
/// At 100,000 items one seed in three is free of collisions.
const MAX_ID_SEED: u32 = 200;

/// A catalogue under a seed that gives all its items keys of their own.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// The seed.
    pub id_seed: u32,
    /// As the learner takes it.
    pub catalogue: Catalogue,
    /// The facets that the catalogue names by number.
    pub facets: Vec<Facet>,
}

/// How a device is asked, where that is not plainly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// Whether each list has a seed of its own: what is drawn would otherwise be one draw for everybody.
    pub own_seed: bool,
    /// Whether the first [`SHOWN`] of the list before the last known row count as shown at that row's time.
    pub shown: bool,
}

/// Places of a list that are taken to have been seen.
pub const SHOWN: usize = 10;

/// A model with everything a device loads.
#[derive(Clone, Debug)]
pub struct Ours {
    /// What the pool is made from.
    pub draft: TableDraft,
    /// The encoded pool.
    pub pool: Vec<u8>,
    /// The catalogue table with the item of each of its rows, where the pool is not all there is.
    catalogue: Option<(Vec<u8>, Vec<u32>)>,
    /// The item of each row of the pool.
    items: Vec<u32>,
    /// Id of each item, in the pool or not.
    ids: Vec<String>,
    /// Key of each row of the pool.
    keys: Vec<ItemKey>,
    manner: Manner,
}

impl Keyed {
    /// Finds a seed.
    ///
    /// # Errors
    /// When there is none: two ids are the same, or the catalogue is far too large.
    pub fn new(items: &[Item]) -> Result<Self> {
        for id_seed in 0..MAX_ID_SEED {
            let keys: BTreeSet<ItemKey> =
                items.iter().map(|item| ItemKey::derive(id_seed, &item.id)).collect();
            if keys.len() == items.len() {
                let (mut catalogue, facets) = items::learnable(items);
                for (item, known) in items.iter().zip(&mut catalogue.items) {
                    known.key = ItemKey::derive(id_seed, &item.id);
                }
                return Ok(Self { id_seed, catalogue, facets });
            }
        }
        bail!("{} items are too many to have distinct keys", items.len())
    }
}

/// The history as the learner takes it.
pub fn history(train: &[Event]) -> History {
    let mut builder = HistoryBuilder::new(MAX_ITEMS_PER_VISITOR);
    for event in train {
        builder.push(HistoryRow {
            visitor: u64::from(event.visitor),
            item: event.item,
            kind: event.kind,
            value: event.value,
            at: event.at.floor() as i64,
            basket: event.basket.map(|basket| u64::from(basket) + 1),
        });
    }
    builder.finish()
}

/// Trains on the part of the history that may be learned from; settings are judged inside it by the same protocol.
///
/// # Errors
/// When training fails.
pub fn learn(
    split: &Split,
    keyed: &Keyed,
    protocol: Protocol,
    config: TrainConfig,
    progress: &mut dyn FnMut(Progress),
) -> Result<TrainedModel> {
    let judging = match protocol {
        Protocol::Llo => Judging::LeaveLastOut,
        Protocol::Temporal => Judging::Temporal,
        Protocol::Session => Judging::Session,
    };
    let config = TrainConfig { protocol: Some(judging), ..config };
    train(&history(&split.train), &keyed.catalogue, &config, progress).context("training failed")
}

/// Standard deviations that carry any item past all that are not in the cart.
const BESIDE_A_CART: f32 = 100.0;

/// The numbers of the placement that a protocol and a task stand for; by score alone, because lists are judged by it.
pub fn policy(protocol: Protocol, task: Task) -> Policy {
    let bare = Policy { diversity: 1.0, ..Policy::default() };
    match (protocol, task) {
        // A list that stands beside a cart: what is in it comes first.
        (_, Task::Recovery) => Policy { cart: CartPolicy::Always, cart_boost: BESIDE_A_CART, ..bare },
        (Protocol::Session, _) => Policy { cart: CartPolicy::Always, ..bare },
        (_, Task::Discovery) => Policy { cart: CartPolicy::Exclude, ..bare },
        (_, Task::Any) => bare,
    }
}

impl Ours {
    /// Encodes a model for a device.
    ///
    /// # Errors
    /// When the table cannot be encoded.
    pub fn new(
        data: &Dataset,
        keyed: &Keyed,
        model: &TrainedModel,
        rebuyable: bool,
        policy: Policy,
    ) -> Result<Self> {
        let flags = RowFlags(if rebuyable { RowFlags::REBUYABLE } else { 0 });
        let row = |(index, item): (usize, &Item)| Row {
            id: item.id.clone(),
            popularity: model.popularity[index],
            trend: model.trend[index],
            added_at: 0,
            price: item.price,
            flags,
            facets: keyed.catalogue.items[index].facets.clone(),
            display: String::new(),
        };
        let draft = TableDraft {
            kind: TableKind::Pool,
            id_seed: keyed.id_seed,
            created_at: 0,
            open: true,
            rows: data.items.iter().enumerate().map(row).collect(),
            facets: keyed.facets.clone(),
            list_sets: model.list_sets.clone(),
            blend: model.blend.clone(),
            extras: Extras { policy, ..Extras::default() },
        };
        Self::of(draft)
    }

    /// Encodes a draft of a pool for a device, which ranks by the policy it comes with.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn of(draft: TableDraft) -> Result<Self> {
        let pool = draft.encode().context("the table cannot be encoded")?;
        let ids: Vec<String> = draft.rows.iter().map(|row| row.id.clone()).collect();
        let keys = ids.iter().map(|id| ItemKey::derive(draft.id_seed, id)).collect();
        let items = (0..draft.rows.len() as u32).collect();
        Ok(Self { draft, pool, catalogue: None, items, ids, keys, manner: Manner::default() })
    }

    /// The same model, asked in some manner.
    #[must_use]
    pub fn asked(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    /// The same model on a pool of these items alone.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn pool_of(&self, items: &[u32]) -> Result<Self> {
        let ids = self.ids.clone();
        Ok(Self { items: items.to_vec(), ids, ..Self::of(self.part(items))? })
    }

    /// The same with a catalogue table of at most `max_bytes` of these items of `whole`, in which the device looks for
    /// candidates of its own.
    ///
    /// # Errors
    /// When the table cannot be encoded.
    pub fn with_catalogue(self, whole: &Self, items: &[u32], max_bytes: usize) -> Result<Self> {
        let draft = TableDraft { kind: TableKind::Catalogue, ..whole.part(items) };
        let draft = draft.within(max_bytes).context("the catalogue table cannot be bounded")?;
        let table = draft.encode().context("the catalogue table cannot be encoded")?;
        Ok(Self { catalogue: Some((table, items[..draft.rows.len()].to_vec())), ..self })
    }

    /// Bytes of the encoded catalogue table; 0 without one.
    pub fn catalogue_bytes(&self) -> usize {
        self.catalogue.as_ref().map_or(0, |(table, _)| table.len())
    }

    /// The draft's rows of these items.
    fn part(&self, items: &[u32]) -> TableDraft {
        let mut draft = TableDraft { rows: Vec::new(), list_sets: Vec::new(), ..self.draft.clone() };
        draft.rows = items.iter().map(|item| self.draft.rows[*item as usize].clone()).collect();
        for set in &self.draft.list_sets {
            let lists = items.iter().map(|item| set.lists[*item as usize].clone()).collect();
            draft.list_sets.push(ListSetDraft { lists, ..set.clone() });
        }
        draft
    }
}

impl Model for Ours {
    fn name(&self) -> &'static str {
        "homebody"
    }

    fn bytes_per_candidate(&self) -> f64 {
        self.pool.len() as f64 / self.draft.rows.len().max(1) as f64
    }

    fn worker(&self) -> Result<Box<dyn Worker + '_>> {
        let mut device = Device::new();
        device.set_consent(Consent::none().granted(Purpose::Personalize));
        device.load_pool(self.pool.clone()).context("the device refuses the pool")?;
        if let Some((catalogue, _)) = &self.catalogue {
            device.load_catalogue(catalogue.clone()).context("the device refuses the catalogue")?;
        }
        Ok(Box::new(OnDevice { device, ours: self, unmasked: Vec::new() }))
    }
}

/// A device that forgets one visitor before it meets the next.
struct OnDevice<'a> {
    device: Device,
    ours: &'a Ours,
    unmasked: Vec<ItemKey>,
}

impl Worker for OnDevice<'_> {
    fn rank(&mut self, known: &[Event], case: &Case) -> Vec<u32> {
        self.device.erase();
        let (before, last) = match known.split_last() {
            Some((last, before)) if self.ours.manner.shown => (before, Some(last)),
            _ => (known, None),
        };
        before.iter().for_each(|event| self.record(event));
        if let Some(last) = last {
            self.show(&Case { now: last.at, ..case.clone() });
            self.record(last);
        }
        self.list(case)
    }
}

impl OnDevice<'_> {
    fn record(&mut self, event: &Event) {
        let interaction = Interaction::new(event.kind, &self.ours.ids[event.item as usize]);
        self.device.record(&interaction.with_value(event.value), at_ms(event.at));
    }

    /// Lets the best of a list be seen at the time it is asked for.
    fn show(&mut self, case: &Case) {
        for item in self.list(case).into_iter().take(SHOWN) {
            let seen = Interaction::new(Kind::Impression, &self.ours.ids[item as usize]);
            self.device.record(&seen, at_ms(case.now));
        }
    }

    fn list(&mut self, case: &Case) -> Vec<u32> {
        // Candidates that are named are ranked as named; with a catalogue the device finds its own, so that what is
        // masked is left out of a longer list.
        let by_name = self.ours.catalogue.is_none() && !case.masked.is_empty();
        let masked = |item: u32| case.masked.binary_search(&item).is_ok();
        self.unmasked.clear();
        if by_name {
            let rows = self.ours.items.iter().zip(&self.ours.keys);
            self.unmasked.extend(rows.filter(|(item, _)| !masked(**item)).map(|(_, key)| *key));
        }
        let request = RankRequest {
            keys: &self.unmasked,
            limit: if by_name { PLACES } else { PLACES + case.masked.len() },
            now_ms: at_ms(case.now),
            // No two cases know as much of the history.
            seed: if self.ours.manner.own_seed { case.known.end as u32 } else { 0 },
            ..RankRequest::default()
        };
        let in_catalogue =
            self.ours.catalogue.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default();
        let item = |ranked: &Ranked| match ranked.source {
            Source::Pool => self.ours.items[ranked.row],
            Source::Catalogue => in_catalogue[ranked.row],
        };
        let ranked = self.device.rank(&request);
        ranked.iter().map(item).filter(|item| !masked(*item)).take(PLACES).collect()
    }
}

/// Milliseconds of a time; steps of a sequence count as seconds.
pub fn at_ms(at: f64) -> u64 {
    (at.max(0.0) * 1_000.0) as u64
}

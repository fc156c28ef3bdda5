//! From released sums to a model on a device, and what it is worth there.
//!
//! The learners are those of `core/learn`; how their lists and counts stand in a model is the same as in a candidate of the
//! server (`server/src/train/candidate.rs`), whose crate the laboratory does not see. The test of the population over HTTP
//! holds the two together.

use anyhow::{Context, Result};
use homebody_device::{Consent, Device, Purpose, RankRequest};
use homebody_learn::from_sums::pairs::HeadMatrix;
use homebody_learn::from_sums::{Released, counts};
use homebody_learn::{History, TrainConfig, TrainedModel, train};
use homebody_protocol::ItemKey;
use homebody_protocol::table::{Feature, FeatureWeight, ListSetDraft, ListSource, Table};
use homebody_protocol::{Decay, Kind, Policy};

use super::world::World;
use crate::dataset::Event;
use crate::evaluate::model::{Model, PLACES, Worker};
use crate::evaluate::ours::{Ours, at_ms, learn};
use crate::evaluate::split::{Case, Protocol};
use crate::evaluate::{intervals, values};

/// As the server has them.
const LENGTH: usize = 20;
const LAMBDA: f64 = 0.3;
const DECAY: Decay = Decay::Positions { rate: 0.9 };
const POPULARITY: f32 = 0.5;

/// NDCG@10 of a model over all cases.
///
/// # Errors
/// When the device refuses it.
pub fn worth(world: &World, model: &dyn Model) -> Result<f64> {
    let (_, values) = values(model, &world.split)?;
    Ok(intervals::means(&values)[0])
}

/// The same with its standard error over visitors.
///
/// # Errors
/// When the device refuses it.
pub fn worth_and_error(world: &World, model: &dyn Model) -> Result<(f64, f64)> {
    let (_, values) = values(model, &world.split)?;
    let mean = intervals::means(&values)[0];
    let count = values.len().max(1) as f64;
    let variance = values.iter().map(|value| (value[0] - mean).powi(2)).sum::<f64>() / count;
    Ok((mean, (variance / count).sqrt()))
}

/// The model that the server would have learned from the rows themselves.
///
/// # Errors
/// When training fails.
pub fn centralised(world: &World) -> Result<Ours> {
    let config = TrainConfig::default();
    let model = learn(&world.split, &world.keyed, Protocol::Llo, config, &mut |_| {})?;
    ours(world, &model)
}

/// Popularity alone, counted from the rows themselves: from all of them, or from purchases where these are what is wanted
/// and tell more.
///
/// # Errors
/// When it cannot be encoded.
pub fn popularity(world: &World) -> Result<Ours> {
    let counted = |rows: &[Event]| {
        let touched = crate::baselines::touched_by(rows, world.data.items.len());
        from_counts(world, &touched.into_iter().map(f64::from).collect::<Vec<_>>())
    };
    let all = counted(&world.split.train)?;
    if !world.split.purchases {
        return Ok(all);
    }
    let bought = world.split.train.iter().filter(|event| event.kind == Kind::Purchase);
    let bought = counted(&bought.copied().collect::<Vec<_>>())?;
    Ok(if worth(world, &bought)? > worth(world, &all)? { bought } else { all })
}

/// Popularity alone, of counts.
///
/// # Errors
/// When it cannot be encoded.
pub fn from_counts(world: &World, counts: &[f64]) -> Result<Ours> {
    let mut model = untaught(world)?;
    add_counts(&mut model, counts);
    ours(world, &model)
}

/// Counts and lists, of sums with noise. `None` for lists that drowned.
///
/// # Errors
/// When it cannot be encoded.
pub fn from_sums(
    world: &World,
    counted: &Released,
    pairs: &HeadMatrix,
) -> Result<(Ours, Option<Vec<Vec<usize>>>)> {
    let mut model = untaught(world)?;
    // What stands out of the noise, as the server takes it.
    let counted: Vec<f64> = counts::popularity(counted).iter().map(|log| f64::from(*log).exp_m1()).collect();
    add_counts(&mut model, &counted);
    let lists = lists(pairs);
    if let Some(lists) = &lists {
        // As far as the sums are more than noise: lists of noise alone are worse than none.
        let weight = pairs.signal() as f32;
        model.list_sets.push(ListSetDraft { weight, ..list_set(world, lists) });
    }
    let names =
        lists.map(|lists| lists.iter().map(|list| list.iter().map(|entry| entry.0).collect()).collect());
    Ok((ours(world, &model)?, names))
}

/// The lists of a matrix without a diagonal.
pub fn lists(pairs: &HeadMatrix) -> Option<Vec<Vec<(usize, f32)>>> {
    let matrix = pairs.clone().with_diagonal(None);
    let trace: f32 = (0..).zip(&matrix.columns).map(|(slot, column): (usize, &Vec<f32>)| column[slot]).sum();
    let lambda = LAMBDA * f64::from(trace) / matrix.columns.len().max(1) as f64;
    let lists = matrix.lists(lambda.max(f64::MIN_POSITIVE), LENGTH).ok()?;
    lists.iter().any(|list| !list.is_empty()).then_some(lists)
}

fn untaught(world: &World) -> Result<TrainedModel> {
    train(&History::default(), &world.keyed.catalogue, &TrainConfig::default(), &mut |_| {})
        .context("a model of the catalogue alone")
}

fn add_counts(model: &mut TrainedModel, counts: &[f64]) {
    for (popularity, count) in model.popularity.iter_mut().zip(counts) {
        *popularity = (f64::from(*popularity).exp_m1() + count.max(0.0)).ln_1p() as f32;
    }
    if !model.blend.features.iter().any(|part| part.feature == Feature::Popularity) {
        let (mean, sd) = spread(&model.popularity);
        model.blend.features.push(FeatureWeight {
            feature: Feature::Popularity,
            weight: POPULARITY,
            mean,
            sd,
        });
    }
}

fn list_set(world: &World, lists: &[Vec<(usize, f32)>]) -> ListSetDraft {
    let count = (lists.len() * world.data.items.len()).max(1) as f32;
    let weights = || lists.iter().flatten().map(|(_, weight)| *weight);
    let mean = weights().sum::<f32>() / count;
    let square = weights().map(|weight| weight * weight).sum::<f32>() / count;
    let key = |slot: usize| world.keyed.catalogue.items[slot].key;
    let named = lists.iter().map(|list| list.iter().map(|&(slot, weight)| (key(slot), weight)).collect());
    ListSetDraft {
        source: ListSource::Collaborative,
        decay: DECAY,
        weight: 1.0,
        mean,
        sd: (square - mean * mean).max(f32::MIN_POSITIVE).sqrt(),
        lists: named.collect(),
    }
}

fn spread(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count;
    (mean, if variance > 0.0 { variance.sqrt() } else { 1.0 })
}

fn ours(world: &World, model: &TrainedModel) -> Result<Ours> {
    Ours::new(&world.data, &world.keyed, model, false, world.policy)
}

/// A pool as a server published it, whatever stands in it.
#[derive(Debug)]
pub struct Served {
    pool: Vec<u8>,
    /// The item of each row, and the key.
    rows: Vec<(u32, ItemKey)>,
    policy: Policy,
}

impl Served {
    /// Reads a pool.
    ///
    /// # Errors
    /// When it is none, or lacks items of the world.
    pub fn read(world: &World, pool: Vec<u8>) -> Result<Self> {
        let table = Table::read(&pool).context("the published pool")?;
        let items = (0u32..).zip(&world.data.items);
        let row = |(item, known): (u32, &crate::items::Item)| {
            let key = ItemKey::derive(table.header().id_seed, &known.id);
            table.row_of(key).map(|row| (row, (item, key)))
        };
        let mut rows: Vec<_> =
            items.map(row).collect::<Option<_>>().context("the published pool lacks items of the set")?;
        rows.sort_unstable();
        Ok(Self { rows: rows.into_iter().map(|(_, row)| row).collect(), policy: world.policy, pool })
    }
}

/// A model with the world it is ranked in.
#[derive(Debug)]
pub struct In<'a>(pub &'a World, pub &'a Served);

impl Model for In<'_> {
    fn name(&self) -> &'static str {
        "served"
    }

    fn bytes_per_candidate(&self) -> f64 {
        self.1.pool.len() as f64 / self.1.rows.len().max(1) as f64
    }

    fn worker(&self) -> Result<Box<dyn Worker + '_>> {
        let mut device = Device::new();
        device.set_consent(Consent::none().granted(Purpose::Personalize));
        device.load_pool(self.1.pool.clone()).context("the device refuses the pool")?;
        Ok(Box::new(OnDevice { device, of: self }))
    }
}

struct OnDevice<'a> {
    device: Device,
    of: &'a In<'a>,
}

impl Worker for OnDevice<'_> {
    fn rank(&mut self, known: &[Event], case: &Case) -> Vec<u32> {
        let In(world, served) = self.of;
        self.device.erase();
        for event in known {
            self.device.record(&world.interaction(event), at_ms(event.at));
        }
        let unmasked = served.rows.iter().filter(|(item, _)| case.masked.binary_search(item).is_err());
        let keys: Vec<ItemKey> = unmasked.map(|(_, key)| *key).collect();
        let request = RankRequest {
            keys: &keys,
            limit: PLACES,
            policy: Some(served.policy),
            now_ms: at_ms(case.now),
            ..RankRequest::default()
        };
        self.device.rank(&request).iter().map(|ranked| served.rows[ranked.row].0).collect()
    }
}

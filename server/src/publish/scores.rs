//! A model, laid over the catalogue of today.

use std::collections::{BTreeMap, HashMap};

use homebody_learn::cluster::duplicates;
use homebody_learn::reach::reach;
use homebody_learn::{TrainConfig, content};
use homebody_protocol::ItemKey;
use homebody_protocol::manifest::ModelInfo;
use homebody_protocol::table::{Blend, ListSetDraft, ListSource};

use super::PublishError;
use crate::catalog::Snapshot;
use crate::history::{Learned, Model};
use crate::store::{StoreError, StoredModel};

/// What the tables say about every item of the catalogue, by its place in the snapshot.
pub(super) struct Scores {
    /// Popularity of each item.
    pub(super) popularity: Vec<f32>,
    /// Trend of each item.
    pub(super) trend: Vec<f32>,
    /// How the parts of a score add up.
    pub(super) blend: Blend,
    /// Lists of each item; entries name `ids` by place + 1.
    pub(super) list_sets: Vec<ListSetDraft>,
    /// The ids that the lists of a set name: items that have left the catalogue still speak for others.
    pub(super) ids: Vec<Vec<String>>,
    /// Segments, intent, priors and questions.
    pub(super) learned: Learned,
    /// The place in the model of each item of the catalogue.
    pub(super) places: Vec<Option<usize>>,
    /// Group of near duplicates of each item, 0 none; empty when no item has any.
    pub(super) duplicates: Vec<u32>,
    /// What the manifest says about the model.
    pub(super) info: ModelInfo,
}

impl Scores {
    /// A model over the catalogue of today; without one, content neighbours and default weights.
    pub(super) fn load(snapshot: &Snapshot, model: Option<StoredModel>) -> Result<Self, PublishError> {
        let ids: Vec<String> = snapshot.items.iter().map(|item| item.id.clone()).collect();
        let Some(stored) = model else {
            let none = ModelInfo {
                name: "none".to_owned(),
                trained_at: 0,
                source: "none".to_owned(),
                metrics: BTreeMap::new(),
            };
            let model = Model::untaught(snapshot)
                .map_err(|error| PublishError::Learn { code: error.code(), message: error.to_string() })?;
            let mut scores = Self::over(ids, model, none);
            scores.find_duplicates(snapshot);
            return Ok(scores);
        };
        let model = Model::decode(&stored.model)
            .map_err(|error| StoreError::Damaged { what: "model", reason: error.to_string() })?;
        let mut scores = Self::over(ids.clone(), model, info(&stored)?);
        scores.renew_content(snapshot, &ids);
        scores.find_duplicates(snapshot);
        Ok(scores)
    }

    /// Lays `model` over items called `ids`; what the model does not know has no count and no lists.
    fn over(ids: Vec<String>, model: Model, info: ModelInfo) -> Self {
        let known: HashMap<&str, usize> = model.ids.iter().map(String::as_str).zip(0..).collect();
        let places: Vec<Option<usize>> = ids.iter().map(|id| known.get(id.as_str()).copied()).collect();
        let column = |values: &[f32]| places.iter().map(|place| place.map_or(0.0, |at| values[at])).collect();
        let (popularity, trend) = (column(&model.popularity), column(&model.trend));
        let list_sets: Vec<ListSetDraft> = model
            .list_sets
            .iter()
            .map(|set| {
                let lists =
                    places.iter().map(|place| place.map_or_else(Vec::new, |at| set.lists[at].clone()));
                ListSetDraft { lists: lists.collect(), ..set.clone() }
            })
            .collect();
        let ids = vec![model.ids.clone(); list_sets.len()];
        let (blend, learned) = (model.blend, model.learned);
        Self { popularity, trend, blend, list_sets, ids, learned, places, duplicates: Vec::new(), info }
    }

    /// Content neighbours come from the catalogue of today, so that new items have some.
    fn renew_content(&mut self, snapshot: &Snapshot, ids: &[String]) {
        let length = TrainConfig::default().content_neighbours;
        for (set, named) in self.list_sets.iter_mut().zip(&mut self.ids) {
            if set.source == ListSource::Content {
                set.lists = content::neighbours(&snapshot.learnable(), length);
                *named = ids.to_vec();
            }
        }
    }

    /// Near duplicates are found among content neighbours, which are those of today's catalogue by now.
    fn find_duplicates(&mut self, snapshot: &Snapshot) {
        let catalogue = snapshot.learnable();
        let place = |&(entry, cosine): &(ItemKey, f32)| (entry.0 - 1, cosine);
        let known = self.list_sets.iter().find(|set| set.source == ListSource::Content);
        let near: Vec<Vec<(u32, f32)>> = match known {
            Some(set) => set.lists.iter().map(|list| list.iter().map(place).collect()).collect(),
            None => content::nearest(&catalogue, TrainConfig::default().content_neighbours),
        };
        self.duplicates = duplicates::groups(&catalogue, &near, duplicates::DUPLICATE_COSINE);
    }

    /// How likely lists are to bring each item before a visitor, see [`reach`].
    pub(super) fn reach(&self, snapshot: &Snapshot) -> Vec<f32> {
        let places: HashMap<&str, usize> =
            snapshot.items.iter().map(|item| item.id.as_str()).zip(0..).collect();
        reach(&self.list_sets, &self.popularity, |set, entry| places.get(self.id(set, entry)).copied())
    }

    /// The id that an entry of list set `set` names.
    pub(super) fn id(&self, set: usize, entry: ItemKey) -> &str {
        &self.ids[set][entry.0 as usize - 1]
    }
}

fn info(stored: &StoredModel) -> Result<ModelInfo, PublishError> {
    let metrics: BTreeMap<String, f64> = serde_json::from_str(&stored.metrics)
        .map_err(|error| StoreError::Damaged { what: "metrics", reason: error.to_string() })?;
    Ok(ModelInfo {
        name: stored.name.clone(),
        trained_at: u32::try_from(stored.created_at).unwrap_or(u32::MAX),
        source: stored.source.clone(),
        metrics,
    })
}

//! Choosing a model of the family: placeholder for the search, which replaces it.

use crate::catalogue::Catalogue;
use crate::content;
use crate::history::History;
use crate::popularity::decayed_counts;
use crate::train::{Progress, TrainConfig, TrainError, TrainedModel};
use homebody_protocol::Decay;
use homebody_protocol::table::{Blend, ListSetDraft, ListSource};

pub(crate) fn train(
    history: &History,
    catalogue: &Catalogue,
    config: &TrainConfig,
    progress: &mut dyn FnMut(Progress),
) -> Result<TrainedModel, TrainError> {
    if catalogue.items.is_empty() {
        return Err(TrainError::EmptyCatalogue);
    }
    progress(Progress { stage: "content neighbours", done: 0, total: 1 });
    let items = catalogue.items.len();
    let now = history.span().map_or(0, |(_, last)| last);
    let lists = content::neighbours(catalogue, config.content_neighbours);
    let content = ListSetDraft {
        source: ListSource::Content,
        decay: Decay::Positions { rate: 0.9 },
        weight: 1.0,
        mean: 0.0,
        sd: 1.0,
        lists,
    };
    Ok(TrainedModel {
        list_sets: vec![content],
        blend: Blend { evidence_k: 1.0, features: Vec::new() },
        popularity: decayed_counts(history, items, config.popularity_half_life_days, now),
        trend: decayed_counts(history, items, config.trend_half_life_days, now),
        metrics: None,
        sums: None,
        unknown_item_rows: 0,
    })
}

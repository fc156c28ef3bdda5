//! The search: hold the newest window back, choose on it, refit on everything.

mod blend;
mod fit;
mod grid;

use crate::bootstrap::SplitMix64;
use crate::catalogue::Catalogue;
use crate::content;
use crate::head::Head;
use crate::history::History;
use crate::judge::{JUDGED_PLACES, Judge, Part, Weighted, moments};
use crate::lists::{Lists, shortened};
use crate::metrics::mean;
use crate::popularity::decayed_counts;
use crate::split::{Split, newest_window, sample_judged};
use crate::steps::Steps;
use crate::sums::Sums;
use crate::train::{Progress, TrainConfig, TrainError, TrainMetrics, TrainedModel};
use fit::{Fitter, Setting};
use homebody_protocol::table::{Blend, Feature, FeatureWeight, ListSetDraft, ListSource};
use homebody_protocol::{Decay, ItemKey};

/// Head of the search; the cube of the ratio to the full head is what it saves.
const SEARCH_HEAD: usize = 1_500;
/// Lengths a candidate's list may have.
const LIST_LENGTHS: [usize; 4] = [10, 20, 50, 100];
/// The shortest list that keeps this share of the best quality is taken: bytes are paid on every device.
const KEPT_QUALITY: f32 = 0.98;
/// Scores held in memory for one part, visitors × rows.
const MAX_SCORES: usize = 8_000_000;
/// However many rows there are, so many visitors are judged if they can be.
const FEWEST_SAMPLED: usize = 100;
/// Fewer judged visitors than this say nothing.
const MIN_JUDGED: usize = 20;
/// Content carries new items, which no held-back window can show; it keeps this weight while that costs at most
/// 1 % of what was judged.
const CONTENT_FLOOR: f32 = 0.1;
const CONTENT_FLOOR_QUALITY: f32 = 0.99;

/// Everything the search reads.
struct Search<'a> {
    history: &'a History,
    catalogue: &'a Catalogue,
    config: &'a TrainConfig,
    steps: Steps,
    keys: Vec<ItemKey>,
    content: Lists,
}

/// What the search decided.
struct Decision {
    settings: Vec<Setting>,
    list_length: usize,
    chosen: blend::Chosen,
    metrics: TrainMetrics,
}

/// See [`crate::train()`].
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
    let search = Search {
        history,
        catalogue,
        config,
        steps: Steps::detect(history),
        keys: catalogue.items.iter().map(|item| item.key).collect(),
        content: content::neighbours(catalogue, config.content_neighbours),
    };
    progress(Progress { stage: "content neighbours", done: 1, total: 1 });
    let items = catalogue.items.len();
    let mut split = newest_window(history, items, config.min_temporal_visitors, config.protocol);
    if let Some(split) = &mut split {
        let most = (MAX_SCORES / catalogue.items.len()).min(config.judged_visitors);
        sample_judged(split, most.max(FEWEST_SAMPLED), SplitMix64(config.seed));
    }
    match split.filter(|split| split.judged.len() >= MIN_JUDGED) {
        Some(split) => search.with_judges(&split, progress),
        None => Ok(search.without_judges()),
    }
}

impl Search<'_> {
    fn with_judges(
        &self,
        split: &Split,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<TrainedModel, TrainError> {
        let repeats = split.protocol.repeats();
        let judge = Judge { visitors: &split.judged, keys: &self.keys, repeats };
        let decision = self.decide(split, &judge, progress)?;
        self.refit(&decision, &judge, progress)
    }

    /// Chooses settings, list length and blend on the held-back window.
    fn decide(
        &self,
        split: &Split,
        judge: &Judge<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Decision, TrainError> {
        let head = self.head(&split.train);
        let mut proxy = Fitter::new(&split.train, self.catalogue, self.steps, head.truncated(SEARCH_HEAD));
        let mut tick = |done, total| progress(Progress { stage: "comparing models", done, total });
        let settings = grid::choose(&mut proxy, judge, self.steps, &mut tick)?;
        drop(proxy);

        let mut fitter = Fitter::new(&split.train, self.catalogue, self.steps, head);
        let mut full = Vec::new();
        for (setting, done) in settings.iter().zip(0u32..) {
            progress(Progress { stage: "judging the best", done, total: settings.len() as u32 });
            full.push(setting.list_set(fitter.lists(setting, LIST_LENGTHS[LIST_LENGTHS.len() - 1])?));
        }
        drop(fitter);
        let (list_length, mut parts) = choose_length(judge, &full)?;
        let content = judge.part(&self.content_set(&settings))?;
        let common = self.common(&split.train, split.now);
        let [popularity, trend] = &common.parts;
        parts.extend([content, popularity.clone(), trend.clone()]);
        let chosen = weigh(judge, &parts, settings.len());
        let alone = |part: &Part| mean(&judge.blend(&[Weighted { part, weight: 1.0 }], 0.0));
        let metrics = TrainMetrics {
            protocol: split.protocol,
            visitors: split.judged.len(),
            places: JUDGED_PLACES,
            chosen: chosen.metrics,
            popularity: alone(popularity),
            trend: alone(trend),
        };
        Ok(Decision { settings, list_length, chosen, metrics })
    }

    /// Fits the chosen settings on the whole history.
    fn refit(
        &self,
        decision: &Decision,
        judge: &Judge<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<TrainedModel, TrainError> {
        let total = decision.settings.len() as u32;
        let mut fitter = Fitter::new(self.history, self.catalogue, self.steps, self.head(self.history));
        let mut sets = Vec::new();
        let mut sequences = Vec::new();
        for (setting, done) in decision.settings.iter().zip(0u32..) {
            progress(Progress { stage: "fitting on everything", done, total });
            sets.push(setting.list_set(fitter.lists(setting, decision.list_length)?));
            let decay = setting.sequence_decay();
            if setting.directed()
                && let Some(sums) = fitter.sequence_for(decay)
            {
                sequences.push((decay, sums.clone()));
            }
        }
        sets.push(self.content_set(&decision.settings));
        let (gram, head) = fitter.into_gram();
        let keys = head.items().iter().map(|&item| self.keys[item as usize]).collect();
        for (set, &weight) in sets.iter_mut().zip(&decision.chosen.weights) {
            let part = judge.part(set)?;
            (set.weight, set.mean, set.sd) = (weight, part.mean, part.sd);
        }
        let weights = &decision.chosen.weights[sets.len()..];
        sets.retain(|set| set.weight != 0.0);
        progress(Progress { stage: "fitting on everything", done: total, total });
        let common = self.common(self.history, self.now());
        Ok(TrainedModel {
            list_sets: sets,
            blend: common.blend(decision.chosen.evidence_k, weights),
            popularity: common.popularity,
            trend: common.trend,
            metrics: Some(decision.metrics),
            sums: Some(Sums { keys, gram, sequences }),
            unknown_item_rows: self.unknown_item_rows(),
        })
    }

    /// Content and popularity by weights that nobody judged.
    fn without_judges(&self) -> TrainedModel {
        let common = self.common(self.history, self.now());
        let mut blend = common.blend(1.0, &[0.25, 0.5]);
        let affinity = |(feature, weight)| FeatureWeight { feature, weight, mean: 0.0, sd: 0.25 };
        blend
            .features
            .extend([(Feature::Category, 0.5), (Feature::Brand, 0.25), (Feature::Tag, 0.5)].map(affinity));
        let mut content = self.content_set(&[]);
        content.sd = 0.1;
        TrainedModel {
            list_sets: vec![content],
            blend,
            popularity: common.popularity,
            trend: common.trend,
            metrics: None,
            sums: None,
            unknown_item_rows: self.unknown_item_rows(),
        }
    }

    fn head(&self, history: &History) -> Head {
        Head::most_popular(history, self.catalogue.items.len(), self.config.head_items)
    }

    fn now(&self) -> i64 {
        self.history.span().map_or(0, |(_, last)| last)
    }

    fn unknown_item_rows(&self) -> u64 {
        let items = self.catalogue.items.len();
        self.history.events().iter().filter(|event| event.item as usize >= items).count() as u64
    }

    /// Content follows the decay of the best collaborative part, which was chosen for this site.
    fn content_set(&self, settings: &[Setting]) -> ListSetDraft {
        let decay = settings.first().map_or(Decay::Positions { rate: 0.9 }, |setting| setting.decay);
        let lists = self.content.clone();
        ListSetDraft { source: ListSource::Content, decay, weight: 1.0, mean: 0.0, sd: 1.0, lists }
    }

    fn common(&self, history: &History, now: i64) -> Common {
        let counts =
            |half_life_days| decayed_counts(history, self.catalogue.items.len(), half_life_days, now);
        let popularity = counts(self.config.popularity_half_life_days);
        let trend = counts(self.config.trend_half_life_days);
        Common { parts: [Part::common(&popularity), Part::common(&trend)], popularity, trend }
    }
}

/// Parts that are the same for every visitor.
struct Common {
    popularity: Vec<f32>,
    trend: Vec<f32>,
    parts: [Part; 2],
}

impl Common {
    fn blend(&self, evidence_k: f32, weights: &[f32]) -> Blend {
        let columns = [(Feature::Popularity, &self.popularity), (Feature::Trend, &self.trend)];
        let features = columns
            .into_iter()
            .zip(weights)
            .filter(|(_, weight)| **weight != 0.0)
            .map(|((feature, values), &weight)| {
                let (mean, sd) = moments(values);
                FeatureWeight { feature, weight, mean, sd }
            })
            .collect();
        Blend { evidence_k, features }
    }
}

/// The shortest lists that keep the quality, and their parts.
fn choose_length(judge: &Judge<'_>, full: &[ListSetDraft]) -> Result<(usize, Vec<Part>), TrainError> {
    let mut tried = Vec::new();
    for length in LIST_LENGTHS {
        let cut = |set: &ListSetDraft| ListSetDraft { lists: shortened(&set.lists, length), ..set.clone() };
        let parts = full.iter().map(|set| judge.part(&cut(set))).collect::<Result<Vec<Part>, _>>()?;
        let weighted: Vec<Weighted<'_>> = parts.iter().map(|part| Weighted { part, weight: 1.0 }).collect();
        tried.push((length, mean(&judge.blend(&weighted, 0.0)).ndcg, parts));
    }
    let best = tried.iter().map(|(_, ndcg, _)| *ndcg).fold(0.0, f32::max);
    let enough = tried.into_iter().find(|(_, ndcg, _)| *ndcg >= best * KEPT_QUALITY);
    Ok(enough.map_or((LIST_LENGTHS[0], Vec::new()), |(length, _, parts)| (length, parts)))
}

/// Weights of the collaborative parts, then content, popularity and trend.
fn weigh(judge: &Judge<'_>, parts: &[Part], collaborative: usize) -> blend::Chosen {
    let parts: Vec<&Part> = parts.iter().collect();
    let start = (0..parts.len()).map(|index| if index < collaborative { 1.0 } else { 0.0 }).collect();
    let mut chosen = blend::choose(judge, &parts, start);
    if chosen.weights[collaborative] < CONTENT_FLOOR {
        let mut weights = chosen.weights.clone();
        weights[collaborative] = CONTENT_FLOOR;
        chosen.take_if(judge, &parts, weights, None, CONTENT_FLOOR_QUALITY);
    }
    chosen
}

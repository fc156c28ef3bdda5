//! The search: hold the newest window back, choose on it, refit on everything.

mod blend;
mod fit;
mod gate;
mod grid;
mod lengths;
mod pairs;
mod regress;
mod returns;

use crate::bootstrap::SplitMix64;
use crate::catalogue::Catalogue;
use crate::content;
use crate::head::Head;
use crate::history::History;
use crate::judge::{JUDGED_PLACES, Judge, Part, Weighted, moments};
use crate::lists::Lists;
use crate::metrics::mean;
use crate::popularity::decayed_counts;
use crate::split::{Split, newest_window, sample_judged};
use crate::steps::{DAY_S, Steps, has_times};
use crate::sums::Sums;
use crate::train::{Progress, TrainConfig, TrainError, TrainMetrics, TrainedModel};
use fit::{Choice, Fitter, Scope};
use homebody_protocol::table::{Blend, FacetKind, Feature, FeatureWeight, ListSetDraft, ListSource};
use homebody_protocol::{Decay, ItemKey};

/// Head of the search; the cube of the ratio to the full head is what it saves.
const SEARCH_HEAD: usize = 1_600;
/// Decays of content: what a visitor looked at last, the last few, everything.
const CONTENT_RATES: [f32; 3] = [0.5, 0.9, 1.0];
/// Scores looked at for one blend, visitors × rows.
const MAX_SCORES: usize = 32_000_000;
/// Half-lives of the trend that are tried, as multiples of the configured one.
const TREND_SHARES: [f32; 4] = [0.07, 0.2, 0.5, 2.0];
/// Another half-life must be better by this.
const MIN_TREND: f32 = 1.03;
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
    choices: Vec<Choice>,
    content_decay: Decay,
    half_lives_days: [f32; 2],
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
        let scope = Scope { history: &split.train, ..self.scope(judge.repeats) };
        let head = self.head(&split.train);
        let mut proxy = Fitter::new(scope, head.truncated(SEARCH_HEAD));
        let mut tick = |done, total| progress(Progress { stage: "comparing models", done, total });
        let choices = grid::choose(&mut proxy, judge, self.steps, self.span_days(), &mut tick)?;
        drop(proxy);

        let mut fitter = Fitter::new(scope, head);
        let mut full = Vec::new();
        for (choice, done) in choices.iter().zip(0u32..) {
            progress(Progress { stage: "judging the best", done, total: choices.len() as u32 });
            let lists = fitter.lists(choice, lengths::LONGEST)?;
            full.push(choice.setting.list_set(lists));
        }
        drop(fitter);
        progress(Progress { stage: "weighing the parts", done: 0, total: 1 });
        let (list_length, mut parts) = lengths::choose(judge, &full)?;
        let (content_decay, content) = self.choose_content(judge, &choices)?;
        let half_lives_days = self.choose_half_lives(split, judge);
        let common = self.common(&split.train, split.now, half_lives_days);
        let alone = |part: &Part| mean(&judge.blend(&[Weighted { part, weight: 1.0 }], 0.0));
        let [popularity, trend] = [&common.popularity, &common.trend].map(|values| Part::common(values));
        let (popularity_alone, trend_alone) = (alone(&popularity), alone(&trend));
        for set in self.return_sets(&split.train, judge) {
            parts.push(judge.part(&set)?);
        }
        let lists = parts.len();
        parts.extend([content, popularity, trend]);
        parts.extend(self.affinities(judge));
        let chosen = weigh(judge, &parts, choices.len(), lists);
        let metrics = TrainMetrics {
            protocol: split.protocol,
            visitors: split.judged.len(),
            places: JUDGED_PLACES,
            chosen: chosen.metrics,
            popularity: popularity_alone,
            trend: trend_alone,
        };
        progress(Progress { stage: "weighing the parts", done: 1, total: 1 });
        Ok(Decision { choices, content_decay, half_lives_days, list_length, chosen, metrics })
    }

    /// Fits the chosen settings on the whole history.
    fn refit(
        &self,
        decision: &Decision,
        judge: &Judge<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<TrainedModel, TrainError> {
        let total = decision.choices.len() as u32;
        let mut fitter = Fitter::new(self.scope(judge.repeats), self.head(self.history));
        let mut sets = Vec::new();
        let mut sequences = Vec::new();
        for (choice, done) in decision.choices.iter().zip(0u32..) {
            progress(Progress { stage: "fitting on everything", done, total });
            let setting = &choice.setting;
            sets.push(setting.list_set(fitter.lists(choice, decision.list_length)?));
            sequences.extend(fitter.sequence_of(setting).map(|sums| (setting.sequence_decay(), sums)));
        }
        sets.extend(self.return_sets(self.history, judge));
        sets.push(self.content_set(decision.content_decay));
        let half_life_days = decision.choices.first().and_then(|choice| choice.setting.half_life_days);
        let (gram, head) = fitter.into_gram(half_life_days);
        let keys = head.items().iter().map(|&item| self.keys[item as usize]).collect();
        for (set, &weight) in sets.iter_mut().zip(&decision.chosen.weights) {
            let part = judge.part(set)?;
            (set.weight, set.mean, set.sd) = (weight, part.mean, part.sd);
        }
        let weights = &decision.chosen.weights[sets.len()..];
        sets.retain(|set| set.weight != 0.0);
        progress(Progress { stage: "fitting on everything", done: total, total });
        let common = self.common(self.history, self.now(), decision.half_lives_days);
        let mut features = common.moments();
        features.extend(self.affinities(judge).iter().map(|part| (part.mean, part.sd)));
        Ok(TrainedModel {
            list_sets: sets,
            blend: blend_of(decision.chosen.evidence_k, weights, &features),
            popularity: common.popularity,
            trend: common.trend,
            metrics: Some(decision.metrics),
            sums: Some(Sums { keys, gram, sequences }),
            unknown_item_rows: self.unknown_item_rows(),
        })
    }

    /// Content and popularity by weights that nobody judged.
    fn without_judges(&self) -> TrainedModel {
        let common = self.common(self.history, self.now(), self.default_half_lives());
        let mut blend = blend_of(1.0, &[0.25, 0.5], &common.moments());
        let affinity = |(feature, weight)| FeatureWeight { feature, weight, mean: 0.0, sd: 0.25 };
        blend
            .features
            .extend([(Feature::Category, 0.5), (Feature::Brand, 0.25), (Feature::Tag, 0.5)].map(affinity));
        let mut content = self.content_set(Decay::Positions { rate: 0.9 });
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

    fn scope(&self, repeats: bool) -> Scope<'_> {
        Scope { history: self.history, catalogue: self.catalogue, steps: self.steps, repeats }
    }

    /// Days the log spans, if it has times.
    fn span_days(&self) -> Option<f32> {
        let (first, last) = self.history.span().filter(|_| has_times(self.history))?;
        Some((last - first) as f32 / DAY_S)
    }

    /// How a history fades before content lists are scored: as the best collaborative part fades, or by one of a
    /// few rates, whichever is best alone.
    fn choose_content(&self, judge: &Judge<'_>, choices: &[Choice]) -> Result<(Decay, Part), TrainError> {
        let like_best = choices.first().map(|choice| choice.setting.decay);
        let rates = CONTENT_RATES.map(|rate| Decay::Positions { rate });
        let mut best: Option<(f32, Decay, Part)> = None;
        for decay in like_best.into_iter().chain(rates) {
            let part = judge.part(&self.content_set(decay))?;
            let ndcg = judge.ndcg(&part);
            if best.as_ref().is_none_or(|(bar, ..)| ndcg > *bar) {
                best = Some((ndcg, decay, part));
            }
        }
        Ok(best.map_or_else(
            || (Decay::Positions { rate: 1.0 }, Part::common(&vec![0.0; self.keys.len()])),
            |(_, decay, part)| (decay, part),
        ))
    }

    fn content_set(&self, decay: Decay) -> ListSetDraft {
        let lists = self.content.clone();
        ListSetDraft { source: ListSource::Content, decay, weight: 1.0, mean: 0.0, sd: 1.0, lists }
    }

    /// Where items may come again: the pull of what was had last, and of all that was had.
    fn return_sets(&self, history: &History, judge: &Judge<'_>) -> Vec<ListSetDraft> {
        if !judge.repeats {
            return Vec::new();
        }
        let lists = returns::lists(history, &self.keys);
        let source = ListSource::Collaborative;
        let set =
            |decay| ListSetDraft { source, decay, weight: 1.0, mean: 0.0, sd: 1.0, lists: lists.clone() };
        [returns::LAST, returns::ANY].map(set).to_vec()
    }

    /// Affinities in the order of [`FEATURES`].
    fn affinities(&self, judge: &Judge<'_>) -> Vec<Part> {
        let kinds = [FacetKind::Category, FacetKind::Brand, FacetKind::Tag];
        kinds.map(|kind| judge.affinity(self.catalogue, kind)).to_vec()
    }

    /// Of popularity and of the trend.
    fn default_half_lives(&self) -> [f32; 2] {
        [self.config.popularity_half_life_days, self.config.trend_half_life_days]
    }

    /// The half-life of the trend that is best alone; popularity keeps its long one, so that they differ.
    fn choose_half_lives(&self, split: &Split, judge: &Judge<'_>) -> [f32; 2] {
        let [popularity, mut trend] = self.default_half_lives();
        let items = self.catalogue.items.len();
        let worth = |half_life: f32| {
            judge.ndcg(&Part::common(&decayed_counts(&split.train, items, half_life, split.now)))
        };
        let mut bar = worth(trend) * MIN_TREND;
        for share in TREND_SHARES {
            let half_life = share * self.config.trend_half_life_days;
            let ndcg = if has_times(&split.train) { worth(half_life) } else { 0.0 };
            if ndcg > bar {
                (bar, trend) = (ndcg, half_life);
            }
        }
        [popularity, trend]
    }

    fn common(&self, history: &History, now: i64, half_lives_days: [f32; 2]) -> Common {
        let counts =
            |half_life_days| decayed_counts(history, self.catalogue.items.len(), half_life_days, now);
        let [popularity, trend] = half_lives_days.map(counts);
        Common { popularity, trend }
    }
}

/// The features of the blend besides lists, in the order in which they are weighed.
const FEATURES: [Feature; 5] =
    [Feature::Popularity, Feature::Trend, Feature::Category, Feature::Brand, Feature::Tag];

/// Columns that are the same for every visitor.
struct Common {
    popularity: Vec<f32>,
    trend: Vec<f32>,
}

impl Common {
    /// Mean and standard deviation of each column.
    fn moments(&self) -> Vec<(f32, f32)> {
        vec![moments(&self.popularity), moments(&self.trend)]
    }
}

fn blend_of(evidence_k: f32, weights: &[f32], moments: &[(f32, f32)]) -> Blend {
    let feature = |((feature, &weight), &(mean, sd)): ((Feature, &f32), &(f32, f32))| {
        (weight != 0.0).then_some(FeatureWeight { feature, weight, mean, sd })
    };
    Blend {
        evidence_k,
        features: FEATURES.into_iter().zip(weights).zip(moments).filter_map(feature).collect(),
    }
}

/// Weights of all parts; the one at `content` keeps its floor.
fn weigh(judge: &Judge<'_>, parts: &[Part], collaborative: usize, content: usize) -> blend::Chosen {
    let parts: Vec<&Part> = parts.iter().collect();
    let mut chosen = blend::weigh(judge, &parts, collaborative);
    if chosen.weights[content] < CONTENT_FLOOR && !parts[content].is_flat() {
        let mut weights = chosen.weights.clone();
        weights[content] = CONTENT_FLOOR;
        chosen.take_if_kept(judge, &parts, weights, CONTENT_FLOOR_QUALITY);
    }
    chosen
}

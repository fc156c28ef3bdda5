//! A model from what devices contributed, on top of the one that is published.

use std::collections::{HashMap, HashSet};

use homebody_protocol::table::{Feature, FeatureWeight, ListSetDraft, ListSource, MAX_LIST_SETS};
use homebody_protocol::{Decay, ItemKey, derive_key};

use super::backoff;
use super::evidence::{Evidence, Pairs};
use crate::catalog::Snapshot;
use crate::history::Model;

/// Entries of a list.
const LENGTH: usize = 20;
/// λ in units of the mean diagonal, before noise.
const LAMBDA: f64 = 0.3;
/// How a history fades that is scored against contributed pairs; they know no order.
const DECAY: Decay = Decay::Positions { rate: 0.9 };
/// Weight of contributed lists beside imported ones, and alone.
const BESIDE: f32 = 0.5;
const ALONE: f32 = 1.0;
/// Weight of popularity where no history taught one.
const POPULARITY: f32 = 0.5;

/// What a history taught, or what holds without one, with what the sums add: popularity, and a set of lists over the head.
/// Always from all sums, so that none counts twice. `None` when they add nothing.
pub(super) fn learn(mut model: Model, snapshot: &Snapshot, evidence: &Evidence) -> Option<Model> {
    let catalogue: Vec<String> = snapshot.items.iter().map(|item| item.id.clone()).collect();
    extend(&mut model, &catalogue);
    let counted = add_counts(&mut model, evidence);
    let backed = backoff::add(&mut model, snapshot, evidence);
    if counted || backed {
        weigh_popularity(&mut model);
    }
    let paired = evidence.pairs.as_ref().is_some_and(|pairs| add_lists(&mut model, pairs));
    (counted || backed || paired).then_some(model)
}

/// Multiplies the weights of the parts of a score: list sets in their order, then the features by their codes. A part that
/// the model does not have, or a factor that would turn a list set around, is left as it is; the gate judges the rest.
pub(super) fn blend(model: &mut Model, factors: &[f64]) {
    let sane = |factor: Option<&f64>| {
        factor.copied().filter(|factor| factor.is_finite()).map(|factor| factor.clamp(0.0, 10.0) as f32)
    };
    for (set, factor) in model.list_sets.iter_mut().zip(factors.iter().take(MAX_LIST_SETS)) {
        set.weight *= sane(Some(factor)).unwrap_or(1.0);
    }
    for part in &mut model.blend.features {
        let place = MAX_LIST_SETS + part.feature as usize - 1;
        part.weight *= sane(factors.get(place)).unwrap_or(1.0);
    }
}

/// Takes in items that came after the history.
fn extend(model: &mut Model, catalogue: &[String]) {
    let known: HashSet<&str> = model.ids.iter().map(String::as_str).collect();
    let new: Vec<String> = catalogue.iter().filter(|id| !known.contains(id.as_str())).cloned().collect();
    model.ids.extend(new);
    let items = model.ids.len();
    model.popularity.resize(items, 0.0);
    model.trend.resize(items, 0.0);
    model.list_sets.iter_mut().for_each(|set| set.lists.resize(items, Vec::new()));
    if !model.learned.arms.is_empty() {
        model.learned.arms.resize(items, model.learned.usual_arm);
    }
}

/// Contributed wants are as good as imported ones: they add up, under the logarithm that tables carry.
fn add_counts(model: &mut Model, evidence: &Evidence) -> bool {
    let mut seeds: Vec<u32> = evidence.counts.keys().map(|(seed, _)| *seed).collect();
    seeds.dedup();
    let mut is_changed = false;
    for seed in seeds {
        for (id, popularity) in model.ids.iter().zip(&mut model.popularity) {
            let count = evidence.counts.get(&(seed, derive_key(seed, id))).copied().unwrap_or(0.0);
            if count > 0.0 {
                *popularity = (f64::from(*popularity).exp_m1() + count).ln_1p() as f32;
                is_changed = true;
            }
        }
    }
    is_changed
}

/// Popularity counts from now on, where it did not before.
fn weigh_popularity(model: &mut Model) {
    if model.blend.features.iter().any(|part| part.feature == Feature::Popularity) {
        return;
    }
    let (mean, sd) = spread(&model.popularity);
    model.blend.features.push(FeatureWeight { feature: Feature::Popularity, weight: POPULARITY, mean, sd });
}

fn add_lists(model: &mut Model, pairs: &Pairs) -> bool {
    let columns = &pairs.matrix.columns;
    let trace: f32 = columns.iter().zip(0..).map(|(column, slot): (&Vec<f32>, usize)| column[slot]).sum();
    let lambda = LAMBDA * f64::from(trace) / columns.len().max(1) as f64;
    // Noise that has drowned the pairs is no failure of the round: there is nothing to learn from them yet.
    let lambda = lambda.max(f64::MIN_POSITIVE);
    let solved = match &pairs.directed {
        Some(directed) => pairs.matrix.directed_lists(directed, lambda, LENGTH),
        None => pairs.matrix.lists(lambda, LENGTH),
    };
    let Ok(lists) = solved else { return false };
    let places: HashMap<u32, usize> =
        model.ids.iter().map(|id| derive_key(pairs.head.id_seed, id)).zip(0..).collect();
    let place = |slot: usize| pairs.head.keys.get(slot).and_then(|key| places.get(key).copied());
    let mut named = vec![Vec::new(); model.ids.len()];
    for (slot, list) in lists.iter().enumerate() {
        let Some(row) = place(slot) else { continue };
        named[row] = list
            .iter()
            .filter_map(|&(other, weight)| Some((ItemKey(u32::try_from(place(other)?).ok()? + 1), weight)))
            .collect();
    }
    if named.iter().all(Vec::is_empty) {
        return false;
    }
    let has_lists = model.list_sets.iter().any(|set| set.source == ListSource::Collaborative);
    let (mean, sd) = scores(&lists, model.ids.len());
    // As far as the sums are more than noise: lists of noise alone are worse than none.
    let signal = pairs.matrix.signal() as f32;
    model.list_sets.push(ListSetDraft {
        source: ListSource::Collaborative,
        decay: DECAY,
        weight: signal * if has_lists { BESIDE } else { ALONE },
        mean,
        sd,
        lists: named,
    });
    true
}

/// Mean and deviation of a candidate's score against one item of the head, over the whole catalogue: what scores are
/// standardised by.
fn scores(lists: &[Vec<(usize, f32)>], items: usize) -> (f32, f32) {
    let count = (lists.len().max(1) * items.max(1)) as f32;
    let entries = || lists.iter().flatten().map(|(_, weight)| *weight);
    let mean = entries().sum::<f32>() / count;
    let square = entries().map(|weight| weight * weight).sum::<f32>() / count;
    (mean, (square - mean * mean).max(f32::MIN_POSITIVE).sqrt())
}

fn spread(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count;
    (mean, if variance > 0.0 { variance.sqrt() } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use homebody_learn::from_sums::pairs::HeadMatrix;
    use homebody_protocol::task::{Head, HeadKind};

    use super::*;
    use crate::catalog::Item;
    use crate::history::Learned;
    use homebody_protocol::table::Blend;

    fn empty() -> Model {
        Model {
            ids: Vec::new(),
            popularity: Vec::new(),
            trend: Vec::new(),
            blend: Blend { evidence_k: 1.0, features: Vec::new() },
            list_sets: Vec::new(),
            learned: Learned::default(),
        }
    }

    fn catalogue(items: usize) -> Snapshot {
        let item = |item| Item { id: format!("item-{item}"), ..Item::default() };
        let items = (0..items).map(item).collect::<Vec<Item>>();
        Snapshot { item_facets: vec![Vec::new(); items.len()], items, facets: Vec::new() }
    }

    fn head() -> Head {
        let keys = (0..4).map(|item| derive_key(7, &format!("item-{item}"))).collect();
        Head { of: HeadKind::Items, id_seed: 7, keys }
    }

    /// Items 0 and 1 are wanted together.
    fn pairs() -> Pairs {
        let mut columns = vec![vec![0.0; 4]; 4];
        (columns[0][1], columns[1][0]) = (30.0, 30.0);
        let matrix = HeadMatrix { columns, reports: 500.0, sigma: 0.0 };
        Pairs { head: head(), matrix: matrix.with_diagonal(None), directed: None }
    }

    #[test]
    fn counts_and_pairs_find_their_items_by_key() {
        let counts = BTreeMap::from([((7, head().keys[2]), 12.0), ((7, 99), 50.0)]);
        let evidence = Evidence { last: 3, counts, pairs: Some(pairs()), ..Evidence::default() };
        let model = learn(empty(), &catalogue(8), &evidence).unwrap();
        assert!((model.popularity[2] - 13f32.ln()).abs() < 1e-6);
        assert!(model.popularity.iter().enumerate().all(|(item, value)| item == 2 || *value == 0.0));
        let set = &model.list_sets[0];
        assert_eq!((model.list_sets.len(), set.lists[0][0].0), (1, ItemKey(2)), "place + 1");
        assert_eq!(set.lists[1][0].0, ItemKey(1));
        assert!(set.weight == ALONE && set.sd > 0.0);
        assert!(Model::decode(&model.encode()).is_ok());
    }

    #[test]
    fn a_history_is_kept_and_items_that_came_later_are_taken_in() {
        let counts = BTreeMap::from([((7, head().keys[2]), 12.0)]);
        let evidence = Evidence { last: 3, counts, pairs: Some(pairs()), ..Evidence::default() };
        let history = learn(empty(), &catalogue(3), &evidence).unwrap();
        let beside = learn(history, &catalogue(8), &evidence).unwrap();
        assert!((beside.popularity[2] - 25f32.ln()).abs() < 1e-5);
        assert_eq!((beside.ids.len(), beside.list_sets.len(), beside.list_sets[1].weight), (8, 2, BESIDE));
        assert!(Model::decode(&beside.encode()).is_ok());
    }

    #[test]
    fn what_comes_after_speaks_where_it_was_asked_for() {
        let mut columns = vec![vec![0.0; 4]; 4];
        // Item 0 before item 1, seldom the other way round.
        (columns[1][0], columns[0][1]) = (30.0, 3.0);
        let directed = Some(HeadMatrix { columns, reports: 500.0, sigma: 0.0 });
        let evidence = Evidence { pairs: Some(Pairs { directed, ..pairs() }), ..Evidence::default() };
        let model = learn(empty(), &catalogue(4), &evidence).unwrap();
        let strength = |item: usize| model.list_sets[0].lists[item][0].1;
        assert!(strength(1) > 1.3 * strength(0), "{} {}", strength(1), strength(0));
    }

    #[test]
    fn factors_of_the_blend_reach_their_parts() {
        let evidence = Evidence {
            counts: BTreeMap::from([((7, head().keys[2]), 12.0)]),
            pairs: Some(pairs()),
            ..Evidence::default()
        };
        let mut model = learn(empty(), &catalogue(8), &evidence).unwrap();
        let mut factors = vec![1.0; MAX_LIST_SETS + 6];
        (factors[0], factors[MAX_LIST_SETS], factors[MAX_LIST_SETS + 1]) = (0.5, 3.0, 9.0);
        blend(&mut model, &factors);
        assert_eq!(
            (model.list_sets[0].weight, model.blend.features[0].weight),
            (0.5 * ALONE, 3.0 * POPULARITY)
        );
        blend(&mut model, &[f64::NAN, -1.0]);
        assert_eq!(model.list_sets[0].weight, 0.5 * ALONE, "what is no number changes nothing");
        blend(&mut model, &[-1.0]);
        assert_eq!(model.list_sets[0].weight, 0.0);
    }

    #[test]
    fn nothing_makes_no_model() {
        assert!(learn(empty(), &catalogue(8), &Evidence::default()).is_none());
    }
}

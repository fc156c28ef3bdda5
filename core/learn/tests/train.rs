//! Training from end to end on small, made-up histories.

use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::split::Protocol;
use homebody_learn::sums::Sums;
use homebody_learn::{
    Catalogue, CatalogueItem, History, HistoryBuilder, HistoryRow, TrainConfig, TrainError, train,
};
use homebody_protocol::table::{Feature, ListSource};
use homebody_protocol::{ItemKey, Kind};

const ITEMS: u32 = 60;

fn catalogue(items: u32) -> Catalogue {
    let item = |index: u32| CatalogueItem {
        key: ItemKey(index + 1),
        text: format!("thing of family{}", index / 6),
        facets: Vec::new(),
    };
    Catalogue { items: (0..items).map(item).collect(), facet_kinds: Vec::new() }
}

/// Visitors walk through one of ten families in its order; some rows are of items nobody knows.
fn walks(visitors: u64) -> History {
    let mut builder = HistoryBuilder::new(100);
    let mut rng = SplitMix64(5);
    for visitor in 0..visitors {
        let family = rng.below(10) as u32;
        let start = 1_600_000_000 + rng.below(86_400) as i64;
        for step in 0..6u32 {
            let item = if rng.below(20) == 0 { ITEMS + 7 } else { family * 6 + step };
            let at = start + i64::from(step) * 60;
            builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None });
        }
    }
    builder.finish()
}

#[test]
fn walks_are_learned_judged_and_summed() {
    let mut stages = Vec::new();
    let history = walks(300);
    let model = train(&history, &catalogue(ITEMS), &TrainConfig::default(), &mut |progress| {
        assert!(progress.done <= progress.total);
        stages.push(progress.stage);
    })
    .unwrap();
    let metrics = model.metrics.unwrap();
    assert!(metrics.chosen.ndcg > 0.6 && metrics.chosen.ndcg > 2.0 * metrics.popularity.ndcg, "{metrics:?}");
    assert!(model.unknown_item_rows > 0);
    assert!(stages.contains(&"comparing models") && stages.contains(&"fitting on everything"));
    for set in &model.list_sets {
        assert_eq!(set.lists.len(), ITEMS as usize);
        assert!(set.sd > 0.0 && set.mean.is_finite() && set.weight > 0.0);
        assert!(
            set.lists
                .iter()
                .enumerate()
                .all(|(row, list)| list.iter().all(|(key, _)| key.0 != row as u32 + 1))
        );
    }
    let collaborative = model.list_sets.iter().find(|set| set.source == ListSource::Collaborative).unwrap();
    assert_eq!(collaborative.lists[4][0].0.0.div_ceil(6), 1, "a family speaks for its own");
    let sums = model.sums.unwrap();
    assert_eq!(Sums::decode(&sums.encode()), Ok(sums));
}

/// Sessions that stay on an item every other time before they walk on.
fn sessions(visitors: u64) -> History {
    let mut builder = HistoryBuilder::new(100);
    let mut rng = SplitMix64(9);
    for visitor in 0..visitors {
        let mut item = rng.below(ITEMS as usize) as u32;
        let start = 1_600_000_000 + visitor as i64 * 600;
        for step in 0..6 {
            builder.push(HistoryRow {
                visitor,
                item,
                kind: Kind::Click,
                value: 1.0,
                at: start + step * 20,
                basket: None,
            });
            item = if rng.below(2) == 0 { item } else { (item + 1) % ITEMS };
        }
    }
    builder.finish()
}

#[test]
fn in_sessions_an_item_may_follow_itself() {
    let config = TrainConfig { protocol: Some(Protocol::Session), ..TrainConfig::default() };
    let model = train(&sessions(800), &catalogue(ITEMS), &config, &mut |_| {}).unwrap();
    let metrics = model.metrics.unwrap();
    assert_eq!(metrics.protocol, Protocol::Session);
    assert!(metrics.chosen.ndcg > 0.7, "this item or the next: {metrics:?}");
    let speaks_for_itself = |(row, list): (usize, &Vec<(ItemKey, f32)>)| {
        list.iter().any(|(key, weight)| key.0 == row as u32 + 1 && *weight > 0.0)
    };
    let own = model.list_sets.iter().any(|set| set.lists.iter().enumerate().all(speaks_for_itself));
    assert!(own, "every item pulls");
    let config = TrainConfig { protocol: Some(Protocol::LeaveLastOut), ..TrainConfig::default() };
    let model = train(&sessions(800), &catalogue(ITEMS), &config, &mut |_| {}).unwrap();
    let sets = model.list_sets.iter();
    assert!(sets.flat_map(|set| set.lists.iter().enumerate()).all(|list| !speaks_for_itself(list)));
}

#[test]
fn items_outside_the_head_have_lists_of_it() {
    let config = TrainConfig { head_items: 20, ..TrainConfig::default() };
    // Two in three stop after two steps, so that these are the head.
    let mut builder = HistoryBuilder::new(100);
    for (visitor, step) in (0..400u64).flat_map(|visitor| (0..6u32).map(move |step| (visitor, step))) {
        if step < 2 || visitor % 3 == 0 {
            let (item, at) = ((visitor % 10) as u32 * 6 + step, 1_600_000_000 + i64::from(step) * 60);
            builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: 1.0, at, basket: None });
        }
    }
    let model = train(&builder.finish(), &catalogue(ITEMS), &config, &mut |_| {}).unwrap();
    let sets = || model.list_sets.iter().filter(|set| set.source == ListSource::Collaborative);
    let sums = model.sums.as_ref().unwrap();
    assert_eq!(sums.keys.len(), 20);
    for set in sets() {
        assert!(set.lists.iter().filter(|list| !list.is_empty()).count() >= 50, "not the head alone");
        assert!(set.lists.iter().flatten().all(|(key, _)| sums.keys.contains(key)), "only the head speaks");
    }
    assert!(sets().count() > 0);
}

#[test]
fn the_same_history_gives_the_same_model() {
    let trained = || {
        let model = train(&walks(80), &catalogue(ITEMS), &TrainConfig::default(), &mut |_| {}).unwrap();
        format!("{:?} {:?}", model.list_sets, model.blend)
    };
    assert_eq!(trained(), trained());
}

#[test]
fn without_a_history_content_and_popularity_carry_the_list() {
    let model = train(&History::default(), &catalogue(ITEMS), &TrainConfig::default(), &mut |_| {}).unwrap();
    assert!(model.metrics.is_none() && model.sums.is_none());
    assert_eq!(model.list_sets.len(), 1);
    assert_eq!(model.list_sets[0].source, ListSource::Content);
    assert!(model.blend.features.iter().any(|part| part.feature == Feature::Category && part.sd > 0.0));
    assert_eq!(model.popularity, vec![0.0; ITEMS as usize]);
}

#[test]
fn a_history_whose_clock_ran_wild_trains_to_finite_numbers() {
    let mut builder = HistoryBuilder::new(100);
    for visitor in 0..60u64 {
        for (turn, at) in [i64::MIN, -1, 0, 1_700_000_000, i64::MAX].into_iter().enumerate() {
            let item = ((visitor as usize + turn) % 20) as u32;
            builder.push(HistoryRow { visitor, item, kind: Kind::Click, value: f32::MAX, at, basket: None });
        }
    }
    let model = train(&builder.finish(), &catalogue(20), &TrainConfig::default(), &mut |_| ()).unwrap();
    assert!(model.popularity.iter().chain(&model.trend).all(|count| count.is_finite()));
    let entries = model.list_sets.iter().flat_map(|set| &set.lists).flatten();
    assert!(entries.map(|(_, weight)| weight).all(|weight| weight.is_finite()));
}

#[test]
fn an_empty_catalogue_is_an_error_and_strangers_alone_are_not() {
    let error = train(&walks(30), &catalogue(0), &TrainConfig::default(), &mut |_| {}).unwrap_err();
    assert_eq!((error.code(), error), ("empty_catalogue", TrainError::EmptyCatalogue));
    let mut builder = HistoryBuilder::new(10);
    for visitor in 0..50 {
        builder.push(HistoryRow {
            visitor,
            item: u32::MAX,
            kind: Kind::Click,
            value: 1.0,
            at: 5,
            basket: None,
        });
    }
    let model = train(&builder.finish(), &catalogue(3), &TrainConfig::default(), &mut |_| {}).unwrap();
    assert_eq!(model.unknown_item_rows, 50);
    assert!(model.metrics.is_none());
}

//! Segments, intent, priors and questions from a log of simulated visitors whose ways are known.

use homebody_learn::bootstrap::SplitMix64;
use homebody_learn::extras::{Columns, Learned, learn, linear};
use homebody_learn::journeys::{JourneyBuilder, Journeys, Step};
use homebody_learn::moment::{Shelf, sessions, summary};
use homebody_learn::questions::{TasteSums, information_gain};
use homebody_learn::{Catalogue, CatalogueItem, HistoryRow};
use homebody_protocol::features::LONG_AGO_DAYS;
use homebody_protocol::models::prior::LINEAR_FEATURE_NAMES as FEATURE_NAMES;
use homebody_protocol::table::FacetKind;
use homebody_protocol::{ItemKey, Kind};
use proptest::prelude::*;

const ITEMS: u32 = 60;
const CATEGORIES: u32 = 6;
const START: i64 = 1_700_000_000;

/// Item i is of category i mod 6 and costs i + 1.
#[cfg(test)]
fn shop() -> (Catalogue, Shelf) {
    let category = |item: u32| (item % CATEGORIES) as u16;
    let item = |item: u32| CatalogueItem {
        key: ItemKey(item + 1),
        text: format!("thing {item}"),
        facets: vec![category(item)],
    };
    let catalogue = Catalogue {
        items: (0..ITEMS).map(item).collect(),
        facet_kinds: vec![FacetKind::Category; CATEGORIES as usize],
    };
    let prices = (0..ITEMS).map(|item| Some(item as f32 + 1.0)).collect();
    (catalogue, Shelf::new(prices, (0..ITEMS).map(|item| Some(category(item))).collect()))
}

/// Three visits of a visitor: buyers fill the cart and buy, browsers open a lot. Even visitors want categories 0–2, odd
/// ones 3–5. Items whose number ends in 0 are clicked in lists half of the time, others hardly ever.
#[cfg(test)]
fn visit_shop(builder: &mut JourneyBuilder, visitor: u64, rng: &mut SplitMix64) {
    let buyer = visitor % 4 < 2;
    let mut push = |item: u32, kind: Kind, at: i64| {
        builder.push(HistoryRow { visitor, item, kind, value: 1.0, at, basket: None });
    };
    for visit in 0..3 {
        let mut at = START + 86_400 * (4 * visit + rng.below(3) as i64) + rng.below(40_000) as i64;
        let opened = if buyer { 3 } else { 10 };
        for step in 0..opened {
            at += 60;
            let item = CATEGORIES * rng.below(10) as u32 + 3 * (visitor % 2) as u32 + rng.below(3) as u32;
            let shown = rng.below(ITEMS as usize) as u32;
            push(shown, Kind::Impression, at);
            if rng.unit() < if shown.is_multiple_of(10) { 0.5 } else { 0.02 } {
                push(shown, Kind::Click, at + 1);
            }
            push(item, Kind::View, at + 2);
            if buyer && step == 1 {
                push(item, Kind::CartAdd, at + 3);
            }
            if buyer && step == 2 && rng.unit() < 0.8 {
                push(item, Kind::Purchase, at + 4);
            }
        }
    }
}

#[cfg(test)]
fn log(visitors: u64) -> Journeys {
    let (mut builder, mut rng) = (JourneyBuilder::default(), SplitMix64(12));
    (0..visitors).for_each(|visitor| visit_shop(&mut builder, visitor, &mut rng));
    builder.finish()
}

#[test]
fn a_log_teaches_segments_intent_priors_and_questions() {
    let (catalogue, shelf) = shop();
    let learned = learn(&log(600), &catalogue, &shelf);
    println!("{:?}", learned.metrics);
    let names: Vec<&str> = learned.segments.all.iter().map(|segment| segment.name.as_str()).collect();
    assert!(names.contains(&"buyer") && names.len() >= 2, "{names:?}");
    let plane = learned.metrics["segments_plane"];
    assert!((0.3..1.0).contains(&plane), "two kinds of visitors lie nearly along one line: {plane}");
    assert!(learned.metrics["intent_auc"] > 0.75, "{:?}", learned.metrics);
    let rate = learned.metrics["intent_base_rate"];
    assert!(
        learned.metrics["intent_brier"] < rate * (1.0 - rate)
            && learned.metrics["intent_calibration_error"] < 0.1
    );
    let rate =
        |item: usize| learned.arms.items[item].0 / (learned.arms.items[item].0 + learned.arms.items[item].1);
    assert!(rate(10) > 0.25 && rate(11) < 0.1, "{} {}", rate(10), rate(11));
    assert!(learned.arms.items.iter().all(|arm| arm.0 > 0.0 && arm.1 > 0.0) && learned.arms.usual.0 > 0.0);
    let questions = &learned.questions;
    let sum: f64 = questions.shares.iter().sum();
    assert!((sum - 1.0).abs() < 1e-9 && questions.shares.len() == questions.tastes.len());
    let (facet, yes) = &questions.questions[0];
    let told = information_gain(&questions.shares, yes);
    assert!(told > 0.3, "one question nearly tells the two kinds apart: {facet} {told}");
    assert_eq!(learn(&log(600), &catalogue, &shelf), learned, "twice the same");
}

/// Visitors who are shown one thing after another and click what is cheap, and what is new a little.
#[cfg(test)]
fn clicking_the_cheap(visitors: u64) -> (Journeys, Shelf, Vec<Option<i64>>) {
    let prices: Vec<Option<f32>> = (0..ITEMS).map(|item| Some(f32::from(item as u8 % 20) * 50.0)).collect();
    let added_at: Vec<Option<i64>> = (0..ITEMS).map(|item| Some(START - 86_400 * i64::from(item))).collect();
    let (mut builder, mut rng) = (JourneyBuilder::default(), SplitMix64(4));
    for visitor in 0..visitors {
        for turn in 0..20 {
            let item = rng.below(ITEMS as usize) as u32;
            let (at, value) = (START + turn, 1.0);
            let mut push = |kind| builder.push(HistoryRow { visitor, item, kind, value, at, basket: None });
            push(Kind::Impression);
            let cheap = 1.0 - f64::from(item % 20) / 20.0;
            if rng.unit() < 0.3 * cheap + if item < 20 { 0.1 } else { 0.0 } {
                push(Kind::Click);
            }
        }
    }
    (builder.finish(), Shelf::new(prices, vec![None; ITEMS as usize]), added_at)
}

#[test]
fn what_clicked_things_have_in_common_becomes_the_prior_of_the_linear_bandit() {
    let (log, shelf, added_at) = clicking_the_cheap(500);
    let columns = Columns { added_at: &added_at, ..Columns::default() };
    let prior = linear(&log, &shelf, columns);
    let place = |name: &str| FEATURE_NAMES.iter().position(|known| *known == name).unwrap();
    let weight = |name: &str| prior.mean[place(name)];
    assert!(weight("price") < -0.2 && weight("freshness") > 0.05, "{:?}", prior.mean);
    let untold =
        ["collaborative", "content", "taste", "popularity", "trend", "hour_sin", "phone", "phone_price"];
    for name in untold {
        let at = place(name);
        assert_eq!((prior.mean[at], prior.precision[at * (FEATURE_NAMES.len() + 1)]), (0.0, 1.0), "{name}");
    }
    assert!((0.05..0.25).contains(&prior.noise), "{}", prior.noise);
    let impressions = prior.precision[0] - 1.0;
    assert!((impressions - 200.0).abs() < 1.0, "a visitor's own clicks are soon heard: {impressions}");
    let (few, ..) = clicking_the_cheap(5);
    assert_eq!(linear(&few, &shelf, columns), Default::default(), "a hundred impressions show nothing");
}

#[test]
fn what_a_log_cannot_tell_is_left_out() {
    let (catalogue, shelf) = shop();
    assert_eq!(learn(&Journeys::default(), &catalogue, &shelf), Learned::default());
    let mut builder = JourneyBuilder::default();
    for visitor in 0..300 {
        for at in 0..5 {
            let item = ((visitor + at) % 400) as u32;
            builder.push(HistoryRow {
                visitor: visitor as u64,
                item,
                kind: Kind::Purchase,
                value: f32::NAN,
                at,
                basket: None,
            });
        }
    }
    let learned = learn(&builder.finish(), &Catalogue::default(), &Shelf::default());
    assert_eq!(learned, Learned::default(), "purchases alone, without times, of unknown items");
    let few = learn(&log(20), &catalogue, &shelf);
    assert_eq!((few.segments, few.intent, few.questions), Default::default(), "twenty visitors show nothing");
}

#[cfg(test)]
fn step(at: i64, item: u32, kind: Kind) -> Step {
    Step { at: START + at, item, kind, value: 1.0 }
}

#[test]
fn a_moment_is_what_the_device_would_say() {
    let (_, shelf) = shop();
    let steps = [
        step(0, 0, Kind::View),
        step(60, 0, Kind::CartAdd),
        step(120, 0, Kind::Purchase),
        step(3 * 86_400, 1, Kind::Click),
        step(3 * 86_400 + 1799, 59, Kind::CartAdd),
        step(3 * 86_400 + 1799 + 1800, 59, Kind::Dwell),
    ];
    let starts = sessions(&steps);
    assert_eq!(starts, [0, 3, 5], "half an hour of nothing ends a session");
    let now = summary(&steps[..5], &starts[..2], &shelf);
    assert_eq!((now.opens_1d, now.opens_7d, now.opens_30d), (1.0, 2.0, 2.0));
    assert_eq!((now.cart_adds_7d, now.purchases_30d, now.items_in_cart), (2.0, 1.0, 1.0));
    assert_eq!((now.sessions_30d, now.session_interactions), (2.0, 2.0));
    assert!((now.session_minutes - 1799.0 / 60.0).abs() < 1e-4);
    assert!((now.days_since_last_session - (3.0 - 120.0 / 86_400.0)).abs() < 1e-4);
    assert_eq!((now.mean_order_value, now.days_since_purchase > 3.0), (1.0, true));
    assert!(now.price_level < 0.05 && now.category_variety > 0.99, "{now:?}");
    let first = summary(&steps[..1], &starts[..1], &shelf);
    assert_eq!((first.days_since_last_session, first.days_since_purchase), (LONG_AGO_DAYS, LONG_AGO_DAYS));
    assert_eq!(first.session_interactions, 1.0);
    assert_eq!(summary(&[], &[], &shelf), Default::default());
}

#[test]
fn windows_are_of_whole_hours() {
    let hour = START - START % 3_600;
    let at = |at: i64| Step { at, item: 0, kind: Kind::View, value: 1.0 };
    let steps = [at(hour - 86_400 + 3_599), at(hour - 86_400 + 3_600), at(hour + 3_599)];
    assert_eq!(summary(&steps, &sessions(&steps), &Shelf::default()).opens_1d, 2.0);
}

proptest! {
    #[test]
    fn taste_sums_of_halves_are_the_sums_of_all(
        votes in prop::collection::vec((0usize..3, prop::collection::vec(any::<bool>(), 4)), 1..50), cut in 0usize..50,
    ) {
        let of = |votes: &[(usize, Vec<bool>)]| {
            let mut sums = TasteSums::new(3, 4);
            votes.iter().for_each(|(cluster, likes)| assert!(sums.add(*cluster, likes)));
            sums
        };
        let (left, right) = votes.split_at(cut.min(votes.len()));
        let mut merged = of(left);
        prop_assert!(merged.merge(&of(right)));
        prop_assert_eq!(&merged, &of(&votes));
        let found = merged.questionnaire(3);
        prop_assert!(found.questions.len() <= 3);
        prop_assert!(found.questions.iter().flat_map(|(_, yes)| yes).all(|&yes| yes > 0.0 && yes < 1.0));
        prop_assert!(found.tastes.iter().flatten().all(|(_, taste)| taste.abs() <= 1.0));
    }
}

#[test]
fn the_second_question_asks_for_something_new() {
    // Four clusters by two independent tastes; facets 0 and 1 ask the same, facet 2 the other, facet 3 nothing.
    let mut sums = TasteSums::new(4, 4);
    for cluster in 0..4usize {
        for visitor in 0..100 {
            let (first, second) = (cluster % 2 == 0, cluster / 2 == 0);
            let flip = visitor % 10 == 0;
            sums.add(cluster, &[first, first ^ (visitor % 20 == 0), second ^ flip, visitor % 2 == 0]);
        }
    }
    let found = sums.questionnaire(4);
    let order: Vec<usize> = found.questions.iter().map(|(facet, _)| *facet).collect();
    assert_eq!(order[..2], [0, 2], "the same again comes after something new");
    assert!(!order.contains(&3), "what tells nothing is not asked: {order:?}");
    assert!(found.tastes[0].iter().any(|&(facet, taste)| facet == 0 && taste > 0.2));
    assert!(found.tastes[1].iter().any(|&(facet, taste)| facet == 0 && taste < -0.5));
    assert!(!sums.add(9, &[true; 4]) && !sums.add(0, &[true]) && !sums.merge(&TasteSums::new(1, 4)));
    assert_eq!(TasteSums::new(1, 4).questionnaire(3), Default::default());
    assert_eq!(TasteSums::new(3, 0).questionnaire(3), Default::default());
}

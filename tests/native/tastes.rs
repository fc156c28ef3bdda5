//! The taste for an item's facets: what the learner judges blends by against what the device ranks by.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use homebody_device::{Consent, Device, Interaction, RankRequest};
use homebody_learn::judge::Judge;
use homebody_learn::split::{Split, sessions};
use homebody_learn::{Catalogue, CatalogueItem, HistoryBuilder, HistoryRow};
use homebody_protocol::table::{
    Blend, Facet, FacetKind, Feature, FeatureWeight, Row, RowFlags, TableDraft, TableKind,
};
use homebody_protocol::{Extras, ItemKey, Kind};
use proptest::prelude::*;

/// The first half may be touched, the second is what is ranked: what was bought or rated is not listed again.
const ITEMS: u32 = 24;
const START: i64 = 1_600_000_000;
/// Visitors before the one who is held back: the newest tenth is judged.
const OTHERS: u64 = 9;
/// Rows of one item that a history keeps.
const KEPT: usize = 4;
/// Tastes are multiplied up step by step on the device and worked out at once from a history.
const FADED: f32 = 1e-5;
const KINDS: [(Feature, FacetKind); 3] = [
    (Feature::Category, FacetKind::Category),
    (Feature::Brand, FacetKind::Brand),
    (Feature::Tag, FacetKind::Tag),
];

#[derive(Clone, Copy, Debug)]
struct Act {
    item: u32,
    kind: Kind,
    value: f32,
    at: i64,
}

/// Facets 0–3 are categories, 4–6 brands, 7–11 tags.
fn facet_kind(facet: u16) -> FacetKind {
    match facet {
        0..4 => FacetKind::Category,
        4..7 => FacetKind::Brand,
        _ => FacetKind::Tag,
    }
}

/// Facets of each item: a category, perhaps a brand, up to three tags.
fn facets() -> impl Strategy<Value = Vec<Vec<u16>>> {
    let one = (0u16..4, prop::option::of(4u16..7), prop::collection::btree_set(7u16..12, 0..4));
    let one =
        one.prop_map(|(category, brand, tags)| [category].into_iter().chain(brand).chain(tags).collect());
    prop::collection::vec(one, ITEMS as usize)
}

/// What a visitor did, of the kinds that a history keeps, over days or months.
fn acts() -> impl Strategy<Value = Vec<Act>> {
    let kind = prop_oneof![
        4 => prop::sample::select(vec![
            Kind::View, Kind::Click, Kind::CartAdd, Kind::Purchase, Kind::Wishlist, Kind::Share, Kind::ThumbsUp,
        ]).prop_map(|kind| (kind, 1.0)),
        3 => (0.0f32..7.0).prop_map(|stars| (Kind::Rating, stars)),
        1 => (100.0f32..40_000.0).prop_map(|dwell_ms| (Kind::Dwell, dwell_ms)),
    ];
    let pause = prop_oneof![3 => 0i64..3_600, 2 => 3_600i64..1_000_000];
    prop::collection::vec((pause, 0..ITEMS / 2, kind), 2..24).prop_map(|drawn| {
        let (mut at, mut times) = (START, [0usize; ITEMS as usize]);
        let act = |(pause, item, (kind, value)): (i64, u32, (Kind, f32))| {
            at += pause;
            times[item as usize] += 1;
            (times[item as usize] <= KEPT).then_some(Act { item, kind, value, at })
        };
        drawn.into_iter().filter_map(act).collect()
    })
}

fn id(item: u32) -> String {
    format!("item-{item}")
}

/// The visitor at every moment but the last, as the learner sees it.
fn judged(acts: &[Act]) -> Split {
    let mut builder = HistoryBuilder::new(1_000);
    for visitor in 0..OTHERS {
        let row = HistoryRow { visitor, item: 0, kind: Kind::Click, value: 1.0, at: START - 9, basket: None };
        builder.push(row);
    }
    for &Act { item, kind, value, at } in acts {
        builder.push(HistoryRow { visitor: OTHERS, item, kind, value, at, basket: None });
    }
    sessions(&builder.finish(), ITEMS as usize).unwrap()
}

fn catalogue(facets: &[Vec<u16>]) -> Catalogue {
    let item = |(key, facets): (u32, &Vec<u16>)| CatalogueItem {
        key: ItemKey(key),
        text: String::new(),
        facets: facets.clone(),
    };
    Catalogue { items: (0..).zip(facets).map(item).collect(), facet_kinds: (0..12).map(facet_kind).collect() }
}

/// A device whose pool ranks by one feature alone.
fn device(facets: &[Vec<u16>], feature: Feature, added_at: &[u32]) -> Device {
    let row = |(item, facets): (u32, &Vec<u16>)| Row {
        id: id(item),
        popularity: 0.0,
        trend: 0.0,
        added_at: added_at.get(item as usize).copied().unwrap_or(0),
        price: None,
        flags: RowFlags::default(),
        facets: facets.clone(),
        display: String::new(),
    };
    let facet = |facet| Facet { kind: facet_kind(facet), name: format!("facet {facet}") };
    let pool = TableDraft {
        kind: TableKind::Pool,
        id_seed: 0,
        created_at: 0,
        open: false,
        rows: (0..).zip(facets).map(row).collect(),
        facets: (0..12).map(facet).collect(),
        list_sets: Vec::new(),
        blend: Blend {
            evidence_k: 1.0,
            features: vec![FeatureWeight { feature, weight: 1.0, mean: 0.0, sd: 1.0 }],
        },
        extras: Extras::default(),
    };
    let mut device = Device::new();
    device.set_consent(Consent::from_bits(1, 1));
    device.load_pool(pool.encode().unwrap()).unwrap();
    device
}

/// Score of each untouched item by one feature.
fn scores(device: &Device, now: i64) -> Vec<(u32, f32)> {
    let request = RankRequest { limit: ITEMS as usize, now_ms: now as u64 * 1_000, ..RankRequest::default() };
    let ranked = device.rank(&request.by_score_alone());
    let scores: Vec<(u32, f32)> = ranked.iter().map(|item| (item.row as u32, item.score)).collect();
    scores.into_iter().filter(|(row, _)| *row >= ITEMS / 2).collect()
}

proptest! {
    #[test]
    fn blends_are_learned_from_the_tastes_that_devices_have(facets in facets(), acts in acts()) {
        prop_assume!(acts.len() > 1);
        let split = judged(&acts);
        prop_assert_eq!(split.judged.len(), acts.len() - 1);
        let keys: Vec<ItemKey> = (0..ITEMS).map(ItemKey).collect();
        let judge = Judge { visitors: &split.judged, keys: &keys, repeats: true };
        for (feature, kind) in KINDS {
            let learned = judge.affinity(&catalogue(&facets), kind);
            let mut device = device(&facets, feature, &[]);
            for (moment, pair) in acts.windows(2).enumerate() {
                let Act { item, kind, value, at } = pair[0];
                let id = id(item);
                assert!(device.record(&Interaction::new(kind, &id).with_value(value), at as u64 * 1_000));
                let ranked = scores(&device, pair[1].at);
                prop_assert_eq!(ranked.len(), ITEMS as usize / 2);
                for (row, score) in ranked {
                    let part = learned.score(moment, row);
                    prop_assert!((part - score).abs() < FADED, "{part} {score} of {row} at {moment} by {feature:?}");
                }
            }
        }
    }
}

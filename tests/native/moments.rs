//! What a visitor is like at a moment: the learner's summary of a log against the device's summary of its profile.
//!
//! Both are written down once each, on either side of the line that no profile crosses; models mean the same on both
//! only as long as the two agree.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use homebody_device::{Consent, Device, Interaction};
use homebody_learn::journeys::Step;
use homebody_learn::moment::{Shelf, sessions, summary};
use homebody_protocol::features::VisitorSummary;
use homebody_protocol::table::{Blend, Facet, FacetKind, Row, RowFlags, TableDraft, TableKind};
use homebody_protocol::{Extras, Kind};
use proptest::prelude::*;

const ITEMS: u32 = 24;
const CATEGORIES: u16 = 5;
const START: i64 = 1_700_000_000;
/// Numbers that fade are multiplied up step by step on the device and worked out at once from a log.
const FADED: f32 = 1e-4;

/// Price and category of each item; some have none.
type Goods = Vec<(Option<f32>, Option<u16>)>;

fn goods() -> impl Strategy<Value = Goods> {
    let price = prop_oneof![3 => (0.0f32..500.0).prop_map(Some), 1 => Just(Some(9.99)), 1 => Just(None)];
    let category = prop_oneof![4 => (0..CATEGORIES).prop_map(Some), 1 => Just(None)];
    prop::collection::vec((price, category), ITEMS as usize)
}

/// Interactions in time order: pauses of seconds, of hours and of weeks, items that no table has, values out of range.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pause =
        prop_oneof![4 => 0i64..600, 2 => 600i64..7_200, 2 => 7_200i64..172_800, 1 => 172_800i64..4_000_000];
    let kind = prop_oneof![
        3 => (1u8..=20).prop_filter_map("done by the visitor", |code| Kind::from_code(code).filter(|kind| *kind != Kind::Hint)),
        4 => prop::sample::select(vec![Kind::View, Kind::Click, Kind::CartAdd, Kind::CartRemove, Kind::Purchase]),
    ];
    let value = prop_oneof![4 => Just(1.0f32), 2 => 0.0f32..20_000.0, 1 => -5.0f32..2e8];
    let step = (pause, kind, 0..ITEMS + 2, value);
    prop::collection::vec(step, 1..60).prop_map(|drawn| {
        let mut at = START;
        let step = |(pause, kind, item, value)| {
            at += pause;
            Step { at, item, kind, value }
        };
        drawn.into_iter().map(step).collect()
    })
}

fn id(item: u32) -> String {
    format!("item-{item}")
}

/// A device whose pool holds the goods.
fn device(goods: &Goods) -> Device {
    let row = |(item, &(price, category)): (u32, &(Option<f32>, Option<u16>))| Row {
        id: id(item),
        popularity: 0.0,
        trend: 0.0,
        added_at: 0,
        price,
        flags: RowFlags::default(),
        facets: category.into_iter().collect(),
        display: String::new(),
    };
    let facet = |category| Facet { kind: FacetKind::Category, name: format!("category {category}") };
    let pool = TableDraft {
        kind: TableKind::Pool,
        id_seed: 0,
        created_at: 0,
        open: false,
        rows: (0u32..).zip(goods).map(row).collect(),
        facets: (0..CATEGORIES).map(facet).collect(),
        list_sets: Vec::new(),
        blend: Blend::default(),
        extras: Extras::default(),
    };
    let mut device = Device::new();
    device.set_consent(Consent::from_bits(1, 1));
    device.load_pool(pool.encode().unwrap()).unwrap();
    device
}

proptest! {
    #[test]
    fn a_log_and_a_profile_tell_the_same_summary(goods in goods(), steps in steps()) {
        let (prices, categories) = goods.iter().copied().unzip();
        let shelf = Shelf::new(prices, categories);
        let mut device = device(&goods);
        for (index, step) in steps.iter().enumerate() {
            let now_ms = step.at as u64 * 1_000;
            let id = id(step.item);
            assert!(device.record(&Interaction::new(step.kind, &id).with_value(step.value), now_ms));
            let seen = &steps[..=index];
            let learned = summary(seen, &sessions(seen), &shelf);
            let known = device.profile().summary(now_ms);
            prop_assert!((learned.price_level - known.price_level).abs() < FADED, "{learned:?}\n{known:?}");
            prop_assert!((learned.category_variety - known.category_variety).abs() < FADED, "{learned:?}\n{known:?}");
            let steady = |summary| VisitorSummary { price_level: 0.0, category_variety: 0.0, ..summary };
            prop_assert_eq!(steady(learned), steady(known), "all else is equal to the bit");
        }
    }
}

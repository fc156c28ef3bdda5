//! A market of random items for property tests, drawn from a seed.

use homebody_device::{Consent, Device, Interaction, Purpose, RankRequest, Ranked};
use homebody_protocol::history::Decay;
use homebody_protocol::table::{
    Blend, Facet, FacetKind, Feature, FeatureWeight, ListSetDraft, ListSource, Row, RowFlags, TableDraft,
    TableKind,
};
use homebody_protocol::{Extras, ItemKey, Kind, Policy};

pub(crate) const NOW_MS: u64 = 1_763_900_000_000;
pub(crate) const CATEGORIES: usize = 8;
const BRANDS: usize = 5;
const TAGS: usize = 10;

/// xorshift32 (Marsaglia 2003): small, and the same everywhere.
pub(crate) struct Draws(u32);

impl Draws {
    pub(crate) fn new(seed: u32) -> Self {
        let mut draws = Self(seed.wrapping_mul(0x9e37_79b9) | 1);
        (0..8).for_each(|_| _ = draws.below(2));
        draws
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % bound
    }

    /// 0–1.
    pub(crate) fn unit(&mut self) -> f32 {
        self.below(1 << 20) as f32 / (1 << 20) as f32
    }
}

pub(crate) fn id(item: usize) -> String {
    format!("item-{item}")
}

pub(crate) fn key(item: usize) -> ItemKey {
    ItemKey::derive(0, &id(item))
}

/// `items` items, each of one category, one brand and two tags, scored by random popularity, tastes, and two sets of
/// random lists, one of either source.
pub(crate) fn draft(kind: TableKind, items: usize, seed: u32) -> TableDraft {
    let mut draws = Draws::new(seed);
    let facet = |kind: FacetKind, index| Facet { kind, name: format!("{}-{index}", kind.name()) };
    let facets = (0..CATEGORIES).map(|index| facet(FacetKind::Category, index));
    let facets = facets.chain((0..BRANDS).map(|index| facet(FacetKind::Brand, index)));
    let facets = facets.chain((0..TAGS).map(|index| facet(FacetKind::Tag, index)));
    let rows = (0..items).map(|item| random_row(item, &mut draws)).collect();
    let feature = |feature, weight| FeatureWeight { feature, weight, mean: 0.1, sd: 0.5 };
    TableDraft {
        kind,
        id_seed: 0,
        created_at: 1_763_900_000,
        open: true,
        rows,
        facets: facets.collect(),
        list_sets: vec![
            random_lists(ListSource::Collaborative, items, &mut draws),
            random_lists(ListSource::Content, items, &mut draws),
        ],
        blend: Blend {
            evidence_k: 2.0,
            features: vec![
                feature(Feature::Popularity, 0.5),
                feature(Feature::Trend, 0.2),
                feature(Feature::Category, 0.4),
                feature(Feature::Brand, 0.3),
                feature(Feature::Tag, 0.2),
            ],
        },
        extras: Extras::default(),
    }
}

fn random_row(item: usize, draws: &mut Draws) -> Row {
    let tags = CATEGORIES + BRANDS;
    let first_tag = draws.below(TAGS);
    let second_tag = (first_tag + 1 + draws.below(TAGS - 1)) % TAGS;
    let facets =
        [draws.below(CATEGORIES), CATEGORIES + draws.below(BRANDS), tags + first_tag, tags + second_tag];
    Row {
        id: id(item),
        popularity: draws.unit(),
        trend: draws.unit(),
        added_at: 0,
        price: None,
        flags: RowFlags::default(),
        facets: facets.map(|facet| facet as u16).to_vec(),
        display: String::new(),
    }
}

fn random_lists(source: ListSource, items: usize, draws: &mut Draws) -> ListSetDraft {
    let mut list = |item: usize| {
        let mut list: Vec<(ItemKey, f32)> = Vec::new();
        for _ in 0..6 {
            let other = draws.below(items);
            if other != item && list.iter().all(|(known, _)| *known != key(other)) {
                list.push((key(other), 0.05 + draws.unit()));
            }
        }
        list
    };
    let lists = (0..items).map(&mut list).collect();
    ListSetDraft { source, decay: Decay::Positions { rate: 0.9 }, weight: 1.0, mean: 0.1, sd: 0.4, lists }
}

/// A consenting device with a pool, who clicked some items.
pub(crate) fn visitor(pool: &TableDraft, clicked: &[usize]) -> Device {
    let mut device = Device::new();
    device.set_consent(Consent::none().granted(Purpose::Personalize));
    device.load_pool(pool.encode().unwrap()).unwrap();
    for &item in clicked {
        assert!(device.record(&Interaction::new(Kind::Click, &id(item)), NOW_MS));
    }
    device
}

/// The best by score alone but for what `policy` says.
pub(crate) fn plain() -> Policy {
    Policy { diversity: 1.0, ..Policy::default() }
}

pub(crate) fn list(device: &Device, policy: Policy, limit: usize) -> Vec<Ranked> {
    device.rank(&RankRequest { limit, policy: Some(policy), now_ms: NOW_MS, ..RankRequest::default() })
}

pub(crate) fn keys(list: &[Ranked]) -> Vec<ItemKey> {
    list.iter().map(|ranked| ranked.key).collect()
}

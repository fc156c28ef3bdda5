//! A made-up shop.

use anyhow::Result;
use homebody_device::{Consent, Device, Interaction, Purpose};
use homebody_learn::bootstrap::SplitMix64;
use homebody_protocol::history::Decay;
use homebody_protocol::table::{
    Blend, Facet, FacetKind, Feature, FeatureWeight, ListSetDraft, ListSource, Row, RowFlags, TableDraft,
    TableKind,
};
use homebody_protocol::{ItemKey, Kind};

/// Items that speak for an item: so many of its category.
const NEIGHBOURS: usize = 12;

/// Items in categories. What is popular has nothing to do with any one visitor's taste.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The pool; change it before devices are made.
    pub pool: TableDraft,
    /// Number of categories; item `i` is of category `i % categories`.
    pub categories: usize,
}

impl Shop {
    /// A shop of `items` in `categories`, the most popular first.
    pub fn new(items: usize, categories: usize, seed: u64) -> Self {
        let mut rng = SplitMix64(seed);
        let facet = |index| Facet { kind: FacetKind::Category, name: format!("category {index}") };
        let row = |index: usize| Row {
            id: Self::id(index),
            popularity: 5.0 * (items - index) as f32 / items as f32,
            trend: 0.0,
            added_at: 0,
            price: Some(2.0 + (10.0 * rng.unit()).exp2() as f32),
            flags: RowFlags::default(),
            facets: vec![(index % categories) as u16],
            display: String::new(),
        };
        let rows: Vec<Row> = (0..items).map(row).collect();
        let mut rng = SplitMix64(seed ^ 1);
        let near = |index: usize| {
            let of_category = items.div_ceil(categories).max(1);
            let draw = |_| (rng.below(of_category) * categories + index % categories).min(items - 1);
            (0..NEIGHBOURS).map(draw).map(|near| (Self::key(near), 1.0)).collect::<Vec<_>>()
        };
        let lists = ListSetDraft {
            source: ListSource::Collaborative,
            decay: Decay::Positions { rate: 0.85 },
            weight: 1.0,
            mean: 0.1,
            sd: 0.3,
            lists: (0..items).map(near).collect(),
        };
        let features = vec![
            FeatureWeight { feature: Feature::Popularity, weight: 0.3, mean: 2.5, sd: 1.5 },
            FeatureWeight { feature: Feature::Category, weight: 0.6, mean: 0.0, sd: 0.3 },
        ];
        let pool = TableDraft {
            kind: TableKind::Pool,
            id_seed: 0,
            created_at: 0,
            open: false,
            rows,
            facets: (0..categories).map(facet).collect(),
            list_sets: vec![lists],
            blend: Blend { evidence_k: 2.0, features },
            extras: homebody_protocol::Extras::default(),
        };
        Self { pool, categories }
    }

    /// The same without anything to rank by but exploration.
    #[must_use]
    pub fn without_scores(mut self) -> Self {
        self.pool.list_sets.clear();
        self.pool.blend.features.clear();
        self
    }

    /// The site's id of an item.
    pub fn id(index: usize) -> String {
        format!("item-{index}")
    }

    /// The key of an item.
    pub fn key(index: usize) -> ItemKey {
        ItemKey::derive(0, &Self::id(index))
    }

    /// A device with the pool and consent, of somebody who searched once: nobody unknown is explored for.
    ///
    /// # Errors
    /// When the pool cannot be encoded.
    pub fn device(&self, now_ms: u64) -> Result<Device> {
        let mut device = Device::new();
        device.set_consent(Consent::none().granted(Purpose::Personalize));
        device.load_pool(self.pool.encode()?)?;
        device.record(&Interaction::new(Kind::Search, ""), now_ms);
        Ok(device)
    }
}

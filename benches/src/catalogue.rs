//! A synthetic catalogue: popular and rare items in categories, of brands, with tags and neighbour lists.

use homebody_protocol::table::{
    Blend, Facet, FacetKind, Feature, FeatureWeight, ListSetDraft, ListSource, Row, RowFlags, TableDraft,
    TableKind,
};
use homebody_protocol::{CartPolicy, Decay, Extras, ItemKey, Policy};

use crate::numbers::Numbers;

/// Unix seconds at which the tables were built.
pub const CREATED_AT_S: u32 = 1_763_900_000;
/// Items of the catalogue; smaller tables hold its most popular ones.
pub const ITEMS: usize = 10_000;

/// Seed of all keys.
pub const ID_SEED: u32 = 0;
const CATEGORIES: usize = 40;
const BRANDS: usize = 200;
const TAGS: usize = 120;
const MAX_TAGS: usize = 4;
/// Entries of a neighbour list.
const LIST_ENTRIES: usize = 20;
const MAX_AGE_S: usize = 400 * 86_400;

/// The site's id of an item.
pub fn id_of(item: usize) -> String {
    format!("sku-{item:05}")
}

/// A table of the `rows` most popular items, most popular first, of a placement without cart, ranked with `diversity`.
pub fn draft(kind: TableKind, rows: usize, diversity: f32) -> TableDraft {
    let policy = Policy { diversity, cart: CartPolicy::Exclude, ..Policy::default() };
    let mut numbers = Numbers::new(7);
    // All items are drawn whatever the table holds, so that an item is the same in each of them.
    let items: Vec<Row> = (0..ITEMS).map(|item| row(item, &mut numbers)).collect();
    let list_sets = [(ListSource::Collaborative, 11, 0.6), (ListSource::Content, 13, 0.3)];
    TableDraft {
        kind,
        id_seed: ID_SEED,
        created_at: CREATED_AT_S,
        open: true,
        list_sets: list_sets
            .map(|(source, seed, weight)| list_set(source, seed, weight, &items, rows))
            .into(),
        rows: items.into_iter().take(rows).collect(),
        facets: facets(),
        blend: blend(),
        extras: Extras { policy, ..Extras::default() },
    }
}

/// The same table reduced to what a machine-learning runtime can be given as one graph: lists, popularity and trend,
/// nothing that depends on facets.
pub fn plain_draft(rows: usize) -> TableDraft {
    let mut plain = draft(TableKind::Pool, rows, 1.0);
    plain.facets.clear();
    plain.rows.iter_mut().for_each(|row| row.facets.clear());
    plain.blend.features.retain(|part| matches!(part.feature, Feature::Popularity | Feature::Trend));
    plain
}

fn facets() -> Vec<Facet> {
    let named = |kind: FacetKind, count| {
        (0..count).map(move |index| Facet { kind, name: format!("{} {index}", kind.name()) })
    };
    named(FacetKind::Category, CATEGORIES)
        .chain(named(FacetKind::Brand, BRANDS))
        .chain(named(FacetKind::Tag, TAGS))
        .collect()
}

fn row(item: usize, numbers: &mut Numbers) -> Row {
    let popularity = (1.0 + 20_000.0 / (item + 1) as f32).ln() + 0.2 * numbers.unit();
    let mut facets = vec![numbers.skewed(CATEGORIES) as u16, (CATEGORIES + numbers.skewed(BRANDS)) as u16];
    for _ in 0..1 + numbers.below(MAX_TAGS) {
        let tag = (CATEGORIES + BRANDS + numbers.skewed(TAGS)) as u16;
        if !facets.contains(&tag) {
            facets.push(tag);
        }
    }
    let out_of_stock = if numbers.below(33) == 0 { RowFlags::OUT_OF_STOCK } else { 0 };
    let rebuyable = if numbers.below(5) == 0 { RowFlags::REBUYABLE } else { 0 };
    Row {
        id: id_of(item),
        popularity,
        trend: popularity * 0.5 + numbers.unit(),
        added_at: CREATED_AT_S - numbers.below(MAX_AGE_S) as u32,
        price: Some(1.0 + numbers.below(20_000) as f32 / 100.0),
        flags: RowFlags(out_of_stock | rebuyable),
        facets,
        display: format!("{{\"title\":\"Item {item}\",\"url\":\"/items/{item}\"}}"),
    }
}

/// Lists of twenty: mostly items of the same category, the rest popular ones; one weight in six is negative.
fn list_set(source: ListSource, seed: u64, weight: f32, items: &[Row], rows: usize) -> ListSetDraft {
    let mut numbers = Numbers::new(seed);
    let mut members = vec![Vec::new(); CATEGORIES];
    for (item, row) in items.iter().enumerate() {
        members[usize::from(row.facets[0])].push(item);
    }
    let mut list = |row: &Row| -> Vec<(ItemKey, f32)> {
        let category = &members[usize::from(row.facets[0])];
        let mut list: Vec<(ItemKey, f32)> = Vec::with_capacity(LIST_ENTRIES);
        while list.len() < LIST_ENTRIES {
            let same = numbers.below(10) < 7;
            let item = if same { category[numbers.skewed(category.len())] } else { numbers.skewed(ITEMS) };
            let key = ItemKey::derive(ID_SEED, &items[item].id);
            let sign = if numbers.below(6) == 0 { -1.0 } else { 1.0 };
            let fade = 1.0 / (1.0 + list.len() as f32 * 0.3);
            if !list.iter().any(|(known, _)| *known == key) {
                list.push((key, sign * fade * (0.5 + 0.5 * numbers.unit())));
            }
        }
        list
    };
    ListSetDraft {
        source,
        decay: match source {
            ListSource::Collaborative => Decay::Positions { rate: 0.9 },
            ListSource::Content => Decay::Days { half_life: 30.0 },
        },
        weight,
        mean: 0.01,
        sd: 0.05,
        lists: items.iter().take(rows).map(&mut list).collect(),
    }
}

fn blend() -> Blend {
    let feature = |feature, weight, mean, sd| FeatureWeight { feature, weight, mean, sd };
    Blend {
        evidence_k: 3.0,
        features: vec![
            feature(Feature::Popularity, 0.30, 2.0, 1.5),
            feature(Feature::Trend, 0.15, 1.5, 0.9),
            feature(Feature::Freshness, 0.10, 0.1, 0.2),
            feature(Feature::Category, 0.25, 0.02, 0.05),
            feature(Feature::Brand, 0.15, 0.01, 0.03),
            feature(Feature::Tag, 0.10, 0.02, 0.04),
        ],
    }
}

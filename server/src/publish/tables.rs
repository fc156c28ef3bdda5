//! From chosen items to the draft of a table.

use std::collections::BTreeMap;

use homebody_protocol::models::{DiversityBounds, Judged};
use homebody_protocol::rules::RuleSet;
use homebody_protocol::table::{ListSetDraft, Row, RowFlags, TableDraft, TableKind};
use homebody_protocol::{Extras, ItemKey, Policy};
use serde::Serialize;

use super::exclusions::Exclusions;
use super::scores::Scores;
use super::{CATALOG_BLOB, Placement, PublishError, extras, rules};
use crate::catalog::{Item, Snapshot};

/// Which items go into a table, by their place in the snapshot, best first.
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) kind: TableKind,
    pub(super) open: bool,
    pub(super) rows: Vec<usize>,
    pub(super) policy: Policy,
    pub(super) diversity_bounds: DiversityBounds,
    pub(super) judged: Judged,
    pub(super) rules: RuleSet,
}

/// Plans one pool a placement; those of all categories are open where there is a catalogue table. Rules name items and
/// facets by the keys of `id_seed`.
pub(super) fn plan(
    snapshot: &Snapshot,
    order: &[usize],
    placements: &[Placement],
    has_table: bool,
    id_seed: u32,
) -> Result<Vec<Plan>, PublishError> {
    let mut plans = Vec::new();
    for placement in placements {
        let (policy, rules) = (placement.policy.sane(), rules::of(placement)?);
        let compiled = rules::compile(&placement.name, &rules, id_seed)?;
        let exclusions = Exclusions::of(compiled, snapshot, id_seed);
        let belongs = |index: &&usize| {
            let item = &snapshot.items[**index];
            item.available && may_stand_in(item, placement) && !exclusions.exclude(**index)
        };
        let rows: Vec<usize> = order.iter().filter(belongs).take(placement.size).copied().collect();
        if rows.is_empty() {
            return Err(PublishError::EmptyPool { placement: placement.name.clone() });
        }
        // The catalogue table does not know which items a placement is limited to.
        let open = has_table && placement.categories.is_empty();
        let (name, kind) = (placement.name.clone(), TableKind::Pool);
        let Placement { diversity_bounds, judged, .. } = *placement;
        plans.push(Plan { name, kind, open, rows, policy, diversity_bounds, judged, rules });
    }
    Ok(plans)
}

/// Plans the catalogue table of at most `items` items, the first of `order`; `None` without any.
pub(super) fn catalogue(snapshot: &Snapshot, order: &[usize], items: usize) -> Option<Plan> {
    // Devices may show a row of this table in any open pool, so items with placements of their own stay out.
    let everywhere = |index: &&usize| snapshot.items[**index].placements.is_empty();
    let rows: Vec<usize> = order.iter().filter(everywhere).take(items).copied().collect();
    let (name, kind) = (CATALOG_BLOB.to_owned(), TableKind::Catalogue);
    let (policy, diversity_bounds, judged, rules) = <_>::default();
    (items > 0).then_some(Plan { name, kind, open: false, rows, policy, diversity_bounds, judged, rules })
}

fn may_stand_in(item: &Item, placement: &Placement) -> bool {
    let placed = item.placements.is_empty() || item.placements.contains(&placement.name);
    placed && (placement.categories.is_empty() || placement.categories.contains(&item.category))
}

/// Every id that the tables name, in rows or in lists.
pub(super) fn named_ids<'a>(
    plans: &'a [Plan],
    snapshot: &'a Snapshot,
    scores: &'a Scores,
) -> impl Iterator<Item = &'a str> + Clone {
    plans.iter().flat_map(|plan| &plan.rows).flat_map(move |&row| {
        let listed = scores.list_sets.iter().enumerate().flat_map(move |(set, lists)| {
            lists.lists[row].iter().map(move |(entry, _)| scores.id(set, *entry))
        });
        listed.chain([snapshot.items[row].id.as_str()])
    })
}

/// Drafts the table of a plan.
pub(super) fn draft(
    plan: &Plan,
    snapshot: &Snapshot,
    scores: &Scores,
    id_seed: u32,
    created_at: u32,
) -> Result<TableDraft, PublishError> {
    let mut used: BTreeMap<u16, u16> = BTreeMap::new();
    for facet in plan.rows.iter().flat_map(|&row| &snapshot.item_facets[row]) {
        used.insert(*facet, 0);
    }
    for (place, number) in used.values_mut().zip(0u16..=u16::MAX) {
        *place = number;
    }
    let row = |&index: &usize| -> Result<Row, PublishError> {
        let item = &snapshot.items[index];
        Ok(Row {
            id: item.id.clone(),
            popularity: scores.popularity[index],
            trend: scores.trend[index],
            added_at: item.added_at,
            price: item.price.map(|price| price as f32),
            flags: flags(item),
            facets: snapshot.item_facets[index].iter().map(|facet| used[facet]).collect(),
            display: display(item)?,
        })
    };
    Ok(TableDraft {
        kind: plan.kind,
        id_seed,
        created_at,
        open: plan.open,
        rows: plan.rows.iter().map(row).collect::<Result<_, _>>()?,
        facets: used.keys().map(|facet| snapshot.facets[usize::from(*facet)].clone()).collect(),
        list_sets: list_sets(plan, scores, id_seed),
        blend: scores.blend.clone(),
        extras: Extras {
            policy: plan.policy,
            diversity_bounds: plan.diversity_bounds,
            judged: plan.judged,
            rules: rules::compile(&plan.name, &plan.rules, id_seed)?,
            ..extras::models(plan, snapshot, scores, id_seed)
        },
    })
}

fn list_sets(plan: &Plan, scores: &Scores, id_seed: u32) -> Vec<ListSetDraft> {
    let set = |(set, lists): (usize, &ListSetDraft)| {
        let keyed =
            |&(entry, weight): &(ItemKey, f32)| (ItemKey::derive(id_seed, scores.id(set, entry)), weight);
        let row = |&row: &usize| lists.lists[row].iter().map(keyed).collect();
        ListSetDraft {
            source: lists.source,
            decay: lists.decay,
            weight: lists.weight,
            mean: lists.mean,
            sd: lists.sd,
            lists: plan.rows.iter().map(row).collect(),
        }
    };
    scores.list_sets.iter().enumerate().map(set).collect()
}

fn flags(item: &Item) -> RowFlags {
    let out = if item.available { 0 } else { RowFlags::OUT_OF_STOCK };
    let rebuyable = if item.rebuyable { RowFlags::REBUYABLE } else { 0 };
    RowFlags(out | rebuyable)
}

/// What a page shows of an item; unknown values are left out.
#[derive(Serialize)]
struct Display<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    image: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<f64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    currency: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    brand: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    category: &'a str,
}

fn display(item: &Item) -> Result<String, PublishError> {
    let display = Display {
        title: &item.title,
        url: &item.url,
        image: &item.image,
        price: item.price,
        currency: &item.currency,
        brand: &item.brand,
        category: &item.category,
    };
    serde_json::to_string(&display).map_err(PublishError::Manifest)
}

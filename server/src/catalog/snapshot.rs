//! The catalogue in memory, with the dictionary of its facets, as learning and publishing need it.

use std::collections::{BTreeMap, BTreeSet};

use homebody_learn::moment::Shelf;
use homebody_learn::{Catalogue, CatalogueItem};
use homebody_protocol::ItemKey;
use homebody_protocol::table::{Facet, FacetKind};

use super::Item;
use crate::store::{Store, StoreError};

/// Most facets of a catalogue: tables number them in 16 bits. The rarest are left out.
const MAX_FACETS: usize = 1 << 16;

/// Every item with its facets, in the order of the ids.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The items. Sensitive categories, brands and tags have been taken out.
    pub items: Vec<Item>,
    /// The dictionary that `item_facets` points into.
    pub facets: Vec<Facet>,
    /// For each item, indices into `facets`, ascending.
    pub item_facets: Vec<Vec<u16>>,
}

impl Snapshot {
    /// Reads the catalogue, leaving out what `sensitive` names: a category, brand or tag in any case.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn load(store: &Store, sensitive: &[String]) -> Result<Self, StoreError> {
        let denied: BTreeSet<String> = sensitive.iter().map(|name| name.trim().to_lowercase()).collect();
        let mut items = Vec::new();
        store.each_item(|mut item| {
            censor(&mut item, &denied);
            items.push(item);
        })?;
        let facets = dictionary(&items);
        let item_facets = items.iter().map(|item| indices(item, &facets)).collect();
        Ok(Self { items, facets, item_facets })
    }

    /// The catalogue as the learner sees it: the key of item `i` is `i + 1`, so that no two can collide.
    pub fn learnable(&self) -> Catalogue {
        let item = |((item, facets), key): ((&Item, &Vec<u16>), u32)| CatalogueItem {
            key: ItemKey(key),
            text: format!("{} {}", item.title, item.description),
            facets: facets.clone(),
        };
        Catalogue {
            items: self.items.iter().zip(&self.item_facets).zip(1..).map(item).collect(),
            facet_kinds: self.facets.iter().map(|facet| facet.kind).collect(),
        }
    }

    /// Prices and categories, by the place of the item.
    pub fn shelf(&self) -> Shelf {
        let is_category = |facet: &&u16| self.facets[usize::from(**facet)].kind == FacetKind::Category;
        let category = |facets: &Vec<u16>| facets.iter().find(is_category).copied();
        let prices = self.items.iter().map(|item| item.price.map(|price| price as f32)).collect();
        Shelf::new(prices, self.item_facets.iter().map(category).collect())
    }
}

fn censor(item: &mut Item, denied: &BTreeSet<String>) {
    if denied.is_empty() {
        return;
    }
    let is_denied = |name: &str| denied.contains(&name.trim().to_lowercase());
    item.tags.retain(|tag| !is_denied(tag));
    for name in [&mut item.category, &mut item.brand] {
        if is_denied(name) {
            name.clear();
        }
    }
}

/// Name and kind of an item's facets.
fn facets_of(item: &Item) -> impl Iterator<Item = (FacetKind, &str)> {
    let single = [(FacetKind::Category, item.category.as_str()), (FacetKind::Brand, item.brand.as_str())];
    let tags = item.tags.iter().map(|tag| (FacetKind::Tag, tag.as_str()));
    single.into_iter().chain(tags).filter(|(_, name)| !name.is_empty())
}

/// The most frequent facets, sorted.
fn dictionary(items: &[Item]) -> Vec<Facet> {
    let mut counts: BTreeMap<(FacetKind, &str), u32> = BTreeMap::new();
    for facet in items.iter().flat_map(facets_of) {
        *counts.entry(facet).or_default() += 1;
    }
    let mut ranked: Vec<_> = counts.into_iter().collect();
    if ranked.len() > MAX_FACETS {
        ranked.sort_by(|(left, left_count), (right, right_count)| {
            right_count.cmp(left_count).then(left.cmp(right))
        });
        ranked.truncate(MAX_FACETS);
        ranked.sort();
    }
    ranked.into_iter().map(|((kind, name), _)| Facet { kind, name: name.to_owned() }).collect()
}

fn indices(item: &Item, facets: &[Facet]) -> Vec<u16> {
    let find = |(kind, name): (FacetKind, &str)| {
        let found = facets.binary_search_by(|facet| (facet.kind, facet.name.as_str()).cmp(&(kind, name)));
        u16::try_from(found.ok()?).ok()
    };
    let mut indices: Vec<u16> = facets_of(item).filter_map(find).collect();
    indices.sort_unstable();
    indices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l26_sensitive_names_leave_no_trace_in_the_dictionary() {
        let mut item = Item { id: "1".to_owned(), category: "Health".to_owned(), ..Item::default() };
        item.tags = vec!["Pregnancy".to_owned(), "gift".to_owned()];
        censor(&mut item, &["health".to_owned(), "pregnancy".to_owned()].into());
        let facets = dictionary(std::slice::from_ref(&item));
        assert_eq!(facets, [Facet { kind: FacetKind::Tag, name: "gift".to_owned() }]);
        assert_eq!(indices(&item, &facets), [0]);
        assert!(item.category.is_empty());
    }

    #[test]
    fn the_rarest_facets_are_left_out_first() {
        let mut items: Vec<Item> = (0..MAX_FACETS + 10)
            .map(|index| Item { tags: vec![format!("t{index}")], ..Item::default() })
            .collect();
        items.push(Item { tags: vec!["t65545".to_owned()], ..Item::default() });
        let facets = dictionary(&items);
        assert_eq!(facets.len(), MAX_FACETS);
        assert!(facets.iter().any(|facet| facet.name == "t65545"), "a frequent facet stays");
        assert!(facets.is_sorted());
    }
}

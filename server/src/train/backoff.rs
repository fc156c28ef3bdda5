//! Below the head: what is known of an item nobody was asked about is what is known of its kind.
//!
//! Devices count categories, brands and tags as they count items, in a head of their own. What a category was wanted beyond
//! its items of the head is shared among its other items: the expected count of each, so that one that nobody wanted is no
//! more popular than one that was.

use std::collections::BTreeMap;

use homebody_protocol::derive_key;
use homebody_protocol::table::FacetKind;

use super::evidence::Evidence;
use crate::catalog::Snapshot;
use crate::history::Model;

/// Adds the expected counts of items below the head; `false` when nothing was known of their categories.
pub(super) fn add(model: &mut Model, snapshot: &Snapshot, evidence: &Evidence) -> bool {
    let mut seeds: Vec<u32> = evidence.facets.keys().map(|(seed, _)| *seed).collect();
    seeds.dedup();
    let places: BTreeMap<String, usize> = model.ids.iter().cloned().zip(0..).collect();
    let mut is_changed = false;
    for seed in seeds {
        for (facet, members) in categories(snapshot) {
            let key = snapshot.facets[facet].kind.key(seed, &snapshot.facets[facet].name);
            let Some(wanted) = evidence.facets.get(&(seed, key.0)) else { continue };
            let count = |item: usize| {
                let key = (seed, derive_key(seed, &snapshot.items[item].id));
                evidence.counts.get(&key).copied().unwrap_or(0.0)
            };
            let (known, unknown): (Vec<usize>, Vec<usize>) =
                members.into_iter().partition(|&item| count(item) > 0.0);
            let told: f64 = known.iter().map(|&item| count(item)).sum();
            let least = known.iter().map(|&item| count(item)).fold(f64::INFINITY, f64::min);
            let each = ((wanted - told).max(0.0) / unknown.len().max(1) as f64).min(least);
            for item in unknown.into_iter().filter(|_| each > 0.0) {
                let Some(&place) = places.get(&snapshot.items[item].id) else { continue };
                let popularity = &mut model.popularity[place];
                *popularity = (f64::from(*popularity).exp_m1() + each).ln_1p() as f32;
                is_changed = true;
            }
        }
    }
    is_changed
}

/// The items of each category, by the place of the facet.
fn categories(snapshot: &Snapshot) -> BTreeMap<usize, Vec<usize>> {
    let mut categories: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, facets) in snapshot.item_facets.iter().enumerate() {
        for facet in facets.iter().map(|&facet| usize::from(facet)) {
            if snapshot.facets[facet].kind == FacetKind::Category {
                categories.entry(facet).or_default().push(item);
            }
        }
    }
    categories
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Item;
    use crate::history::Learned;
    use homebody_protocol::table::{Blend, Facet};

    #[test]
    fn what_a_category_was_wanted_for_beyond_its_head_is_shared_below_it() {
        let ids: Vec<String> = (0..6).map(|item| format!("item-{item}")).collect();
        let items = ids.iter().map(|id| Item { id: id.clone(), ..Item::default() }).collect();
        let facets = ["bags", "hats"].map(|name| Facet { kind: FacetKind::Category, name: name.to_owned() });
        // Items 0 to 3 are bags, of which 0 and 1 are in the head; the rest are hats.
        let item_facets = (0..6).map(|item| vec![u16::from(item > 3)]).collect();
        let snapshot = Snapshot { items, facets: facets.to_vec(), item_facets };
        let mut model = Model {
            ids: ids.clone(),
            popularity: vec![0.0; 6],
            trend: vec![0.0; 6],
            blend: Blend { evidence_k: 1.0, features: Vec::new() },
            list_sets: Vec::new(),
            learned: Learned::default(),
        };
        let key = |name: &str| (7, FacetKind::Category.key(7, name).0);
        let counts = [(0, 50.0), (1, 30.0)].map(|(item, count)| ((7, derive_key(7, &ids[item])), count));
        let mut evidence = Evidence { counts: counts.into(), ..Evidence::default() };
        assert!(!add(&mut model, &snapshot, &evidence), "nothing is known of categories");
        evidence.facets = [(key("bags"), 100.0), (key("hats"), 0.5)].into();
        assert!(add(&mut model, &snapshot, &evidence));
        let of = |item: usize| f64::from(model.popularity[item]).exp_m1();
        assert!((of(2) - 10.0).abs() < 1e-4 && of(2) == of(3), "{} {}", of(2), of(3));
        assert!(of(0) == 0.0 && (of(4) - 0.25).abs() < 1e-4);
        evidence.facets = [(key("bags"), 1_000.0)].into();
        model.popularity.fill(0.0);
        assert!(add(&mut model, &snapshot, &evidence));
        let capped = f64::from(model.popularity[2]).exp_m1();
        assert!((capped - 30.0).abs() < 1e-3, "no more than the least of the head: {capped}");
    }
}

//! What no task may ask about: items and facets that the site calls sensitive.
//!
//! Published tables hold no sensitive facet, so a draft never names one; the items themselves are in them, and a task that
//! somebody wrote by hand may name anything.

use std::collections::{BTreeMap, BTreeSet};

use homebody_protocol::derive_key;
use homebody_protocol::table::FacetKind;
use homebody_protocol::task::{Head, HeadKind, Measurement};

use crate::store::{Store, StoreError};

/// Most of them that an error names.
const NAMED: usize = 5;

/// The items and facets that must not be asked about.
#[derive(Debug, Default)]
pub(super) struct Sensitive {
    items: BTreeSet<String>,
    facets: BTreeSet<(FacetKind, String)>,
}

impl Sensitive {
    /// Items that carry one of `names` as category, brand or tag, in any case, and these facets themselves.
    pub(super) fn load(store: &Store, names: &[String]) -> Result<Self, StoreError> {
        let denied: BTreeSet<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
        let mut sensitive = Self::default();
        if denied.is_empty() {
            return Ok(sensitive);
        }
        let kinds = [FacetKind::Category, FacetKind::Brand, FacetKind::Tag];
        let as_written = names.iter().map(|name| name.trim());
        for name in as_written.chain(denied.iter().map(String::as_str)) {
            sensitive.facets.extend(kinds.map(|kind| (kind, name.to_owned())));
        }
        store.each_item(|item| {
            let single = [(FacetKind::Category, item.category), (FacetKind::Brand, item.brand)];
            let tags = item.tags.into_iter().map(|tag| (FacetKind::Tag, tag));
            let facets = single.into_iter().chain(tags);
            let mut found =
                facets.filter(|(_, name)| denied.contains(&name.trim().to_lowercase())).peekable();
            if found.peek().is_some() {
                sensitive.items.insert(item.id);
            }
            sensitive.facets.extend(found);
        })?;
        Ok(sensitive)
    }

    /// Their names by the keys that stand in a head.
    pub(super) fn keys(&self, of: HeadKind, id_seed: u32) -> BTreeMap<u32, &str> {
        match of {
            HeadKind::Items => self.items.iter().map(|id| (derive_key(id_seed, id), id.as_str())).collect(),
            HeadKind::Facets => {
                self.facets.iter().map(|(kind, name)| (kind.key(id_seed, name).0, name.as_str())).collect()
            }
        }
    }

    /// The first names of what a measurement asks about and must not; empty when it may be asked.
    pub(super) fn within(&self, measurement: &Measurement) -> Vec<String> {
        let Some(head) = head(measurement) else { return Vec::new() };
        let denied = self.keys(head.of, head.id_seed);
        let names = head.keys.iter().filter_map(|key| denied.get(key));
        names.take(NAMED).map(|name| (*name).to_owned()).collect()
    }
}

fn head(measurement: &Measurement) -> Option<&Head> {
    use Measurement as M;
    match measurement {
        M::Popularity { head } | M::CoOccurrence { head, .. } | M::DirectedPairs { head, .. } => Some(head),
        _ => None,
    }
}

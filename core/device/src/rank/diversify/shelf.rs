//! Categories and brands of both tables under common numbers, and how often each is on a page.

use homebody_protocol::table::FacetKind;

use super::super::candidates::Scored;
use super::super::{Context, Source};
use crate::order::sorted;

/// What is on one page so far.
#[derive(Default)]
pub(super) struct Shelf {
    /// For each facet of the catalogue, its number; the pool's facets keep their own.
    of_catalogue: Vec<usize>,
    /// Items of the page that have a facet, by its number.
    pub(super) counts: Vec<u16>,
}

impl Shelf {
    #[inline(never)]
    pub(super) fn new(context: &Context<'_>) -> Self {
        let pool = context.table(Source::Pool);
        let keyed = |facet| (u64::from(pool.facet_key(facet).0), facet);
        let known = sorted((0..pool.facet_count()).map(keyed).collect());
        let mut numbers = pool.facet_count();
        let mut of_catalogue = Vec::new();
        if context.sources().len() > 1 {
            let catalogue = context.table(Source::Catalogue);
            for facet in 0..catalogue.facet_count() {
                let key = u64::from(catalogue.facet_key(facet).0);
                let place = known.binary_search_by_key(&key, |&(key, _)| key);
                of_catalogue.push(place.map_or(numbers, |place| known[place].1));
                numbers += usize::from(place.is_err());
            }
        }
        Self { of_catalogue, counts: vec![0; numbers] }
    }

    /// The common number of a facet of a table.
    pub(super) fn number(&self, source: Source, facet: usize) -> usize {
        match source {
            Source::Pool => facet,
            Source::Catalogue => self.of_catalogue[facet],
        }
    }

    /// Calls `visit` with the number of each category of a candidate.
    #[inline(never)]
    pub(super) fn each_category(
        &self,
        candidate: &Scored,
        context: &Context<'_>,
        visit: &mut dyn FnMut(usize),
    ) {
        // The tastes have the kinds at hand; the table would have to be asked again and again.
        let tastes = &context.leaning(candidate.source).tastes;
        context.each_facet(candidate, &mut |facet| {
            if tastes[facet].0 == FacetKind::Category {
                visit(self.number(candidate.source, facet));
            }
        });
    }

    /// Puts a candidate on the page.
    #[inline(never)]
    pub(super) fn place(&mut self, candidate: &Scored, context: &Context<'_>) {
        context.each_facet(candidate, &mut |facet| {
            let number = self.number(candidate.source, facet);
            self.counts[number] = self.counts[number].saturating_add(1);
        });
    }
}

//! What a placement's rules exclude whoever the visitor is: it does not even enter the pool.
//!
//! A page without consent shows the pool's order and runs no rules, so that an exclusion must already be in the pool to
//! be kept there. Only what is certain for as long as the pool is used counts: what a condition asks of the visitor, the
//! page, the time or the published order is unknown here (Kleene 1952), and an item is left out only where the rule
//! holds whatever the answer.

use homebody_protocol::rules::{
    Action, ItemFacts, Rule, Rules, SeenFacts, Test, TestKind, Unknown, VisitorFacts, matches,
};
use homebody_protocol::table::Facet;
use homebody_protocol::{FacetKey, ItemKey, PageContext};

use crate::catalog::Snapshot;

/// The rules that may exclude an item whoever looks.
pub(super) struct Exclusions<'a> {
    snapshot: &'a Snapshot,
    id_seed: u32,
    /// Key of each facet of the snapshot.
    facets: Vec<FacetKey>,
    rules: Vec<Rule>,
}

impl<'a> Exclusions<'a> {
    /// Of rules compiled for a seed.
    pub(super) fn of(rules: Rules, snapshot: &'a Snapshot, id_seed: u32) -> Self {
        let excludes = |rule: &Rule| rule.action == Action::Exclude;
        let rules = rules.0.into_iter().filter(excludes).map(certain).collect();
        let key = |facet: &Facet| facet.kind.key(id_seed, &facet.name);
        Self { snapshot, id_seed, facets: snapshot.facets.iter().map(key).collect(), rules }
    }

    /// Whether the item at `index` of the snapshot is left out.
    pub(super) fn exclude(&self, index: usize) -> bool {
        if self.rules.is_empty() {
            return false;
        }
        let item = &self.snapshot.items[index];
        let facets: Vec<FacetKey> =
            self.snapshot.item_facets[index].iter().map(|&facet| self.facets[usize::from(facet)]).collect();
        let facts = ItemFacts {
            key: Some(ItemKey::derive(self.id_seed, &item.id)),
            facets: &facets,
            price: item.price.map(|price| price as f32),
            // Only whether it is known is asked for.
            age_s: (item.added_at > 0).then_some(0),
            in_stock: item.available,
            place: 0,
            rebuyable: item.rebuyable,
            seen: SeenFacts::default(),
        };
        let (page, visitor) = (PageContext::default(), VisitorFacts::default());
        self.rules.iter().any(|rule| matches(rule, &facts, &page, &visitor))
    }
}

/// The rule with what is unknown answered to its disadvantage, so that it holds only where it is certain to: a formula is
/// true in Kleene's logic exactly when it is true with unknown parts false where they stand straight, and true where
/// they stand under an odd number of negations.
fn certain(mut rule: Rule) -> Rule {
    let mut start = 0;
    while start < rule.when.len() {
        start = settle(&mut rule.when, start, false);
    }
    rule
}

/// Settles the condition that begins at `start`; where it ends.
fn settle(tests: &mut [Test], start: usize, negated: bool) -> usize {
    let Some(&test) = tests.get(start) else { return start };
    let parts = match test.kind {
        TestKind::Not => 1,
        TestKind::All | TestKind::Any => test.word,
        _ => 0,
    };
    if !is_known(test) {
        // A group without parts: `any` is false, `all` is true.
        tests[start] = Test::new(if negated { TestKind::All } else { TestKind::Any }, 0);
    }
    let negated = negated != (test.kind == TestKind::Not);
    (0..parts).fold(start + 1, |next, _| settle(tests, next, negated))
}

/// Whether the answer is that of the item alone, and the same as long as the pool is used.
fn is_known(test: Test) -> bool {
    match test.kind {
        TestKind::All | TestKind::Any | TestKind::Not => true,
        TestKind::Facet
        | TestKind::Id
        | TestKind::PriceBelow
        | TestKind::PriceAbove
        | TestKind::InStock
        | TestKind::Rebuyable => true,
        TestKind::Unknown => {
            [Some(Unknown::Price), Some(Unknown::Age)].contains(&Unknown::from_code(test.low))
        }
        _ => false,
    }
}

//! Stage: a reason for every item, from the very parts it was ranked by.

use homebody_protocol::table::{Feature, ListSource};

use super::candidates::Scored;
use super::leaning::Leaning;
use super::{
    Bytes, CART, Context, EXPLORE, MODEL, RULE, Ranked, Reason, ReasonKind, SERENDIPITY, affinity, blend,
};

/// A neutral item: nothing about the visitor speaks for it.
pub(super) fn neutral(candidate: &Scored) -> Ranked {
    ranked(candidate, Contributions::default())
}

/// Explains the final list.
pub(super) fn personal(scored: &[Scored], context: &Context<'_>) -> Vec<Ranked> {
    let explained = |candidate: &Scored| {
        let (table, leaning) = (context.table(candidate.source), context.leaning(candidate.source));
        ranked(candidate, Grounds { table, leaning }.of(candidate))
    };
    scored.iter().map(explained).collect()
}

/// What later stages add, and what it is called. What they take away is no reason.
const ADDED: [(usize, ReasonKind); 5] = [
    (RULE, ReasonKind::Rule),
    (CART, ReasonKind::Cart),
    (EXPLORE, ReasonKind::Explore),
    (MODEL, ReasonKind::Model),
    (SERENDIPITY, ReasonKind::Serendipity),
];

/// Positive contributions, one for each thing they are due to.
#[derive(Default)]
struct Contributions(Vec<Reason>);

impl Contributions {
    fn add(&mut self, kind: ReasonKind, key: u32, amount: f32) {
        let amount = blend::bounded(amount);
        if amount <= 0.0 {
            return;
        }
        match self.0.iter_mut().find(|known| known.kind == kind && known.key == key) {
            Some(known) => known.share += amount,
            None => self.0.push(Reason { kind, key, share: amount }),
        }
    }

    fn total(&self) -> f32 {
        self.0.iter().fold(0.0, |sum, known| sum + known.share)
    }

    /// Takes the largest out; the first found of equals.
    fn pop_largest(&mut self) -> Option<Reason> {
        let mut best = 0;
        for index in 1..self.0.len() {
            if self.0[index].share > self.0[best].share {
                best = index;
            }
        }
        (!self.0.is_empty()).then(|| self.0.remove(best))
    }
}

/// What the contributions of a table's candidates are looked up in.
struct Grounds<'a> {
    table: &'a Bytes,
    leaning: &'a Leaning,
}

impl Grounds<'_> {
    fn of(&self, candidate: &Scored) -> Contributions {
        let mut found = Contributions::default();
        let rule = u32::from(candidate.ruled.number);
        if candidate.ruled.pinned != 0 {
            // No score brought it there.
            found.add(ReasonKind::Rule, rule, 1.0);
            return found;
        }
        self.lists(candidate, &mut found);
        for feature in [Feature::Popularity, Feature::Trend, Feature::Freshness] {
            found.add(reason_of(feature), 0, candidate.parts[blend::part_of(feature)]);
        }
        for feature in [Feature::Category, Feature::Brand, Feature::Tag] {
            self.facets(candidate, feature, &mut found);
        }
        for (part, kind) in ADDED {
            let key = if part == RULE { rule } else { 0 };
            found.add(kind, key, candidate.parts[part]);
        }
        found
    }

    /// A list's contribution is due to the history items on it, each by its own term of the sum.
    fn lists(&self, candidate: &Scored, found: &mut Contributions) {
        for (list, history) in self.table.list_sets().zip(&self.leaning.histories) {
            let kind = match list.source() {
                ListSource::Collaborative => ReasonKind::Collaborative,
                ListSource::Content => ReasonKind::Content,
            };
            let trust = self.leaning.trust.in_lists(list.source());
            let unit = trust * list.weight() * list.scale(candidate.row) / list.sd();
            for (index, weight) in list.entries(candidate.row) {
                let amount = unit * f32::from(weight) * history[index];
                if amount > 0.0 {
                    found.add(kind, self.table.vocabulary_key(index).0, amount);
                }
            }
        }
    }

    /// A taste's contribution is shared among the liked facets of its kind.
    fn facets(&self, candidate: &Scored, feature: Feature, found: &mut Contributions) {
        let part = candidate.parts[blend::part_of(feature)];
        let Some(kind) = affinity::kind_of(feature) else { return };
        let tastes = &self.leaning.tastes;
        let liked = || {
            let facets = self.table.facets(candidate.row);
            facets.filter(|&facet| tastes[facet].0 == kind && tastes[facet].1 > 0.0)
        };
        let total: f32 = liked().map(|facet| tastes[facet].1).sum();
        for facet in liked() {
            found.add(reason_of(feature), self.table.facet_key(facet).0, part * tastes[facet].1 / total);
        }
    }
}

fn reason_of(feature: Feature) -> ReasonKind {
    match feature {
        Feature::Popularity => ReasonKind::Popular,
        Feature::Trend => ReasonKind::Trending,
        Feature::Freshness => ReasonKind::Fresh,
        Feature::Category => ReasonKind::Category,
        Feature::Brand => ReasonKind::Brand,
        Feature::Tag => ReasonKind::Tag,
    }
}

/// The three largest contributions as shares of everything that speaks for the item.
///
/// Shares and rest sum to 1. Where nothing speaks for the item (in a neutral list, and at the end of a personal one)
/// there is no reason and the rest is 1.
fn ranked(candidate: &Scored, mut contributions: Contributions) -> Ranked {
    let total = contributions.total();
    let mut reasons = [Reason::default(); 3];
    let mut rest = 1.0;
    for place in &mut reasons {
        if let Some(largest) = contributions.pop_largest() {
            *place = Reason { share: largest.share / total, ..largest };
            rest = if contributions.0.is_empty() { 0.0 } else { rest - place.share };
        }
    }
    Ranked {
        source: candidate.source,
        row: candidate.row,
        key: candidate.key,
        score: candidate.score,
        propensity: candidate.propensity,
        reasons,
        rest: rest.max(0.0),
    }
}

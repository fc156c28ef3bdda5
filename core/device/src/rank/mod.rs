//! Ranking: a list of stages, run top to bottom. Each stage is one file with one function.
//!
//! A score is a sum of *parts*, one a neighbour-list set and one a blend feature, so that what an item is
//! ranked by and what its explanation names are the same numbers.
//!
//! What is bad or extreme has an answer too (`tests/edges.rs`): no candidates, or none that may be shown, give an empty
//! list; unknown keys are left out and a key named twice is one candidate; an item without categories has no taste and
//! no quota; lists that name nothing the visitor knows say nothing; every part stays within ±1e6, whatever weights a
//! table holds, and NaN becomes 0; a cap that cannot be kept gives way to the least violation; a clock set back makes
//! nothing older than now.

mod affinity;
mod blend;
mod candidates;
mod cart;
mod diversify;
mod duplicates;
mod eligibility;
mod explain;
mod explore;
mod fatigue;
mod hybrid;
mod leaning;
mod listing;
mod lists;
mod popularity;
#[cfg(feature = "contribute")]
pub(crate) mod replay;
mod request;
mod rules;
mod trees;

pub(crate) use listing::Listing;
pub use request::{RankRequest, Ranked, Reason, ReasonKind, Source};

use homebody_protocol::Policy;
use homebody_protocol::table::{MAX_LIST_SETS, Table};

use crate::bandit::levels::Drawn;
use crate::profile::Profile;
use candidates::Scored;
use leaning::Leaning;

/// Reads an owned table.
type Bytes = Table<Vec<u8>>;

/// What the stages may look at.
pub(crate) struct Context<'a> {
    pool: &'a Bytes,
    catalogue: Option<&'a Bytes>,
    profile: Option<&'a Profile>,
    request: &'a RankRequest<'a>,
    policy: Policy,
    places: usize,
    /// Places of the list that were filled before.
    served: usize,
    /// The level of variety drawn for the list, where the placement leaves λ to the device.
    drawn: Option<Drawn>,
    /// One a source of a personal list, none for a neutral one.
    leanings: Vec<Leaning>,
}

impl<'a> Context<'a> {
    /// `profile` is `None` without consent or when a neutral list is asked for.
    pub(crate) fn new(
        pool: &'a Bytes,
        catalogue: Option<&'a Bytes>,
        profile: Option<&'a Profile>,
        request: &'a RankRequest<'a>,
    ) -> Self {
        let policy = policy(request.policy.unwrap_or(pool.extras().policy));
        let places = request.offset.saturating_add(request.limit);
        let (served, drawn, leanings) = (0, None, Vec::new());
        let mut context = Self { pool, catalogue, profile, request, policy, places, served, drawn, leanings };
        if let Some(profile) = profile {
            let leaning = |&source| Leaning::of(profile, context.table(source), &context);
            context.leanings = context.sources().iter().map(leaning).collect();
        }
        context
    }

    /// The tables candidates may come from.
    fn sources(&self) -> &'static [Source] {
        if self.catalogue.is_some() { &[Source::Pool, Source::Catalogue] } else { &[Source::Pool] }
    }

    fn table(&self, source: Source) -> &'a Bytes {
        match (source, self.catalogue) {
            (Source::Catalogue, Some(catalogue)) => catalogue,
            _ => self.pool,
        }
    }

    /// Places to be filled: the page, and what comes before it and was not listed yet (see [`Listing`]).
    fn places(&self) -> usize {
        self.places
    }

    /// Calls `visit` with each facet of a candidate, by its place in its table's dictionary. One copy of the loop, where
    /// an iterator would be compiled into each of its users.
    #[inline(never)]
    fn each_facet(&self, candidate: &Scored, visit: &mut dyn FnMut(usize)) {
        for facet in self.table(candidate.source).facets(candidate.row) {
            visit(facet);
        }
    }

    /// Candidates of a source have its table, so a personal list has its leaning.
    fn leaning(&self, source: Source) -> &Leaning {
        &self.leanings[source as usize]
    }
}

/// The default policy is sane.
fn policy(wanted: Policy) -> Policy {
    if wanted == Policy::default() { wanted } else { wanted.sane() }
}

/// Parts `0..MAX_LIST_SETS` are the list sets, then the blend's features by `Feature as usize - 1`, then what later
/// stages add.
const PARTS: usize = SERENDIPITY + 1;
/// What the site's rules add.
const RULE: usize = MAX_LIST_SETS + 6;
/// What the cart adds.
const CART: usize = RULE + 1;
/// What having been shown in vain takes away.
const FATIGUE: usize = RULE + 2;
/// What exploration adds or takes away.
const EXPLORE: usize = RULE + 3;
/// What an imported re-ranker adds or takes away.
const MODEL: usize = RULE + 4;
/// What lifts an item of an unknown category to a place kept for such.
const SERENDIPITY: usize = RULE + 5;

/// One step of the pipeline.
enum Stage {
    /// May drop candidates.
    Select(fn(&mut Vec<Scored>, &Context<'_>)),
    /// Changes numbers or the order; every candidate stays.
    Arrange(fn(&mut [Scored], &Context<'_>)),
}

/// The pipeline of a personal list.
///
/// Deterministic: the same profile, tables and request give the same list, bit for bit, on every machine; the next page
/// (see [`Listing`]) depends on the one before.
const PERSONAL: [Stage; 17] = [
    Stage::Select(eligibility::keep_eligible),
    Stage::Select(rules::filter),
    Stage::Arrange(lists::score_lists),
    Stage::Arrange(popularity::score_popularity),
    Stage::Arrange(affinity::score_affinity),
    Stage::Arrange(hybrid::mix),
    Stage::Arrange(blend::add_parts),
    Stage::Arrange(affinity::heed_answers),
    Stage::Arrange(rules::boost),
    Stage::Arrange(cart::boost),
    Stage::Arrange(fatigue::discount),
    Stage::Arrange(explore::draw),
    Stage::Select(duplicates::keep_one),
    Stage::Select(blend::keep_best),
    Stage::Select(trees::rerank),
    Stage::Arrange(diversify::reorder),
    Stage::Arrange(rules::pin),
];

/// Those before exploration.
const BEFORE_DRAWS: usize = 11;

/// A list that does not depend on the visitor: the pool's order after eligibility and those rules that do not ask about
/// the visitor.
const NEUTRAL: [Stage; 2] =
    [Stage::Select(eligibility::keep_eligible), Stage::Select(rules::arrange_neutral)];

/// The next page of a personal list: what was kept has its scores.
const CONTINUED: [Stage; 3] =
    [Stage::Select(blend::keep_best), Stage::Arrange(diversify::reorder), Stage::Arrange(rules::pin)];

/// Takes candidates through stages.
#[inline(always)]
fn run(stages: &[Stage], scored: &mut Vec<Scored>, context: &Context<'_>) {
    for stage in stages {
        match stage {
            Stage::Select(stage) => stage(scored, context),
            Stage::Arrange(stage) => stage(scored, context),
        }
    }
}

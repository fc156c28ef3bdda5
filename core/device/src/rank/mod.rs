//! Ranking: a list of stages, run top to bottom. Each stage is one file with one function.
//!
//! A score is a sum of *parts*, one a neighbour-list set and one a blend feature, so that what an item is
//! ranked by and what its explanation names are the same numbers.

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
mod lists;
mod popularity;
mod request;
mod rules;
mod trees;

pub use request::{RankRequest, Ranked, Reason, ReasonKind, Source};

use homebody_protocol::Policy;
use homebody_protocol::table::{MAX_LIST_SETS, Table};

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
        let policy = request.policy.unwrap_or(pool.extras().policy).sane();
        let mut context = Self { pool, catalogue, profile, request, policy, leanings: Vec::new() };
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

    /// Places of the list that are looked at: what was shown before, and the page.
    fn places(&self) -> usize {
        self.request.offset.saturating_add(self.request.limit)
    }

    /// Candidates of a source have its table, so a personal list has its leaning.
    fn leaning(&self, source: Source) -> &Leaning {
        &self.leanings[source as usize]
    }
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

/// The pipeline of a personal list. A neutral one keeps the pool's order, see [`rank`].
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
    Stage::Arrange(trees::rerank),
    Stage::Arrange(diversify::reorder),
    Stage::Arrange(rules::pin),
];

/// Ranks the candidates of a request.
///
/// A neutral list is the pool's order after eligibility and those rules that do not ask about the visitor.
///
/// Deterministic: the same profile, tables and request give the same list, bit for bit, on every machine.
pub(crate) fn rank(context: &Context<'_>) -> Vec<Ranked> {
    let mut scored = candidates::gather(context);
    if context.profile.is_none() {
        eligibility::keep_eligible(&mut scored, context);
        rules::arrange_neutral(&mut scored, context);
        return page(&scored, context).iter().map(explain::neutral).collect();
    }
    for stage in &PERSONAL {
        match stage {
            Stage::Select(stage) => stage(&mut scored, context),
            Stage::Arrange(stage) => stage(&mut scored, context),
        }
    }
    explain::personal(page(&scored, context), context)
}

fn page<'a>(scored: &'a [Scored], context: &Context<'_>) -> &'a [Scored] {
    let start = context.request.offset.min(scored.len());
    &scored[start..context.places().min(scored.len())]
}

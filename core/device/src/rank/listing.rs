//! The list a visitor is scrolling through: pages that neither repeat nor skip.

use homebody_protocol::{Exploration, ItemKey, Policy};

use super::candidates::Scored;
use super::{Context, Ranked, candidates, diversify, duplicates, eligibility, explain, explore, rules};
use crate::bandit::levels::Drawn;
use crate::bandit::pending::Pending;

/// The last listing, in memory only.
///
/// A request without an offset begins a listing. One with an offset continues it, if it asks the same question: same
/// candidates, seed, policy, and both or neither personal. It goes on by the scores of the first page: impressions
/// and clicks in between change what the next listing will be, not this one; what was bought or dismissed in
/// between is left out, and the next ones move up. When the kept candidates (200 or more) are used up, what was not
/// shown yet is ranked anew. An offset without a listing before it counts places of a new one, as an offset beyond what
/// was asked for does.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    question: Option<Question>,
    /// How varied its pages are, where the placement leaves that to the device: the same for all of them.
    drawn: Option<Drawn>,
    served: Vec<Ranked>,
    /// Candidates that were kept and not served, with their scores.
    rest: Vec<Scored>,
    /// What was listed and not judged yet; outlives the listing.
    pub(crate) pending: Pending,
}

/// What makes two requests pages of one list.
#[derive(Debug, PartialEq)]
struct Question {
    keys: Vec<ItemKey>,
    seed: u32,
    policy: Policy,
    personal: bool,
}

impl Listing {
    /// The page of a request.
    pub(crate) fn page(&mut self, context: &mut Context<'_>) -> Vec<Ranked> {
        let request = context.request;
        let question = Question {
            keys: request.keys.to_vec(),
            seed: request.seed,
            policy: context.policy,
            personal: context.profile.is_some(),
        };
        if request.offset == 0 || self.question.as_ref() != Some(&question) {
            self.question = Some(question);
            self.drawn = None;
            self.served.clear();
            self.rest.clear();
        }
        diversify::choose(&mut self.drawn, context);
        let known = self.served.len();
        let end = request.offset.saturating_add(request.limit);
        if end > known {
            (context.places, context.served) = (end - known, known);
            self.extend(context);
        }
        let page = self.served.iter().enumerate().skip(request.offset).take(request.limit);
        page.filter(|(place, ranked)| *place >= known || is_still_eligible(ranked, context))
            .map(|(_, ranked)| ranked.clone())
            .collect()
    }

    /// Serves the next `context.places`.
    fn extend(&mut self, context: &Context<'_>) {
        let mut scored = core::mem::take(&mut self.rest);
        eligibility::keep_eligible(&mut scored, context);
        let stages = if scored.len() >= context.places {
            &super::CONTINUED[..]
        } else {
            scored = candidates::gather(context);
            scored.retain(|candidate| !self.served.iter().any(|known| repeats(candidate, known, context)));
            if context.profile.is_some() { &super::PERSONAL[..] } else { &super::NEUTRAL[..] }
        };
        super::run(stages, &mut scored, context);
        let rest = scored.split_off(context.places.min(scored.len()));
        if context.profile.is_none() {
            self.served.extend(scored.iter().map(explain::neutral));
            return;
        }
        if context.policy.exploration != Exploration::None || context.drawn.is_some() {
            explore::remember(&scored, &mut self.pending, context);
        }
        self.served.extend(explain::personal(&scored, context));
        self.rest = rest;
    }
}

/// Whether a candidate is what was served, or a near duplicate of it.
fn repeats(candidate: &Scored, known: &Ranked, context: &Context<'_>) -> bool {
    let group = duplicates::group_of(candidate.source, candidate.row, context);
    let same = group.is_some() && group == duplicates::group_of(known.source, known.row, context);
    known.key == candidate.key || same
}

/// Whether an item of a page that is asked for again may still be shown.
fn is_still_eligible(ranked: &Ranked, context: &Context<'_>) -> bool {
    let mut scored = vec![candidates::candidate(ranked.source, ranked.row, ranked.key)];
    eligibility::keep_eligible(&mut scored, context);
    rules::filter_listed(&mut scored, context);
    !scored.is_empty()
}

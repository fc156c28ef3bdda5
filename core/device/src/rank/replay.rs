//! Ranking over again what the visitor came to want, by a model that did not list it to them.
//!
//! One interaction is held out: the item wanted last is taken out of the profile, and a table ranks as of the moment it
//! was wanted. (What the profile learned from it about facets and counts stays; it helps every model alike.)

use homebody_protocol::{Exploration, ItemKey, Policy};

use super::{
    Bytes, Context, Listing, RankRequest, Stage, affinity, candidates, eligibility, lists, popularity, run,
};
use crate::profile::Profile;

/// A profile without the item that was wanted last.
#[derive(Clone, Debug)]
pub(crate) struct HeldOut {
    pub(crate) item: ItemKey,
    profile: Profile,
    at_ms: u64,
}

impl HeldOut {
    /// Holds out the item wanted last; `None` when that was before `since_ms`, or when nothing else is known to rank by.
    pub(crate) fn newest(profile: &Profile, since_ms: u64, now_ms: u64) -> Option<Self> {
        let history = profile.history(now_ms);
        let newest = history.first().filter(|_| history.len() > 1)?;
        let at_ms = profile.item(newest.item)?.last_at_ms;
        let mut profile = profile.clone();
        profile.items.retain(|item| item.key != newest.item);
        (at_ms >= since_ms && at_ms <= now_ms).then_some(Self { item: newest.item, profile, at_ms })
    }

    /// The place of the held-out item in the list of the first `limit`, from 0; `None` when it is not among them.
    pub(crate) fn place(&self, table: &Bytes, policy: Policy, limit: usize) -> Option<usize> {
        let request = self.request(policy, limit);
        let mut context = Context::new(table, None, self.profile_of(table), &request);
        let list = Listing::default().page(&mut context);
        list.iter().position(|ranked| ranked.key == self.item)
    }

    /// The parts of the score of the held-out item, and of another candidate: the `draw`-th modulo their number.
    pub(crate) fn parts<const N: usize>(&self, table: &Bytes, draw: u64) -> Option<([f32; N], [f32; N])> {
        let request = self.request(Policy::default(), 1);
        let context = Context::new(table, None, self.profile_of(table), &request);
        context.profile?;
        let mut scored = candidates::gather(&context);
        let stages = [
            Stage::Select(eligibility::keep_eligible),
            Stage::Arrange(lists::score_lists),
            Stage::Arrange(popularity::score_popularity),
            Stage::Arrange(affinity::score_affinity),
        ];
        run(&stages, &mut scored, &context);
        let wanted = scored.iter().position(|candidate| candidate.key == self.item)?;
        let wanted = scored.swap_remove(wanted);
        let other = draw.checked_rem(scored.len() as u64).and_then(|index| scored.get(index as usize))?;
        let parts = |parts: &[f32]| parts.first_chunk().copied();
        Some((parts(&wanted.parts)?, parts(&other.parts)?))
    }

    /// A profile of other keys says nothing to a table.
    fn profile_of(&self, table: &Bytes) -> Option<&Profile> {
        (self.profile.id_seed() == table.header().id_seed).then_some(&self.profile)
    }

    fn request(&self, policy: Policy, limit: usize) -> RankRequest<'static> {
        let policy = Policy { exploration: Exploration::None, ..policy };
        RankRequest { limit, policy: Some(policy), now_ms: self.at_ms, ..RankRequest::default() }
    }
}

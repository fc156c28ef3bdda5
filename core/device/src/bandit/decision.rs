//! A decision of exploration, kept until a task asks what another policy would have earned: one place of a list that
//! chance had a hand in, how much likelier the other would have listed its item, and whether it was opened.
//!
//! One a day, and of the one before as much: while a decision is fresh nobody knows yet what becomes of it. Which place is
//! told of is drawn before anybody sees the list, and the first one seen takes the day, so that what is told does not
//! depend on what became of it.

use super::{levels, linear};
use crate::consent::{Permit, Personalize};
use crate::profile::Profile;

/// Numbers kept behind those of the levels: of the newest decision, then of the one before.
pub(super) const KEPT: usize = 2 * NUMBERS;
/// Weight, strength, 1 for opened, hour since 1970 (0: none); whole hours are exact as `f32`.
const NUMBERS: usize = 4;
/// Hours until the next decision is kept.
const APART_HOURS: f32 = 24.0;
/// Hours after which what became of it is known: a listing is judged for half an hour, and an hour may have begun before it.
#[cfg(any(feature = "contribute", test))]
const SETTLED_HOURS: f32 = 2.0;
const HOUR_MS: u64 = 3_600_000;
const FIRST: usize = linear::KEPT + levels::KEPT;

/// How much likelier another policy lists an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Odds {
    /// Its lists over those of the policy in use, of as many draws: 0 to 33.
    pub(crate) weight: f32,
    /// The exploration strength of the other policy.
    pub(crate) strength: f32,
}

/// What became of one of them.
#[cfg(any(feature = "contribute", test))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decision {
    pub(crate) weight: f32,
    pub(crate) is_opened: bool,
}

impl Profile {
    /// Whether the day has its decision. A clock that was put back by more than a day does not keep it taken.
    pub(crate) fn has_decided(&self, now_ms: u64) -> bool {
        let last = self.linear.get(FIRST + NUMBERS - 1);
        last.is_some_and(|last| (hour_of(now_ms) - last).abs() < APART_HOURS)
    }

    /// Keeps a decision whose item was shown, unless the day has one; whether it was kept. A permit of another epoch changes
    /// nothing.
    pub(super) fn decide(&mut self, permit: &Permit<Personalize>, odds: Odds, now_ms: u64) -> bool {
        if self.has_decided(now_ms) {
            return false;
        }
        let Some(kept) = self.decisions(permit) else { return false };
        let [weight, strength, opened, hour, ..] = *kept;
        *kept = [odds.weight, odds.strength, 0.0, hour_of(now_ms), weight, strength, opened, hour];
        true
    }

    /// The item of the newest decision was opened.
    pub(super) fn open_decision(&mut self, permit: &Permit<Personalize>) {
        if let Some([_, _, opened, ..]) = self.decisions(permit) {
            *opened = 1.0;
        }
    }

    fn decisions(&mut self, permit: &Permit<Personalize>) -> Option<&mut [f32; KEPT]> {
        self.evidence(permit, FIRST + KEPT)?.get_mut(FIRST..)?.first_chunk_mut()
    }

    /// The newest decision about a strength that is settled by now and not older than `since_ms`.
    #[cfg(any(feature = "contribute", test))]
    pub(crate) fn decision(&self, strength: f32, since_ms: u64, now_ms: u64) -> Option<Decision> {
        let kept = self.linear.get(FIRST..FIRST + KEPT)?;
        let settled = hour_of(now_ms) - SETTLED_HOURS;
        let found = kept.chunks_exact(NUMBERS).find(|one| one[3] <= settled)?;
        let &[weight, asked, opened, hour] = found else { return None };
        let is_asked = asked == strength && hour > 0.0 && hour >= hour_of(since_ms);
        is_asked.then_some(Decision { weight, is_opened: opened > 0.0 })
    }
}

fn hour_of(now_ms: u64) -> f32 {
    (now_ms / HOUR_MS) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{Consent, Purpose};

    const NOW_MS: u64 = 1_763_900_000_000;
    const DAY_MS: u64 = 24 * HOUR_MS;

    fn new() -> (Profile, Permit<Personalize>) {
        let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
        (Profile::new(&permit, 0), permit)
    }

    fn odds(weight: f32) -> Odds {
        Odds { weight, strength: 0.25 }
    }

    #[test]
    fn a_day_has_one_and_it_is_told_when_it_is_settled() {
        let (mut profile, permit) = new();
        let told = |profile: &Profile, now_ms: u64| {
            let found = profile.decision(0.25, now_ms - 7 * DAY_MS, now_ms);
            found.map(|Decision { weight, is_opened }| (weight, is_opened))
        };
        assert!(profile.decide(&permit, odds(0.5), NOW_MS));
        assert!(!profile.decide(&permit, odds(4.0), NOW_MS + DAY_MS - 2 * HOUR_MS), "the day is taken");
        assert_eq!(told(&profile, NOW_MS + HOUR_MS / 2), None, "nobody knows yet");
        profile.open_decision(&permit);
        assert_eq!(told(&profile, NOW_MS + 3 * HOUR_MS), Some((0.5, true)));
        assert!(profile.decide(&permit, odds(2.0), NOW_MS + DAY_MS));
        assert_eq!(
            told(&profile, NOW_MS + DAY_MS),
            Some((0.5, true)),
            "the one before, while the new one is fresh"
        );
        assert_eq!(told(&profile, NOW_MS + DAY_MS + 3 * HOUR_MS), Some((2.0, false)));
        assert_eq!(told(&profile, NOW_MS + 9 * DAY_MS), None, "too old");
        assert_eq!(profile.decision(0.5, 0, NOW_MS + 2 * DAY_MS), None, "another strength");
        assert!(profile.decide(&permit, odds(1.0), NOW_MS - DAY_MS), "the clock was put back");
    }

    #[test]
    fn it_survives_the_bytes_and_leaves_the_other_numbers_alone() {
        let (mut profile, permit) = new();
        profile.learn(&permit, &[0.5; linear::FEATURES], true, true);
        profile.learn_level(&permit, 2, true, true);
        let before = profile.linear.clone();
        assert!(profile.decide(&permit, odds(3.5), NOW_MS));
        assert_eq!(profile.linear[..FIRST], before);
        let (learned, level) = (profile.linear[0], profile.linear[linear::KEPT + 2]);
        profile.learn(&permit, &[0.5; linear::FEATURES], true, true);
        profile.learn_level(&permit, 2, true, true);
        assert!(
            profile.linear[0] > learned && profile.linear[linear::KEPT + 2] > level,
            "they go on learning"
        );
        let read = Profile::decode(&profile.encode()).unwrap();
        let found = read.decision(0.25, 0, NOW_MS + DAY_MS).unwrap();
        assert_eq!(found, Decision { weight: 3.5, is_opened: false });
        profile.linear.resize(FIRST + KEPT + 3, 0.5);
        profile.open_decision(&permit);
        let opened = profile.decision(0.25, 0, NOW_MS + DAY_MS).unwrap();
        assert!(opened.is_opened, "what a later release keeps behind it is not taken for it");
        profile.linear.truncate(7);
        assert_eq!(profile.decision(0.25, 0, NOW_MS + DAY_MS), None);
        profile.open_decision(&permit);
        assert!(profile.decide(&permit, odds(1.0), NOW_MS), "what is none of ours is dropped");
    }
}

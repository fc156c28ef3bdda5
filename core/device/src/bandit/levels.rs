//! Belief about how varied a list this visitor likes: of five levels of λ between the placement's bounds, the click rate
//! of what was listed under each.
//!
//! The levels are shares of the way from the most varied list that a placement allows to the most focused one, so that
//! placements with bounds of their own learn from one another.

use homebody_protocol::models::DiversityBounds;

use super::arms::Arm;
use super::linear::{self, FORGETTING};
use super::random::Random;
use crate::consent::{Permit, Personalize};
use crate::profile::Profile;

/// Levels between the bounds, both of them among these.
pub(crate) const LEVELS: usize = 5;
/// Numbers kept behind those of the linear bandit: for each level impressions, then for each level openings.
pub(super) const KEPT: usize = 2 * LEVELS;
/// Draws that the chances are counted over, besides the one that counts.
const REDRAWS: u32 = 32;
/// Sets these draws apart from those for items.
const STREAM: u32 = 0x6c61_6d62;

/// A level drawn for one list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Drawn {
    /// 0 the most varied one, to [`LEVELS`] − 1 the most focused one.
    pub(crate) level: usize,
    /// How likely each level was to be drawn; they sum to 1.
    pub(crate) chances: [f32; LEVELS],
}

impl Drawn {
    /// Draws a level by Thompson sampling (Thompson 1933): the one with the best of five draws of a click rate.
    ///
    /// The chances are the shares of 32 further draws, and the one that counts.
    pub(crate) fn of(profile: &Profile, seed: u32) -> Self {
        let beliefs = core::array::from_fn(|level| belief(evidence(profile), level));
        let level = best(&beliefs, seed, 0);
        let mut hits = [0.0f32; LEVELS];
        hits[level] = 1.0;
        for stream in 1..=REDRAWS {
            hits[best(&beliefs, seed, stream)] += 1.0;
        }
        Self { level, chances: hits.map(|hits| hits / (REDRAWS + 1) as f32) }
    }
}

/// λ of a level between two bounds; never outside of them.
pub(crate) fn lambda(DiversityBounds { least, most }: DiversityBounds, level: usize) -> f32 {
    let share = level as f32 / (LEVELS - 1) as f32;
    // This way the ends are the bounds, to the bit. (`clamp` would bring along how its panic writes numbers.)
    (least * (1.0 - share) + most * share).max(least).min(most)
}

/// Impressions and openings by level; empty before anything was learned.
fn evidence(profile: &Profile) -> &[f32] {
    profile.linear.get(linear::KEPT..linear::KEPT + KEPT).unwrap_or_default()
}

fn belief(evidence: &[f32], level: usize) -> Arm {
    let kept = |at: usize| linear::bounded(evidence.get(at).copied().unwrap_or(0.0)).max(0.0);
    Arm::usual(kept(LEVELS + level), kept(level))
}

fn best(beliefs: &[Arm; LEVELS], seed: u32, stream: u32) -> usize {
    let (mut best, mut highest) = (0, -1.0);
    for (level, arm) in beliefs.iter().enumerate() {
        let rate = arm.draw(&mut Random::of(seed ^ STREAM, stream * LEVELS as u32 + level as u32));
        if rate > highest {
            (best, highest) = (level, rate);
        }
    }
    best
}

impl Profile {
    /// Books what became of an item that was listed under a level: shown, or opened, or both at once.
    ///
    /// An impression forgets a little of everything before; a permit of another epoch changes nothing.
    pub(super) fn learn_level(
        &mut self,
        permit: &Permit<Personalize>,
        level: usize,
        shown: bool,
        opened: bool,
    ) {
        let Some(kept) = self.evidence(permit, linear::KEPT + KEPT) else { return };
        let kept = &mut kept[linear::KEPT..linear::KEPT + KEPT];
        if shown {
            kept.iter_mut().for_each(|count| *count = linear::bounded(*count * FORGETTING));
            kept[level] += 1.0;
        }
        if opened {
            kept[LEVELS + level] += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{Consent, Purpose};
    use proptest::prelude::*;

    fn learned(rates: [f32; LEVELS], times: usize) -> Profile {
        let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
        let mut profile = Profile::new(&permit, 0);
        for turn in 0..times {
            for (level, rate) in rates.into_iter().enumerate() {
                let opened = Random::of(turn as u32, level as u32).unit() < rate;
                profile.learn_level(&permit, level, true, opened);
            }
        }
        profile
    }

    #[test]
    fn what_is_clicked_more_is_drawn_more_and_the_chances_say_how_often() {
        let profile = learned([0.05, 0.1, 0.2, 0.3, 0.25], 60);
        let drawn: Vec<Drawn> = (0..2_000).map(|seed| Drawn::of(&profile, seed)).collect();
        let mut shares = [0.0; LEVELS];
        let mut chances = [0.0; LEVELS];
        for one in &drawn {
            shares[one.level] += 1.0 / 2_000.0;
            assert!((one.chances.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            chances.iter_mut().zip(one.chances).for_each(|(sum, chance)| *sum += chance / 2_000.0);
        }
        assert!(shares[3] > shares[4] && shares[4] > shares[2] && shares[0] < 0.01, "{shares:?}");
        for (share, chance) in shares.iter().zip(chances) {
            assert!((share - chance).abs() < 0.03, "{shares:?} {chances:?}");
        }
    }

    #[test]
    fn nothing_learned_draws_every_level_and_old_evidence_fades() {
        let nobody = learned([0.0; LEVELS], 0);
        let mut drawn = [0; LEVELS];
        (0..1_000).for_each(|seed| drawn[Drawn::of(&nobody, seed).level] += 1);
        assert!(drawn.iter().all(|&times| times > 120), "{drawn:?}");
        assert!(learned([1.0; LEVELS], 3_000).linear.iter().all(|&count| count <= 501.0));
    }

    #[test]
    fn the_linear_bandit_and_the_levels_do_not_touch_one_another() {
        let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
        let mut profile = Profile::new(&permit, 0);
        profile.learn(&permit, &[0.5; linear::FEATURES], true, true);
        let before = profile.linear.clone();
        profile.learn_level(&permit, 2, true, true);
        assert_eq!(profile.linear[..linear::KEPT], before);
        assert_eq!(evidence(&profile), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        profile.learn(&permit, &[0.5; linear::FEATURES], true, false);
        assert_eq!(evidence(&profile)[2], 1.0, "learning of the one keeps the other");
        profile.linear.truncate(7);
        profile.learn_level(&permit, 0, true, false);
        assert_eq!(profile.linear.iter().sum::<f32>(), 1.0, "what is no evidence of ours is dropped");
    }

    proptest! {
        #[test]
        fn bounds_are_never_left_whatever_is_stored(
            stored in prop::collection::vec(prop::num::f32::ANY, KEPT), seed: u32, a in 0f32..=1.0, b in 0f32..=1.0,
        ) {
            let mut profile = learned([0.0; LEVELS], 0);
            profile.linear = [vec![0.0; linear::KEPT], stored].concat();
            let drawn = Drawn::of(&profile, seed);
            let bounds = DiversityBounds { least: a.min(b), most: a.max(b) };
            prop_assert!(drawn.level < LEVELS && drawn.chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
            prop_assert!((bounds.least..=bounds.most).contains(&lambda(bounds, drawn.level)));
            prop_assert_eq!(lambda(bounds, 0), bounds.least);
            prop_assert_eq!(lambda(bounds, LEVELS - 1), bounds.most);
        }
    }
}

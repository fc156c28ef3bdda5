//! Which segment the visitor is in: the likeliest, with hysteresis.

use homebody_protocol::features::FEATURES;
use homebody_protocol::models::{Segment, Segments};

use crate::consent::{Permit, Personalize};
use crate::profile::Profile;

/// A segment left and the one entered, each by its place in the pool's segments.
pub type SegmentChange = (Option<u8>, Option<u8>);

/// The segment of a visitor with these features who was in `current` so far.
///
/// Each segment is a Gaussian with a diagonal covariance over the standardised features. Another segment must have a
/// log posterior larger than that of the current one by more than [`Segments::hysteresis`], so that nobody flickers at
/// a border. Without segments nothing changes; a place that no longer exists counts as none.
pub fn choose(segments: &Segments, features: &[f32; FEATURES], current: Option<u8>) -> Option<u8> {
    let mut best: Option<(u8, f32)> = None;
    let mut held = None;
    for (segment, place) in segments.all.iter().zip(0u8..) {
        let likely = log_posterior(segments, segment, features);
        if current == Some(place) {
            held = Some(likely);
        }
        if best.is_none_or(|(_, most)| likely > most) {
            best = Some((place, likely));
        }
    }
    let Some((place, most)) = best else { return current };
    let stays = held.is_some_and(|held| most <= held + segments.hysteresis);
    if stays { current } else { Some(place) }
}

/// `ln share − ½ Σ (ln variance + (z − mean)² / variance)`: the log posterior but for what all segments share. Never
/// NaN: what overflows is −∞.
fn log_posterior(segments: &Segments, segment: &Segment, features: &[f32; FEATURES]) -> f32 {
    let mut likely = libm::logf(segment.share);
    for (index, value) in features.iter().enumerate() {
        let away = (value - segments.mean[index]) / segments.sd[index] - segment.mean[index];
        let variance = segment.variance[index];
        likely -= 0.5 * (libm::logf(variance) + away * away / variance);
    }
    likely
}

/// Moves the visitor to the segment that fits what was just booked; the change, if it is one.
#[inline(never)]
pub(crate) fn follow(
    segments: &Segments,
    profile: &mut Profile,
    permit: &Permit<Personalize>,
    now_ms: u64,
) -> Option<SegmentChange> {
    let features = profile.summary(now_ms).features();
    let next = choose(segments, &features, profile.segment);
    profile.enter_segment(permit, next)
}

/// Two changes in a row as one; `None` when they lead back.
pub(crate) fn merged(first: Option<SegmentChange>, second: Option<SegmentChange>) -> Option<SegmentChange> {
    let (from, to) = match (first, second) {
        (Some((from, _)), Some((_, to))) => (from, to),
        (change, None) | (None, change) => return change,
    };
    (from != to).then_some((from, to))
}

impl Profile {
    /// Moves to a segment; the change, if it is one. Nothing is changed when the permit is of another epoch.
    pub(crate) fn enter_segment(
        &mut self,
        permit: &Permit<Personalize>,
        segment: Option<u8>,
    ) -> Option<SegmentChange> {
        let from = self.segment;
        if permit.epoch() != self.epoch || segment == from {
            return None;
        }
        self.segment = segment;
        Some((from, segment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Two segments that differ by the first feature alone: around 0 and around `apart`.
    fn two(apart: f32, hysteresis: f32) -> Segments {
        let segment = |name: &str, centre| {
            let mut mean = [0.0; FEATURES];
            mean[0] = centre;
            Segment { name: name.to_owned(), share: 0.5, mean, variance: [1.0; FEATURES] }
        };
        Segments {
            mean: vec![0.0; FEATURES],
            sd: vec![1.0; FEATURES],
            hysteresis,
            all: vec![segment("browser", 0.0), segment("buyer", apart)],
        }
    }

    fn at(first: f32) -> [f32; FEATURES] {
        let mut features = [0.0; FEATURES];
        features[0] = first;
        features
    }

    #[test]
    fn a_visitor_moves_only_when_another_segment_is_clearly_likelier() {
        // The log posteriors differ by `2 x − 2` for centres 0 and 2.
        let segments = two(2.0, 1.0);
        assert_eq!(choose(&segments, &at(0.9), None), Some(0));
        assert_eq!(choose(&segments, &at(1.1), None), Some(1), "nothing holds a newcomer back");
        assert_eq!(choose(&segments, &at(1.4), Some(0)), Some(0), "likelier by 0.8");
        assert_eq!(choose(&segments, &at(1.6), Some(0)), Some(1), "likelier by 1.2");
        assert_eq!(choose(&segments, &at(0.6), Some(1)), Some(1));
        assert_eq!(choose(&segments, &at(0.4), Some(1)), Some(0));
    }

    #[test]
    fn shares_and_variances_count() {
        let mut segments = two(2.0, 0.0);
        segments.all[1].share = 5.0;
        assert_eq!(choose(&segments, &at(0.5), None), Some(1), "ten times as many");
        let mut segments = two(2.0, 0.0);
        segments.all[0].variance[0] = 100.0;
        assert_eq!(choose(&segments, &at(-9.0), None), Some(0));
        assert_eq!(choose(&segments, &at(1.5), None), Some(1), "the narrow one is dense at its centre");
    }

    #[test]
    fn no_segments_change_nothing_and_lost_ones_are_left() {
        assert_eq!(choose(&Segments::default(), &at(1.0), Some(3)), Some(3));
        assert_eq!(choose(&two(2.0, 9.0), &at(3.0), Some(7)), Some(1));
    }

    #[test]
    fn changes_add_up() {
        assert_eq!(merged(None, Some((None, Some(1)))), Some((None, Some(1))));
        assert_eq!(merged(Some((Some(0), Some(1))), Some((Some(1), Some(2)))), Some((Some(0), Some(2))));
        assert_eq!(merged(Some((Some(0), Some(1))), Some((Some(1), Some(0)))), None);
    }

    proptest! {
        #[test]
        fn with_hysteresis_a_second_look_never_moves(
            first in -1e30f32..1e30, hysteresis in 0.0f32..10.0, sd in prop::sample::select(vec![1e-38f32, 1.0, 1e38]),
        ) {
            let mut segments = two(2.0, hysteresis);
            segments.sd = vec![sd; FEATURES];
            let once = choose(&segments, &at(first), None);
            prop_assert!(once.is_some());
            prop_assert_eq!(choose(&segments, &at(first), once), once);
        }
    }
}

//! What a visit was like before it was known how it ended: the example that intent is learned from.

use homebody_protocol::features::FEATURES;
use homebody_protocol::wire::{Reader, put_f32s};

use crate::profile::Profile;

/// Interactions of a session after which the visitor is looked at.
const LOOKED_AT_AFTER: f32 = 3.0;
/// A visit has ended, with or without a purchase, after so long.
const ENDED_AFTER_MS: u64 = 86_400_000;

/// A visit with its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    /// The visitor's features early in the visit.
    pub features: [f32; FEATURES],
    /// The probability of a purchase that was predicted then; negative for none.
    pub predicted: f32,
    /// Whether something was bought within a day.
    pub purchased: bool,
    /// When it was looked at, milliseconds since 1970.
    pub at_ms: u64,
}

/// A visit on its way, and the last one that ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VisitNote {
    open: Option<Visit>,
    ended: Option<Visit>,
}

impl VisitNote {
    /// Takes note of a profile: looks at a visitor once in a visit, and later whether they bought. To be called after
    /// interactions, as often as wanted. `predicted`: [`crate::Device::intent`].
    pub fn follow(&mut self, profile: &Profile, predicted: Option<f32>, now_ms: u64) {
        if let Some(open) = &mut self.open {
            let bought_ms = profile.orders().last_at_ms;
            open.purchased |= bought_ms > open.at_ms && bought_ms - open.at_ms <= ENDED_AFTER_MS;
            if open.purchased || now_ms.saturating_sub(open.at_ms) >= ENDED_AFTER_MS {
                self.ended = self.open.take();
            }
            return;
        }
        let is_news = self.ended.is_none_or(|ended| now_ms.saturating_sub(ended.at_ms) >= ENDED_AFTER_MS);
        let summary = profile.summary(now_ms);
        if is_news && summary.session_interactions >= LOOKED_AT_AFTER {
            let predicted = predicted.filter(|chance| (0.0..=1.0).contains(chance)).unwrap_or(-1.0);
            let features = summary.features();
            self.open = Some(Visit { features, predicted, purchased: false, at_ms: now_ms });
        }
    }

    /// The last visit that ended.
    pub fn ended(&self) -> Option<&Visit> {
        self.ended.as_ref()
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for visit in [&self.open, &self.ended] {
            out.push(u8::from(visit.is_some()));
            if let Some(visit) = visit {
                out.extend(visit.at_ms.to_le_bytes());
                out.push(u8::from(visit.purchased));
                put_f32s(out, &[visit.predicted]);
                put_f32s(out, &visit.features);
            }
        }
    }

    pub(super) fn read(input: &mut Reader<'_>) -> Self {
        let mut visit = || {
            let is_there = input.u8();
            input.ensure(is_there <= 1);
            (is_there == 1).then(|| {
                let at_ms = u64::from_le_bytes(input.take());
                let purchased = input.u8();
                input.ensure(purchased <= 1);
                let predicted = input.f32();
                Visit {
                    at_ms,
                    purchased: purchased == 1,
                    predicted,
                    features: core::array::from_fn(|_| input.f32()),
                }
            })
        };
        Self { open: visit(), ended: visit() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Known;
    use crate::{Consent, Interaction, Purpose};
    use homebody_protocol::Kind;

    const NOW_MS: u64 = 1_763_900_000_000;

    #[test]
    fn a_visit_is_looked_at_once_and_ends_with_a_purchase_or_a_day() {
        let permit = Consent::none().granted(Purpose::Personalize).personalize().unwrap();
        let mut profile = Profile::new(&permit, 0);
        let mut note = VisitNote::default();
        let mut tell = |note: &mut VisitNote, kind, now_ms| {
            profile.apply(&permit, &Interaction::new(kind, "a"), &Known::default(), now_ms).unwrap();
            note.follow(&profile, Some(0.25), now_ms);
        };
        tell(&mut note, Kind::Click, NOW_MS);
        tell(&mut note, Kind::View, NOW_MS + 1_000);
        assert_eq!(note, VisitNote::default(), "too early");
        tell(&mut note, Kind::CartAdd, NOW_MS + 2_000);
        assert!(note.open.is_some() && note.ended().is_none());
        tell(&mut note, Kind::Purchase, NOW_MS + 60_000);
        let visit = *note.ended().unwrap();
        assert!(visit.purchased && visit.predicted == 0.25 && visit.at_ms == NOW_MS + 2_000);
        assert_eq!(visit.features[4], 0.0, "before the purchase");
        tell(&mut note, Kind::Click, NOW_MS + 70_000);
        assert!(note.open.is_none(), "one example a day");
        for step in 0..4 {
            tell(&mut note, Kind::Click, NOW_MS + 3 * ENDED_AFTER_MS + step);
        }
        assert!(note.open.is_some());
        note.follow(&profile, None, NOW_MS + 5 * ENDED_AFTER_MS);
        assert!(!note.ended().unwrap().purchased && note.open.is_none());
        let mut bytes = Vec::new();
        note.write(&mut bytes);
        let mut input = Reader::new(&bytes);
        assert_eq!((VisitNote::read(&mut input), input.is_done()), (note, true));
    }
}

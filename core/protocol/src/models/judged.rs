//! The policy that lists are judged for besides the one that makes them.

use crate::wire::{Reader, Section, put_f32s};

/// What is asked about is another strength of exploration: devices work out how much likelier it would have listed what
/// they list. Lists stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Deserialize, serde::Serialize), serde(deny_unknown_fields))]
pub struct Judged {
    /// The other strength, above 0 and at most [`Judged::MOST`]; 0 asks about nothing.
    pub exploration_strength: f32,
}

impl Judged {
    /// The largest strength that is asked about.
    pub const MOST: f32 = 100.0;

    /// Whether the strength is in its range.
    #[must_use]
    pub fn is_sane(&self) -> bool {
        (0.0..=Self::MOST).contains(&self.exploration_strength)
    }
}

impl Section for Judged {
    const TAG: &'static str = "JUDG";

    fn write(&self, out: &mut Vec<u8>) {
        put_f32s(out, &[self.exploration_strength]);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let judged = Self { exploration_strength: input.f32() };
        input.ensure(judged.is_sane());
        judged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::decode;

    #[test]
    fn a_strength_is_read_as_written_and_refused_out_of_range() {
        let written = |exploration_strength: f32| {
            let mut bytes = Vec::new();
            Judged { exploration_strength }.write(&mut bytes);
            decode::<Judged>(&bytes)
        };
        for exploration_strength in [0.0, 0.25, 1.0, 100.0] {
            assert_eq!(written(exploration_strength), Some(Judged { exploration_strength }));
        }
        for strength in [-0.1, 100.5, f32::NAN, f32::INFINITY] {
            assert_eq!(written(strength), None, "{strength}");
        }
        assert_eq!(decode::<Judged>(&[]), None);
    }
}

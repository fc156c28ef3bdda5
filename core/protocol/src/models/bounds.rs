//! What a placement leaves to the device.

use crate::wire::{Reader, Section, put_f32s};

/// Between what bounds each device chooses λ of maximal marginal relevance by what its visitor opens.
///
/// Open where `least < most`; otherwise λ is the policy's `diversity`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Deserialize, serde::Serialize), serde(deny_unknown_fields))]
pub struct DiversityBounds {
    /// λ of the most varied list, 0–1.
    pub least: f32,
    /// λ of the most focused list, 0–1.
    pub most: f32,
}

impl DiversityBounds {
    /// Whether anything is left to the device.
    #[must_use]
    pub fn are_open(&self) -> bool {
        self.least < self.most
    }

    /// Whether both are in their range and the one is not above the other.
    #[must_use]
    pub fn are_sane(&self) -> bool {
        0.0 <= self.least && self.least <= self.most && self.most <= 1.0
    }
}

impl Section for DiversityBounds {
    const TAG: &'static str = "DIVB";

    fn write(&self, out: &mut Vec<u8>) {
        put_f32s(out, &[self.least, self.most]);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let bounds = Self { least: input.f32(), most: input.f32() };
        input.ensure(bounds.are_sane());
        bounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::decode;

    fn written(least: f32, most: f32) -> Option<DiversityBounds> {
        let mut bytes = Vec::new();
        DiversityBounds { least, most }.write(&mut bytes);
        decode(&bytes)
    }

    #[test]
    fn bounds_are_read_as_written_and_refused_out_of_range() {
        for (least, most) in [(0.0, 0.0), (0.0, 1.0), (0.3, 0.9), (0.5, 0.5)] {
            assert_eq!(written(least, most), Some(DiversityBounds { least, most }));
        }
        for (least, most) in [(0.9, 0.3), (-0.1, 0.5), (0.5, 1.1), (f32::NAN, 0.5), (0.5, f32::INFINITY)] {
            assert_eq!(written(least, most), None, "{least} {most}");
        }
        assert_eq!(decode::<DiversityBounds>(&[0; 7]), None);
    }
}

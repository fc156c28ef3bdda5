//! Visitor segments: nearest centre, or the likeliest component of a mixture.

use crate::features::FEATURES;
use crate::wire::{Reader, Section, put_count, put_f32s, put_text};

/// Most segments.
pub const MAX_SEGMENTS: usize = 16;

/// One segment: a Gaussian with a diagonal covariance over standardised features. Equal shares and unit variances
/// everywhere make it k-means.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Name shown to the site and the visitor.
    pub name: String,
    /// Share of all visitors, > 0.
    pub share: f32,
    /// Centre over standardised features.
    pub mean: [f32; FEATURES],
    /// Variance of each standardised feature, > 0.
    pub variance: [f32; FEATURES],
}

/// The segments of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segments {
    /// Mean of each feature of [`crate::features`] over visitors, for standardisation; empty without segments.
    pub mean: Vec<f32>,
    /// Standard deviation of each, > 0.
    pub sd: Vec<f32>,
    /// How much likelier (in log units) another segment must be before a visitor moves to it, ≥ 0.
    pub hysteresis: f32,
    /// The segments.
    pub all: Vec<Segment>,
}

impl Segments {
    /// Whether there are any.
    pub fn are_known(&self) -> bool {
        !self.all.is_empty()
    }
}

impl Section for Segments {
    const TAG: &'static str = "SEGM";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, self.all.len());
        put_count(out, FEATURES);
        put_f32s(out, &[self.hysteresis]);
        put_f32s(out, &self.mean);
        put_f32s(out, &self.sd);
        for segment in &self.all {
            put_f32s(out, &[segment.share]);
            put_f32s(out, &segment.mean);
            put_f32s(out, &segment.variance);
            put_text(out, &segment.name);
        }
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let count = input.count(MAX_SEGMENTS);
        // Features of another release would be read in the wrong places.
        let features = input.count(FEATURES);
        input.ensure(features == FEATURES);
        let hysteresis = input.f32();
        input.ensure(hysteresis >= 0.0);
        let mean = input.f32s(FEATURES, Reader::f32);
        let sd = input.f32s(FEATURES, Reader::positive);
        let all = (0..count).map(|_| segment(input)).collect();
        Self { mean, sd, hysteresis, all }
    }
}

fn segment(input: &mut Reader<'_>) -> Segment {
    let share = input.positive();
    let mean = core::array::from_fn(|_| input.f32());
    let variance = core::array::from_fn(|_| input.positive());
    Segment { name: input.text(), share, mean, variance }
}

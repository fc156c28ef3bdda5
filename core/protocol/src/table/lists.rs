//! Neighbour lists: for each candidate, the history items that speak for it.

use super::columns::{f32_at, u32_at};
use super::layout::ListLayout;
use crate::history::Decay;

/// Where the lists of a set come from; decides how their contributions are explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ListSource {
    /// Learned from sums over visitors: "others who liked X liked this".
    Collaborative = 0,
    /// Computed from the catalogue: "similar to X".
    Content = 1,
}

/// One list a row, all with the same decay and standardisation.
///
/// On the wire: `u8` source, `u8` decay (0 positions, 1 days), `u8` index width (2 or 4), `u8` 0,
/// `f32` decay value, weight, mean, sd, `u32` entries, `u32 × (rows + 1)` offsets, `f32 × rows` scales,
/// entries × index into the vocabulary (padded to 4 bytes), entries × `i8` weight.
#[derive(Clone, Copy, Debug)]
pub struct ListSet<'a> {
    bytes: &'a [u8],
    layout: &'a ListLayout,
}

impl<'a> ListSet<'a> {
    pub(super) fn new(bytes: &'a [u8], layout: &'a ListLayout) -> Self {
        Self { bytes, layout }
    }

    /// Where the lists come from.
    pub fn source(&self) -> ListSource {
        self.layout.source
    }

    /// How a history is decayed before it is scored against these lists.
    pub fn decay(&self) -> Decay {
        self.layout.decay
    }

    /// Weight of the standardised list score in the blend.
    pub fn weight(&self) -> f32 {
        self.layout.weight
    }

    /// Catalogue-wide mean of the list score.
    pub fn mean(&self) -> f32 {
        self.layout.mean
    }

    /// Catalogue-wide standard deviation of the list score, > 0.
    pub fn sd(&self) -> f32 {
        self.layout.sd
    }

    /// What one unit of an 8-bit weight is worth in a row.
    pub fn scale(&self, row: usize) -> f32 {
        f32_at(&self.bytes[self.layout.scales.clone()], row)
    }

    /// Vocabulary index and 8-bit weight of the entries of a row, strongest first.
    pub fn entries(&self, row: usize) -> impl Iterator<Item = (usize, i8)> + use<'a> {
        let (indices, weights) = self.columns(row);
        let entry = |(index, weight): (&[u8], &u8)| (place(index), i8::from_le_bytes([*weight]));
        indices.chunks_exact(self.layout.index_width).zip(weights).map(entry)
    }

    /// `Σ weight(entry) × history(entry)` over the entries of a row, in their order; an entry outside `history` is 0.
    pub(crate) fn dot(&self, row: usize, history: &[f32]) -> f32 {
        let (indices, weights) = self.columns(row);
        // The hottest loop of a ranking, once for each width: which it is must not be asked at every entry.
        match self.layout.index_width {
            2 => sum(indices.as_chunks().0, weights, history, |index| usize::from(u16::from_le_bytes(index))),
            _ => sum(indices.as_chunks().0, weights, history, |index| u32::from_le_bytes(index) as usize),
        }
    }

    /// Indices and weights of a row, as bytes.
    fn columns(&self, row: usize) -> (&'a [u8], &'a [u8]) {
        let offsets = &self.bytes[self.layout.offsets.clone()];
        let (start, end) = (u32_at(offsets, row) as usize, u32_at(offsets, row + 1) as usize);
        let width = self.layout.index_width;
        let indices = &self.bytes[self.layout.indices.clone()][start * width..end * width];
        (indices, &self.bytes[self.layout.weights.clone()][start..end])
    }
}

fn sum<const N: usize>(
    indices: &[[u8; N]],
    weights: &[u8],
    history: &[f32],
    place: impl Fn([u8; N]) -> usize,
) -> f32 {
    let mut sum = 0.0f32;
    for (&index, &weight) in indices.iter().zip(weights) {
        if let Some(strength) = history.get(place(index)) {
            sum += f32::from(i8::from_le_bytes([weight])) * strength;
        }
    }
    sum
}

/// A vocabulary index of 2 or 4 bytes.
fn place(bytes: &[u8]) -> usize {
    match *bytes {
        [a, b] => usize::from(u16::from_le_bytes([a, b])),
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]) as usize,
        _ => usize::MAX,
    }
}

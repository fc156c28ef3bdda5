//! The one sort of the browser modules.

use std::collections::BinaryHeap;

/// Ascending. A heap's sort, which ranking has anyway: the standard library's others are ten times the code.
#[inline(never)]
pub(crate) fn sorted(entries: Vec<(u64, usize)>) -> Vec<(u64, usize)> {
    BinaryHeap::from(entries).into_sorted_vec()
}

/// A number that falls as the float rises: IEEE 754 bits, of which negative ones are stored mirrored.
pub(crate) fn falling(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits >> 31 == 0 { !(bits | 1 << 31) } else { bits }
}

//! Little-endian columns read in place, whatever the alignment of the bytes.

use core::ops::Range;

/// Where the offsets and the text of a string column lie.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    pub(super) offsets: Range<usize>,
    pub(super) text: Range<usize>,
}

#[inline]
pub(super) fn u16_at(column: &[u8], index: usize) -> u16 {
    let start = index * 2;
    u16::from_le_bytes([column[start], column[start + 1]])
}

#[inline]
pub(super) fn u32_at(column: &[u8], index: usize) -> u32 {
    let bytes = &column[index * 4..index * 4 + 4];
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[inline]
pub(super) fn f32_at(column: &[u8], index: usize) -> f32 {
    f32::from_bits(u32_at(column, index))
}

/// Text `index` of a column that [`super::parse`] found to be UTF-8 cut at character boundaries.
pub(super) fn text_at<'a>(bytes: &'a [u8], texts: &Texts, index: usize) -> &'a str {
    let offsets = &bytes[texts.offsets.clone()];
    let text = &bytes[texts.text.clone()];
    let cut = &text[u32_at(offsets, index) as usize..u32_at(offsets, index + 1) as usize];
    core::str::from_utf8(cut).unwrap_or("")
}

/// Place of `wanted` in an ascending column.
pub(super) fn find_u32(column: &[u8], wanted: u32) -> Option<usize> {
    let (mut low, mut high) = (0, column.len() / 4);
    while low < high {
        let middle = low + (high - low) / 2;
        match u32_at(column, middle).cmp(&wanted) {
            core::cmp::Ordering::Equal => return Some(middle),
            core::cmp::Ordering::Less => low = middle + 1,
            core::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

/// FNV-1a over the little-endian words of `bytes`, the word at `skip` (a multiple of 4) taken as 0.
///
/// Each step is a bijection of the state, so any single changed word changes the sum.
pub(super) fn checksum(bytes: &[u8], skip: usize) -> u32 {
    let mut hash = 0x811c_9dc5u32;
    for index in 0..bytes.len() / 4 {
        let word = if index * 4 == skip { 0 } else { u32_at(bytes, index) };
        hash = (hash ^ word).wrapping_mul(0x0100_0193);
    }
    hash
}

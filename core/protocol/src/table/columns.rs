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
    u16::from_le_bytes(column.as_chunks().0[index])
}

#[inline]
pub(super) fn u32_at(column: &[u8], index: usize) -> u32 {
    u32::from_le_bytes(column.as_chunks().0[index])
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
    column.as_chunks().0.binary_search_by_key(&wanted, |&word| u32::from_le_bytes(word)).ok()
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

//! Bytes of [`Sums`], so that a server can keep sums and forget rows.
//!
//! ```text
//! "HBSM"  u16 version = 1  u16 sequence pairs  u32 head items  u32 keys × head
//! G: triangle
//! per pair: history decay, future decay (u8 kind: 0 positions, 1 days; f32 value)  A: triangle  C: full
//! triangle, full: rows × { u32 entries, entries × (u32 column, f32 value) }; a triangle has columns ≥ row
//! ```
//!
//! Little-endian; zero cells are left out.

use crate::sums::{Columns, SequenceDecay, SequenceSums, Sums};
use homebody_protocol::{Decay, ItemKey};

const MAGIC: &[u8; 4] = b"HBSM";
/// The version this crate writes, and the newest it reads.
pub const VERSION: u16 = 1;
/// A head larger than this was not written by us: refuse before allocating its square.
const MAX_HEAD: usize = 16_384;
/// Most pairs of A and C.
const MAX_PAIRS: u16 = 8;

/// Why bytes are no sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SumsError {
    /// Other magic bytes.
    #[error("these bytes are not sums")]
    NotSums,
    /// Written by a newer program.
    #[error("the sums have version `{0}`, this program reads up to {VERSION}; update it")]
    Version(u16),
    /// Cut short or damaged.
    #[error("the sums are damaged")]
    Damaged,
}

impl SumsError {
    /// Stable code for logs and problem details.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSums => "not_sums",
            Self::Version(_) => "sums_version",
            Self::Damaged => "sums_damaged",
        }
    }
}

impl Sums {
    /// Encodes to bytes; the same sums give the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((self.sequences.len() as u16).to_le_bytes());
        bytes.extend((self.keys.len() as u32).to_le_bytes());
        bytes.extend(self.keys.iter().flat_map(|key| key.0.to_le_bytes()));
        write_rows(&mut bytes, &self.gram, true);
        for (decay, sums) in &self.sequences {
            write_decay(&mut bytes, decay.history);
            write_decay(&mut bytes, decay.future);
            write_rows(&mut bytes, &sums.history, true);
            write_rows(&mut bytes, &sums.future.transposed(), false);
        }
        bytes
    }

    /// Reads what [`Sums::encode`] wrote.
    ///
    /// # Errors
    /// [`SumsError`] on anything else; never panics.
    pub fn decode(bytes: &[u8]) -> Result<Self, SumsError> {
        let mut reader = Reader { rest: bytes.strip_prefix(MAGIC).ok_or(SumsError::NotSums)? };
        let version = u16::from_le_bytes(reader.take()?);
        if version == 0 || version > VERSION {
            return Err(SumsError::Version(version));
        }
        let pairs = u16::from_le_bytes(reader.take()?);
        let side = reader.u32()? as usize;
        // Every row costs at least its key and its count, so a short file cannot claim a large square.
        if pairs > MAX_PAIRS || side > MAX_HEAD || reader.rest.len() < side * 8 {
            return Err(SumsError::Damaged);
        }
        let keys = (0..side).map(|_| reader.u32().map(ItemKey)).collect::<Result<_, _>>()?;
        let gram = reader.symmetric(side)?;
        let sequences = (0..pairs).map(|_| reader.pair(side)).collect::<Result<_, _>>()?;
        if reader.rest.is_empty() { Ok(Self { keys, gram, sequences }) } else { Err(SumsError::Damaged) }
    }

    /// Adds the sums of other visitors over the same head with the same decays; anything else is refused with
    /// `false` and changes nothing.
    pub fn merge(&mut self, other: &Self) -> bool {
        let decays = |sums: &Self| sums.sequences.iter().map(|(decay, _)| *decay).collect::<Vec<_>>();
        if self.keys != other.keys || decays(self) != decays(other) {
            return false;
        }
        let mut merged = self.gram.merge(&other.gram);
        for ((_, own), (_, added)) in self.sequences.iter_mut().zip(&other.sequences) {
            merged &= own.history.merge(&added.history) && own.future.merge(&added.future);
        }
        merged
    }
}

fn write_decay(bytes: &mut Vec<u8>, decay: Decay) {
    let (kind, value) = match decay {
        Decay::Positions { rate } => (0, rate),
        Decay::Days { half_life } => (1, half_life),
    };
    bytes.push(kind);
    bytes.extend(value.to_le_bytes());
}

/// Writes a matrix whose columns are the rows of the file; of a symmetric one the triangle is enough.
fn write_rows(bytes: &mut Vec<u8>, matrix: &Columns, triangle: bool) {
    for row in 0..matrix.len() {
        let first = if triangle { row as u32 } else { 0 };
        let entries = matrix.column(row).iter().filter(|(column, _)| *column >= first);
        bytes.extend((entries.clone().count() as u32).to_le_bytes());
        for (column, value) in entries {
            bytes.extend(column.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SumsError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(SumsError::Damaged)?;
        self.rest = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, SumsError> {
        self.take().map(u32::from_le_bytes)
    }

    fn f32(&mut self) -> Result<f32, SumsError> {
        let value = f32::from_le_bytes(self.take()?);
        if value.is_finite() { Ok(value) } else { Err(SumsError::Damaged) }
    }

    fn pair(&mut self, side: usize) -> Result<(SequenceDecay, SequenceSums), SumsError> {
        let decay = SequenceDecay { history: self.decay()?, future: self.decay()? };
        let sums =
            SequenceSums { history: self.symmetric(side)?, future: self.rows(side, false)?.transposed() };
        Ok((decay, sums))
    }

    fn decay(&mut self) -> Result<Decay, SumsError> {
        let [kind] = self.take()?;
        let value = self.f32()?;
        match kind {
            0 => Ok(Decay::Positions { rate: value }),
            1 => Ok(Decay::Days { half_life: value }),
            _ => Err(SumsError::Damaged),
        }
    }

    /// Reads the rows of a matrix as columns: what [`write_rows`] was given.
    fn rows(&mut self, side: usize, triangle: bool) -> Result<Columns, SumsError> {
        let mut matrix = Columns::new(side);
        for row in 0..side as u32 {
            let mut entries: Vec<(u32, f32)> = Vec::new();
            for _ in 0..self.u32()? {
                let (column, value) = (self.u32()?, self.f32()?);
                let ascending = entries.last().is_none_or(|(last, _)| *last < column);
                if column as usize >= side || (triangle && column < row) || !ascending {
                    return Err(SumsError::Damaged);
                }
                entries.push((column, value));
            }
            matrix.push(entries.into_iter());
        }
        Ok(matrix)
    }

    fn symmetric(&mut self, side: usize) -> Result<Columns, SumsError> {
        let upper = self.rows(side, true)?;
        let mut strict = Columns::new(side);
        for row in 0..side {
            strict.push(upper.column(row).iter().copied().filter(|(column, _)| *column as usize != row));
        }
        let mut whole = strict.transposed();
        whole.merge(&upper);
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(cells: &[f32], symmetric: bool) -> Columns {
        let at = |row: usize, column: usize| {
            let (low, high) = (row.min(column), row.max(column));
            if symmetric { cells[low * 3 + high] } else { cells[row * 3 + column] }
        };
        let columns: Vec<Vec<f32>> =
            (0..3).map(|column| (0..3).map(|row| at(row, column)).collect()).collect();
        Columns::from_dense(3, &columns)
    }

    fn sums(cells: &[f32]) -> Sums {
        let decay = SequenceDecay {
            history: Decay::Positions { rate: 0.6 },
            future: Decay::Days { half_life: 30.0 },
        };
        let pair = SequenceSums { history: square(cells, true), future: square(cells, false) };
        Sums {
            keys: vec![ItemKey(9), ItemKey(4), ItemKey(7)],
            gram: square(cells, true),
            sequences: vec![(decay, pair)],
        }
    }

    proptest! {
        #[test]
        fn sums_round_trip(cells in prop::collection::vec(prop_oneof![Just(0.0f32), 0.1f32..1e6], 9)) {
            let sums = sums(&cells);
            prop_assert_eq!(Sums::decode(&sums.encode()), Ok(sums));
        }

        #[test]
        fn damage_is_an_error_and_never_a_panic(at in 0usize..400, byte in any::<u8>(), cut in 0usize..400) {
            let mut bytes = sums(&[1.0; 9]).encode();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = Sums::decode(&bytes);
            let cut = cut % bytes.len();
            prop_assert!(Sums::decode(&bytes[..cut]).is_err());
        }
    }

    #[test]
    fn other_bytes_and_newer_versions_are_refused() {
        assert_eq!(Sums::decode(b"{}"), Err(SumsError::NotSums));
        let mut bytes = sums(&[1.0; 9]).encode();
        bytes[4] = 2;
        assert_eq!(Sums::decode(&bytes), Err(SumsError::Version(2)));
        let huge = [MAGIC.as_slice(), &[1, 0, 0, 0], &u32::MAX.to_le_bytes()].concat();
        assert_eq!(Sums::decode(&huge), Err(SumsError::Damaged));
    }

    #[test]
    fn only_sums_of_the_same_shape_merge() {
        let mut left = sums(&[1.0; 9]);
        assert!(left.merge(&sums(&[2.0; 9])));
        assert_eq!(left, sums(&[3.0; 9]));
        let mut other = sums(&[1.0; 9]);
        other.keys.reverse();
        assert!(!left.merge(&other));
        assert_eq!(left, sums(&[3.0; 9]));
    }
}

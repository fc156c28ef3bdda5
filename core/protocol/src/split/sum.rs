//! Halves of sums.

use prio::codec::{Decode, Encode};
use prio::field::{Field128, FieldElement, FieldElementWithInteger};

use super::SplitError;
use super::prio3::{OutputShare, malformed};

/// One aggregator's half of a sum: an element of the field a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfSum(Vec<Field128>);

impl HalfSum {
    /// Nothing added up yet.
    #[must_use]
    pub fn zero(length: usize) -> Self {
        Self(vec![Field128::zero(); length])
    }

    /// Cells.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// Adds a half of a vector. One of another length is left out, which [`super::Vdaf`] never makes.
    pub fn add(&mut self, share: &OutputShare) {
        if share.0.len() == self.0.len() {
            self.0.iter_mut().zip(&share.0).for_each(|(sum, value)| *sum += *value);
        }
    }

    /// Adds another half of a sum of the same aggregator, of the same length.
    pub fn merge(&mut self, other: &Self) {
        if other.0.len() == self.0.len() {
            self.0.iter_mut().zip(&other.0).for_each(|(sum, value)| *sum += *value);
        }
    }

    /// Adds whole numbers of either sign, one a cell: the noise of a release.
    pub fn add_noise(&mut self, noise: &[i64]) {
        for (sum, value) in self.0.iter_mut().zip(noise) {
            let magnitude = Field128::from(u128::from(value.unsigned_abs()));
            *sum += if *value < 0 { -magnitude } else { magnitude };
        }
    }

    /// 16 bytes a cell.
    ///
    /// # Errors
    /// None that a half of a sum can have.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SplitError> {
        let mut out = Vec::with_capacity(self.0.len() * Field128::ENCODED_SIZE);
        self.0.iter().try_for_each(|cell| cell.encode(&mut out)).map_err(malformed)?;
        Ok(out)
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SplitError::Malformed`] for another length, or for a number that is none of the field.
    pub fn from_bytes(bytes: &[u8], length: usize) -> Result<Self, SplitError> {
        if length.checked_mul(Field128::ENCODED_SIZE) != Some(bytes.len()) {
            return Err(SplitError::Malformed(format!("{} bytes for {length} cells", bytes.len())));
        }
        let cells = bytes
            .chunks_exact(Field128::ENCODED_SIZE)
            .map(|cell| Field128::get_decoded(cell).map_err(malformed));
        cells.collect::<Result<_, _>>().map(Self)
    }
}

/// The sum of two halves. Numbers in the upper half of the field are negative: noise may take a sum below zero.
///
/// # Errors
/// [`SplitError::Malformed`] when the halves differ in length or a sum does not fit 64 bits, which sums of proved vectors
/// do.
pub fn unshard(leader: &HalfSum, helper: &HalfSum) -> Result<Vec<i64>, SplitError> {
    if leader.0.len() != helper.0.len() {
        return Err(SplitError::Malformed("the halves differ in length".to_owned()));
    }
    leader.0.iter().zip(&helper.0).map(|(leader, helper)| signed(*leader + *helper)).collect()
}

fn signed(cell: Field128) -> Result<i64, SplitError> {
    let (value, modulus) = (u128::from(cell), Field128::modulus());
    let fits = if value < modulus / 2 {
        i64::try_from(value).ok()
    } else {
        i64::try_from(modulus - value).ok().map(|below| -below)
    };
    fits.ok_or_else(|| SplitError::Malformed("a sum does not fit 64 bits".to_owned()))
}

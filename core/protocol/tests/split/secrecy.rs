//! One share alone says nothing: whatever was contributed, its bytes are those of dice.

use homebody_protocol::dap::VdafConfig;

use super::parties::{Dice, Parties};

const LENGTH: usize = 64;

/// Chi-square with 255 degrees of freedom is above this once in a million times (Wilson, Hilferty 1931).
const LIMIT: f64 = 370.0;

/// Below this as seldom: dice that are too even are none either.
const LEAST: f64 = 164.0;

struct Bytes {
    counts: [u64; 256],
}

impl Bytes {
    fn new() -> Self {
        Self { counts: [0; 256] }
    }

    fn add(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.counts[usize::from(*byte)] += 1);
    }

    fn chi_square(&self) -> f64 {
        let total: u64 = self.counts.iter().sum();
        let expected = total as f64 / 256.0;
        self.counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum()
    }

    /// Chi-square of two samples against one another, 255 degrees of freedom.
    fn differs(&self, other: &Self) -> f64 {
        let (a, b): (u64, u64) = (self.counts.iter().sum(), other.counts.iter().sum());
        let (k, l) = ((b as f64 / a as f64).sqrt(), (a as f64 / b as f64).sqrt());
        let term = |(x, y): (&u64, &u64)| (k * *x as f64 - l * *y as f64).powi(2) / (*x + *y) as f64;
        self.counts.iter().zip(&other.counts).map(term).sum()
    }
}

/// Bytes of the cells of the leader's half and of the helper's seeds, over many reports of one vector, masked by dice of
/// their own: the same ones would hide both vectors alike.
///
/// The highest byte of a cell is left out: the field is a little smaller than 128 bits, by 28/2³² of the largest numbers.
fn shares_of(vector: &[u32], dice: u64) -> [Bytes; 2] {
    let (mut leader, mut helper) = (Bytes::new(), Bytes::new());
    let max_measurement = 1;
    let mut parties =
        Parties::of(VdafConfig::SumVec { length: LENGTH as u32, max_measurement, chunk_length: 8 });
    parties.dice = Dice(dice);
    for _ in 0..400 {
        let report = parties.seal(vector).unwrap();
        let share = parties.leader_opens(&report).unwrap();
        share[..16 * LENGTH].chunks_exact(16).for_each(|cell| leader.add(&cell[..15]));
        helper.add(&parties.helper_opens(&report).unwrap());
    }
    [leader, helper]
}

#[test]
fn neither_share_alone_can_be_told_from_dice() {
    let (nothing, everything) = (shares_of(&[0; LENGTH], 11), shares_of(&[1; LENGTH], 12));
    for (who, (nothing, everything)) in ["leader", "helper"].iter().zip(nothing.iter().zip(&everything)) {
        for bytes in [nothing, everything] {
            let chi_square = bytes.chi_square();
            assert!((LEAST..LIMIT).contains(&chi_square), "{who}: {chi_square}");
        }
        let apart = nothing.differs(everything);
        assert!((LEAST..LIMIT).contains(&apart), "{who} tells the two apart: {apart}");
    }
}

/// The measure sees what it should: halves that are masked badly, such as with one byte of entropy a cell.
#[test]
fn the_measure_tells_bad_masks() {
    let mut bad = Bytes::new();
    (0..400_000_u32).for_each(|at| bad.add(&[(at % 251) as u8]));
    assert!(bad.chi_square() > LIMIT);
    let (mut one, mut other) = (Bytes::new(), Bytes::new());
    (0..100_000_u32).for_each(|at| one.add(&[(at % 256) as u8]));
    (0..100_000_u32).for_each(|at| other.add(&[(at % 240) as u8]));
    assert!(one.differs(&other) > LIMIT);
}

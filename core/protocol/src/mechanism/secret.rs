//! Randomness that can be drawn again: everything a device draws follows from one secret and the question asked.

use sha2::{Digest, Sha256};

use crate::task::TaskId;

/// Separates these draws from every other use of SHA-256 here.
const DOMAIN: &[u8] = b"homebody draw 1\0";

/// Thirty-two random bytes that a device draws once and tells nobody. Draws are SHA-256 of the secret and of what is
/// drawn for: whoever does not know the secret cannot tell them from coins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// What a number is drawn for; numbers for different ones have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Draw {
    /// A memoised answer.
    Answer = 1,
    /// The part of a task, a window.
    Part = 2,
    /// The delay of a report.
    Delay = 3,
    /// Which ones are kept where a bound is reached.
    Clip = 4,
    /// Rounding of a number.
    Round = 5,
    /// Which features are told.
    Feature = 6,
    /// Which of the device's own interactions is held out.
    HoldOut = 7,
    /// The number that a report is recognised by when it is sent twice.
    Nonce = 8,
}

/// Bits drawn one after the other, SHA-256 in counter mode.
#[derive(Clone)]
pub struct Stream {
    hash: Sha256,
    counter: u64,
    block: [u8; 32],
    left: usize,
}

impl core::fmt::Debug for Secret {
    /// Never the bytes: what is debugged is logged.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl core::fmt::Debug for Stream {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Stream(…)")
    }
}

impl Secret {
    /// From bytes of the system's generator of random numbers.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be stored on the device and nowhere else.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bits that are drawn for one purpose, task and number (a value, a window). The same ones each time.
    pub fn draw(&self, purpose: Draw, task: &TaskId, number: u64) -> Stream {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(self.0);
        hash.update([purpose as u8]);
        hash.update(task.0);
        hash.update(number.to_le_bytes());
        Stream { hash, counter: 0, block: [0; 32], left: 0 }
    }
}

impl Stream {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        if self.left < 8 {
            let mut hash = self.hash.clone();
            hash.update(self.counter.to_le_bytes());
            self.block = hash.finalize().into();
            self.counter += 1;
            self.left = self.block.len();
        }
        let start = self.block.len() - self.left;
        self.left -= 8;
        self.block[start..start + 8].iter().rev().fold(0, |bits, &byte| (bits << 8) | u64::from(byte))
    }

    /// A whole number below `n`, each as likely as the others; 0 for an `n` of 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        // Of the largest multiple of n the rest is drawn again, so that no number is likelier.
        let rest = (u64::MAX % n + 1) % n;
        loop {
            let bits = self.bits();
            if bits <= u64::MAX - rest {
                return bits % n;
            }
        }
    }

    /// A number of 53 bits in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Sixteen random bytes.
    pub fn bytes16(&mut self) -> [u8; 16] {
        let bits = u128::from(self.bits()) << 64 | u128::from(self.bits());
        bits.to_le_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_differ_by_everything_they_are_for() {
        let (secret, other) = (Secret::new([7; 32]), Secret::new([8; 32]));
        let (task, second) = (TaskId([1; 32]), TaskId([2; 32]));
        let first = secret.draw(Draw::Answer, &task, 3).bits();
        assert_eq!(first, secret.draw(Draw::Answer, &task, 3).bits());
        for stream in [
            other.draw(Draw::Answer, &task, 3),
            secret.draw(Draw::Part, &task, 3),
            secret.draw(Draw::Answer, &second, 3),
            secret.draw(Draw::Answer, &task, 4),
        ] {
            assert_ne!(stream.clone().bits(), first);
        }
        let mut stream = secret.draw(Draw::Answer, &task, 3);
        let drawn: Vec<u64> = (0..9).map(|_| stream.bits()).collect();
        assert!(drawn.windows(2).all(|two| two[0] != two[1]), "blocks follow one another: {drawn:?}");
        // Golden: devices draw again after an update what they drew before it.
        assert_eq!(first, GOLDEN);
        assert_eq!(format!("{secret:?} {stream:?}"), "Secret(…) Stream(…)");
    }

    const GOLDEN: u64 = 4_092_898_971_283_604_986;

    #[test]
    fn numbers_are_even_and_within_bounds() {
        let mut stream = Secret::new([9; 32]).draw(Draw::Clip, &TaskId([0; 32]), 0);
        let mut counts = [0u32; 7];
        for _ in 0..14_000 {
            counts[stream.below(7) as usize] += 1;
            assert!((0.0..1.0).contains(&stream.unit()));
        }
        // 2,000 each, standard deviation 41.
        assert!(counts.iter().all(|count| (1_800..2_200).contains(count)), "{counts:?}");
        assert_eq!((stream.below(0), stream.below(1)), (0, 0));
        assert!(stream.below(u64::MAX) < u64::MAX);
    }
}

//! Any bytes as stored sums: refused, or sums that survive their codec.

use homebody_learn::sums::Sums;

/// What sums begin with, and the version: comparisons of slices are not seen by the engine, so it never got past them.
const HEAD: &[u8] = b"HBSM\x01\0";

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    survives(bytes);
    survives(&[HEAD, bytes].concat());
}

fn survives(bytes: &[u8]) {
    if let Ok(sums) = Sums::decode(bytes) {
        assert_eq!(Sums::decode(&sums.encode()).expect("own bytes are readable").keys, sums.keys);
    }
}

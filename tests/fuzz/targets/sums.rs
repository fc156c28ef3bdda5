//! Any bytes as stored sums: refused, or sums that survive their codec.
#![no_main]

use homebody_learn::sums::Sums;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(sums) = Sums::decode(bytes) {
        assert_eq!(Sums::decode(&sums.encode()).expect("own bytes are readable").keys, sums.keys);
    }
});

//! See `tests/src/fuzz/rank.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::rank::run(bytes));

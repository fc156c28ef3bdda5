//! See `tests/src/fuzz/sums.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::sums::run(bytes));

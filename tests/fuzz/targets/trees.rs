//! See `tests/src/fuzz/trees.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::trees::run(bytes));

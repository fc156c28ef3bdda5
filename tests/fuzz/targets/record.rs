//! See `tests/src/fuzz/record.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::record::run(bytes));

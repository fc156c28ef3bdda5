//! See `tests/src/fuzz/profile.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::profile::run(bytes));

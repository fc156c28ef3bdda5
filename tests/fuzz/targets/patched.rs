//! See `tests/src/fuzz/patched.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::patched::run(bytes));

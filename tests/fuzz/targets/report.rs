//! See `tests/src/fuzz/report.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::report::run(bytes));

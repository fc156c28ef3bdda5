//! See `tests/src/fuzz/table.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::table::run(bytes));

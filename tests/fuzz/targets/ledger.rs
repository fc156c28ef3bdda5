//! See `tests/src/fuzz/ledger.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::ledger::run(bytes));

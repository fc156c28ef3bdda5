//! See `tests/src/fuzz/dap.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::dap::run(bytes));

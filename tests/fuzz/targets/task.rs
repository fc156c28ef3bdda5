//! See `tests/src/fuzz/task.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homebody_tests::fuzz::task::run(bytes));

//! Tests of the whole product. `native/` goes from a site's files through the server's library to the device;
//! `browser/` and `packaging/` (JavaScript, run by `cargo xtask test`) do it with the real binary in a real browser.

pub mod fuzz;

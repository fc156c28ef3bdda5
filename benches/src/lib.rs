//! The ground that `node benches/run.mjs` measures on: a synthetic catalogue and one visitor, the same on
//! every machine. `fixture` writes them as files, `native` ranks from those files without a browser.

pub mod catalogue;
pub mod numbers;
pub mod scenario;
pub mod stages;
pub mod visitor;

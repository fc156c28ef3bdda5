//! Tests of commands as one program: each of its own compiles and links the same code.

mod consent_figures;
mod consent_lint;
mod durability;
mod export;
mod extras;
mod import_history;
#[cfg(feature = "parquet")]
mod parquet;
mod publish;
mod retention;
mod rules;

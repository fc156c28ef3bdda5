//! The consent configuration: what is accepted, which mode holds where, what the schema says about it.
#![cfg(feature = "json")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the fixtures are files; the crate itself reads none")]

mod agreement;
mod fixtures;
mod law;
mod machine;
mod material;
mod modes;
mod mutations;
mod page;
mod support;

//! Made-up visitors with a known taste, ranked for by the real device: what no history can tell, because it holds only
//! what was shown. Everything is a function of its seed.

pub mod bandit;
mod life;
pub mod off_policy;
mod shop;
pub mod variety;

pub use life::{Life, Visit};
pub use shop::Shop;

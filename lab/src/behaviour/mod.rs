//! Made-up visitors with a known taste, ranked for by the real device: what no history can tell, because it holds only
//! what was shown. Everything is a function of its seed.

pub mod bandit;
mod life;
mod shop;

pub use life::{Life, Visit};
pub use shop::Shop;

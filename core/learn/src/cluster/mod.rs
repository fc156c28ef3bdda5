//! Groups: of visitors by sums ([`kmeans`], [`gmm`]), of items by the catalogue ([`dbscan`], [`duplicates`]).

pub mod dbscan;
pub mod duplicates;
pub mod gmm;
pub mod kmeans;

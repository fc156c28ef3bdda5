//! All tests of what is learned from sums as one program: each of its own compiles and links the same code.

mod clusters;
mod demand;
mod distributions;
mod extras;
mod intent;
mod seqlin;
mod split;
mod sums;
mod train;

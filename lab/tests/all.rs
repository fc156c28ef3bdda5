//! All tests of the laboratory but the population as one program: each of its own compiles and links the same code.

mod baselines;
mod behaviour;
mod command;
mod evaluate;
mod intervals;
mod levels;
mod metrics;
mod newcomers;
mod quality;
mod replay;
mod split;
mod stage_costs;
mod stages;
mod variety;

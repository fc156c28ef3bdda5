//! The real binary on real sockets.

#[cfg(test)]
mod api;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod config;
#[cfg(test)]
mod data;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod http;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod publications;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod slowloris;

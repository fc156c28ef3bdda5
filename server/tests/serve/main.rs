//! The real binary on real sockets.

#[cfg(test)]
mod api;
#[cfg(test)]
mod audience;
#[cfg(test)]
mod bare;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod collect;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod config;
#[cfg(test)]
mod contributions;
#[cfg(test)]
mod data;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod draft;
#[cfg(test)]
mod experiments;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod helper;
#[cfg(test)]
mod http;
#[cfg(test)]
mod learning;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod nobody;
#[cfg(test)]
mod noise;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod pair;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod publications;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod rates;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod sensitive;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod slowloris;
#[cfg(test)]
mod split;
#[cfg(test)]
mod sums;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod transparency;

//! Catalogue import through the public door: every format, every bad input, all or nothing.

#[cfg(test)]
mod formats;
#[cfg(test)]
mod rejected;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod whole;

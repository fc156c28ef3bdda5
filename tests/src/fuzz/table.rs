//! Any bytes as a table: refused with an error, or safe to read column by column.

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    super::walk(bytes);
}

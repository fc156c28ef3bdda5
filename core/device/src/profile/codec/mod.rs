//! The profile as bytes: versioned, bounded, every old version readable.
//!
//! Version 3. `n` is an unsigned LEB128 number of at most 64 bits, `f` a little-endian `f32`, never NaN or infinite:
//!
//! ```text
//! "HBPF" | u16 version | u16 0 | n epoch | n id_seed | n interactions | n sessions
//! n first_at_ms | n session started_at_ms | n session last_at_ms | n session interactions | n before_ended_at_ms
//! n items:    { n last_at_ms, f weight, n count, n shown, u8 last_kind, u8 flags, n id length, id,
//!               n shown_at_ms, 3 × { f taste, n at_ms } dismissal thumb rating, n cart_at_ms, n quantity }
//! n older:    { u32 key, n day }
//! n facets:   { u8 kind, u8 muted, f strength, n at_ms, n name length, name, f shown, f opened, f clicked }
//! n hours:    { n hour, 6 × n count, f value }
//! rhythm:     39 × f count, n at_ms
//! orders:     n count, f value, n last_at_ms
//! n searches: { n length, text, f value, n at_ms }; n surveys: the same
//! n linear:   { f }
//! n answers:  { u32 key, u8 answer }
//! u8 segment + 1; 0 for none
//! n hints:    as searches
//! ```
//!
//! Version 2 had no hints.
//!
//! Version 1 had fixed numbers for `n` (`u64` for times, `u16` for counts, lengths and lists, `u32` for the others), and
//! ended with the facets' names; bit 8 of `flags` was a refusal, now `dismissal`.

mod decode;
mod encode;

/// The version this crate writes; it reads every version up to this one.
pub const VERSION: u16 = 3;

/// Why bytes are not a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The first bytes are not those of a profile.
    #[error("not a profile")]
    Magic,
    /// Written by a newer release.
    #[error("profile version `{0}` is newer than this release reads")]
    Version(u16),
    /// Cut off, too long, or holding values that no writer produces.
    #[error("profile is damaged at byte `{0}`")]
    Damaged(usize),
}

impl ProfileError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Magic => "profile_magic",
            Self::Version(_) => "profile_version",
            Self::Damaged(_) => "profile_damaged",
        }
    }
}

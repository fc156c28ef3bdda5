//! The profile as bytes: versioned, bounded, every old version readable.
//!
//! ```text
//! "HBPF" | u16 version = 1 | u16 0 | u32 epoch | u32 id_seed | u32 interactions | u32 sessions
//! u64 first_at_ms | u64 session started_at_ms | u64 session last_at_ms
//! u16 items:  { u64 last_at_ms, f32 weight, u16 count, u16 shown, u8 last_kind, u8 flags, u16 id length, id }
//! u16 older:  { u32 key }
//! u16 facets: { u8 kind, u8 muted, f32 strength, u64 at_ms, u16 name length, name }
//! ```

use homebody_protocol::table::FacetKind;
use homebody_protocol::{ItemKey, Kind};

use super::bounds::{MAX_BYTES, MAX_FACETS, MAX_ITEMS, MAX_NAME_BYTES, MAX_OLDER};
use super::{FacetState, ItemState, MAX_ID_BYTES, Profile};
use crate::track::SessionTracker;

/// The version this crate writes; it reads every version up to this one.
pub const VERSION: u16 = 1;

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

impl Profile {
    /// The bytes of the profile, at most [`MAX_BYTES`].
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size_bound());
        out.extend(b"HBPF");
        out.extend(VERSION.to_le_bytes());
        out.extend(0u16.to_le_bytes());
        for number in [self.epoch, self.id_seed, self.interactions, self.sessions] {
            out.extend(number.to_le_bytes());
        }
        for at_ms in [self.first_at_ms, self.session.started_at_ms, self.session.last_at_ms] {
            out.extend(at_ms.to_le_bytes());
        }
        put_len(&mut out, self.items.len());
        self.items.iter().for_each(|item| put_item(&mut out, item));
        put_len(&mut out, self.older.len());
        self.older.iter().for_each(|key| out.extend(key.0.to_le_bytes()));
        let facets = self.facets.as_slice();
        put_len(&mut out, facets.len());
        facets.iter().for_each(|facet| put_facet(&mut out, facet));
        out
    }

    /// Reads a profile of any version up to [`VERSION`].
    ///
    /// # Errors
    /// [`ProfileError`]; nothing is guessed, a damaged profile is not half read.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProfileError> {
        if bytes.get(..4) != Some(b"HBPF") {
            return Err(ProfileError::Magic);
        }
        let mut input = Input { bytes, at: 4 };
        let version = u16::from_le_bytes(input.take()?);
        if version == 0 || version > VERSION {
            return Err(ProfileError::Version(version));
        }
        input.take::<2>()?;
        let profile = input.profile()?;
        if input.at == bytes.len() && bytes.len() <= MAX_BYTES { Ok(profile) } else { input.damaged() }
    }
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    // Every list is bounded far below 2¹⁶.
    out.extend((len as u16).to_le_bytes());
}

fn put_item(out: &mut Vec<u8>, item: &ItemState) {
    out.extend(item.last_at_ms.to_le_bytes());
    out.extend(item.weight.to_le_bytes());
    out.extend(item.count.to_le_bytes());
    out.extend(item.shown.to_le_bytes());
    out.extend([item.last_kind.code(), item.flags]);
    put_len(out, item.id.len());
    out.extend(item.id.as_bytes());
}

fn put_facet(out: &mut Vec<u8>, facet: &FacetState) {
    out.extend([facet.kind as u8, u8::from(facet.muted)]);
    out.extend(facet.strength.to_le_bytes());
    out.extend(facet.at_ms.to_le_bytes());
    put_len(out, facet.name.len());
    out.extend(facet.name.as_bytes());
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn profile(&mut self) -> Result<Profile, ProfileError> {
        let mut profile = Profile {
            epoch: self.u32()?,
            id_seed: self.u32()?,
            interactions: self.u32()?,
            sessions: self.u32()?,
            first_at_ms: self.u64()?,
            session: SessionTracker { started_at_ms: self.u64()?, last_at_ms: self.u64()? },
            ..Profile::default()
        };
        for _ in 0..self.len(MAX_ITEMS)? {
            let item = self.item(profile.id_seed)?;
            profile.items.push(item);
        }
        for _ in 0..self.len(MAX_OLDER)? {
            profile.older.push(ItemKey(self.u32()?));
        }
        for _ in 0..self.len(MAX_FACETS)? {
            let facet = self.facet(profile.id_seed)?;
            profile.facets.insert(facet);
        }
        Ok(profile)
    }

    fn item(&mut self, id_seed: u32) -> Result<ItemState, ProfileError> {
        let last_at_ms = self.u64()?;
        let weight = self.weight()?;
        let count = u16::from_le_bytes(self.take()?);
        let shown = u16::from_le_bytes(self.take()?);
        let [code, flags] = self.take()?;
        let (Some(last_kind), Some(flags)) = (Kind::from_code(code), ItemState::known_flags(flags)) else {
            return self.damaged();
        };
        let id = self.text(MAX_ID_BYTES)?;
        let key = ItemKey::derive(id_seed, &id);
        Ok(ItemState { key, id, last_at_ms, last_kind, weight, count, shown, flags })
    }

    fn facet(&mut self, id_seed: u32) -> Result<FacetState, ProfileError> {
        let [code, muted] = self.take()?;
        let Some(kind) = FacetKind::from_code(code).filter(|_| muted <= 1) else { return self.damaged() };
        let strength = f32::from_le_bytes(self.take()?);
        if !strength.is_finite() {
            return self.damaged();
        }
        let at_ms = self.u64()?;
        let name = self.text(MAX_NAME_BYTES)?;
        let key = kind.key(id_seed, &name);
        Ok(FacetState { key, kind, name, strength, at_ms, muted: muted == 1 })
    }

    fn weight(&mut self) -> Result<f32, ProfileError> {
        let weight = f32::from_le_bytes(self.take()?);
        if (0.0..=1.0).contains(&weight) { Ok(weight) } else { self.damaged() }
    }

    fn text(&mut self, limit: usize) -> Result<String, ProfileError> {
        let len = self.len(limit)?;
        let Some(bytes) = self.bytes.get(self.at..self.at + len) else { return self.damaged() };
        let Ok(text) = core::str::from_utf8(bytes) else { return self.damaged() };
        self.at += len;
        Ok(text.to_owned())
    }

    fn len(&mut self, limit: usize) -> Result<usize, ProfileError> {
        let len = usize::from(u16::from_le_bytes(self.take()?));
        if len <= limit { Ok(len) } else { self.damaged() }
    }

    fn u32(&mut self) -> Result<u32, ProfileError> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, ProfileError> {
        self.take().map(u64::from_le_bytes)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ProfileError> {
        let Some(bytes) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) else {
            return self.damaged();
        };
        self.at += N;
        Ok(*bytes)
    }

    fn damaged<T>(&self) -> Result<T, ProfileError> {
        Err(ProfileError::Damaged(self.at))
    }
}

//! The profile as bytes: versioned, bounded, every old version readable.
//!
//! Version 2. `n` is an unsigned LEB128 number of at most 64 bits, `f` a little-endian `f32`, never NaN or infinite:
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
//! ```
//!
//! Version 1 had fixed numbers for `n` (`u64` for times, `u16` for counts, lengths and lists, `u32` for the others), and
//! ended with the facets' names; bit 8 of `flags` was a refusal, now `dismissal`.

use homebody_protocol::models::Answer;
use homebody_protocol::table::FacetKind;
use homebody_protocol::{FacetKey, ItemKey, Kind};

use super::bounds::{MAX_ANSWERS, MAX_BYTES, MAX_FACETS, MAX_ITEMS, MAX_LINEAR, MAX_NAME_BYTES, MAX_OLDER};
use super::notes::{MAX_NOTE_BYTES, MAX_NOTES, Note, Notes};
use super::windows::{Hour, MAX_HOURS, Windows};
use super::{FacetState, ItemState, MAX_ID_BYTES, Opinion, Orders, Profile, retention};
use crate::track::SessionTracker;

/// The version this crate writes; it reads every version up to this one.
pub const VERSION: u16 = 2;

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
        let mut out = Output(Vec::with_capacity(1_024));
        out.0.extend(b"HBPF");
        out.0.extend(u32::from(VERSION).to_le_bytes());
        for number in [self.epoch, self.id_seed, self.interactions, self.sessions] {
            out.num(number.into());
        }
        let session = &self.session;
        out.num(self.first_at_ms);
        out.num(session.started_at_ms);
        out.num(session.last_at_ms);
        out.num(session.interactions.into());
        out.num(session.before_ended_at_ms);
        out.list(&self.items, Output::item);
        out.num(self.older.len() as u64);
        for (key, &day) in self.older.iter().zip(&self.older_days) {
            out.0.extend(key.0.to_le_bytes());
            out.num(day.into());
        }
        out.list(self.facets.as_slice(), Output::facet);
        out.list(&self.windows.0, Output::hour);
        self.rhythm.counts.iter().for_each(|&count| out.f32(count));
        out.num(self.rhythm.at_ms);
        out.num(self.orders.count.into());
        out.f32(self.orders.value);
        out.num(self.orders.last_at_ms);
        out.list(&self.searches.0, Output::note);
        out.list(&self.surveys.0, Output::note);
        self.encode_learned(&mut out);
        out.0
    }

    /// What no reader would take is not written: the bandit would rather begin anew than the visitor.
    fn encode_learned(&self, out: &mut Output) {
        let sound = self.linear.len() <= MAX_LINEAR && self.linear.iter().all(|value| value.is_finite());
        let linear = if sound { self.linear.as_slice() } else { &[] };
        out.list(linear, |out, &value| out.f32(value));
        let answers = &self.answers[..self.answers.len().min(MAX_ANSWERS)];
        out.list(answers, |out, (key, answer)| {
            out.0.extend(key.0.to_le_bytes());
            out.0.push(*answer as u8);
        });
        out.0.push(self.segment.map_or(0, |segment| segment.saturating_add(1)));
    }

    /// Reads a profile of any version up to [`VERSION`].
    ///
    /// # Errors
    /// [`ProfileError`]; nothing is guessed, a damaged profile is not half read.
    pub fn decode(bytes: &[u8]) -> Result<Self, ProfileError> {
        let Some((b"HBPF", rest)) = bytes.split_first_chunk() else { return Err(ProfileError::Magic) };
        let Some(&[low, high, _, _]) = rest.first_chunk() else { return Err(ProfileError::Damaged(4)) };
        let version = u16::from_le_bytes([low, high]);
        if version == 0 || version > VERSION {
            return Err(ProfileError::Version(version));
        }
        let mut input = Input { bytes, at: 8, version };
        let profile = input.profile().filter(|_| input.at == bytes.len() && bytes.len() <= MAX_BYTES);
        profile.ok_or(ProfileError::Damaged(input.at))
    }
}

struct Output(Vec<u8>);

impl Output {
    fn num(&mut self, mut value: u64) {
        while value > 0x7f {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn f32(&mut self, value: f32) {
        self.0.extend(value.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.num(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    fn list<T>(&mut self, list: &[T], put: impl Fn(&mut Self, &T)) {
        self.num(list.len() as u64);
        list.iter().for_each(|entry| put(self, entry));
    }

    fn item(&mut self, item: &ItemState) {
        self.num(item.last_at_ms);
        self.f32(item.weight);
        self.num(item.count.into());
        self.num(item.shown.into());
        self.0.extend([item.last_kind.code(), item.flags]);
        self.text(&item.id);
        self.num(item.shown_at_ms);
        for opinion in [item.dismissal, item.thumb, item.rating] {
            self.f32(opinion.taste);
            self.num(opinion.at_ms);
        }
        self.num(item.cart_at_ms);
        self.num(item.quantity.into());
    }

    fn facet(&mut self, facet: &FacetState) {
        self.0.extend([facet.kind as u8, u8::from(facet.muted)]);
        self.f32(facet.strength);
        self.num(facet.at_ms);
        self.text(&facet.name);
        self.f32(facet.shown);
        self.f32(facet.opened);
        self.f32(facet.clicked);
    }

    fn hour(&mut self, hour: &Hour) {
        self.num(hour.hour.into());
        hour.counts.iter().for_each(|&count| self.num(count.into()));
        self.f32(hour.value);
    }

    fn note(&mut self, note: &Note) {
        self.text(&note.text);
        self.f32(note.value);
        self.num(note.at_ms);
    }
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
    version: u16,
}

impl Input<'_> {
    fn profile(&mut self) -> Option<Profile> {
        let mut profile = Profile {
            epoch: self.u32()?,
            id_seed: self.u32()?,
            interactions: self.u32()?,
            sessions: self.u32()?,
            first_at_ms: self.num(8)?,
            session: SessionTracker {
                started_at_ms: self.num(8)?,
                last_at_ms: self.num(8)?,
                ..SessionTracker::default()
            },
            ..Profile::default()
        };
        if self.version > 1 {
            profile.session.interactions = self.u32()?;
            profile.session.before_ended_at_ms = self.num(8)?;
        }
        let id_seed = profile.id_seed;
        profile.items = self.list(MAX_ITEMS, |input| input.item(id_seed))?;
        let day = retention::day_of(profile.session.last_at_ms);
        for (key, day) in self.list(MAX_OLDER, |input| input.older(day))? {
            profile.older.push(key);
            profile.older_days.push(day);
        }
        for facet in self.list(MAX_FACETS, |input| input.facet(id_seed))? {
            profile.facets.insert(facet);
        }
        if self.version > 1 {
            self.activity(&mut profile)?;
        }
        Some(profile)
    }

    /// What version 1 did not have.
    fn activity(&mut self, profile: &mut Profile) -> Option<()> {
        profile.windows = Windows(self.list(MAX_HOURS, Self::hour)?);
        for count in &mut profile.rhythm.counts {
            *count = self.amount()?;
        }
        profile.rhythm.at_ms = self.num(8)?;
        profile.orders = Orders { count: self.u32()?, value: self.amount()?, last_at_ms: self.num(8)? };
        profile.searches = Notes(self.list(MAX_NOTES, Self::note)?);
        profile.surveys = Notes(self.list(MAX_NOTES, Self::note)?);
        profile.linear = self.list(MAX_LINEAR, Self::f32)?;
        profile.answers = self.list(MAX_ANSWERS, Self::answer)?;
        let [segment] = self.take()?;
        profile.segment = segment.checked_sub(1);
        Some(())
    }

    fn item(&mut self, id_seed: u32) -> Option<ItemState> {
        let last_at_ms = self.num(8)?;
        let weight = self.f32().filter(|weight| (0.0..=1.0).contains(weight))?;
        let (count, shown) = (self.u16()?, self.u16()?);
        let [code, flags] = self.take()?;
        let (last_kind, flags) = (Kind::from_code(code)?, ItemState::known_flags(flags.into())?);
        let id = self.text(MAX_ID_BYTES)?;
        let key = ItemKey::derive(id_seed, &id);
        let item =
            ItemState { last_at_ms, last_kind, weight, count, shown, flags, ..ItemState::new(key, &id, 0) };
        if self.version == 1 {
            return Some(item.modernised());
        }
        Some(ItemState {
            shown_at_ms: self.num(8)?,
            dismissal: self.opinion()?,
            thumb: self.opinion()?,
            rating: self.opinion()?,
            cart_at_ms: self.num(8)?,
            quantity: self.u16()?,
            ..item
        })
    }

    fn opinion(&mut self) -> Option<Opinion> {
        let taste = self.f32().filter(|taste| (-1.0..=1.0).contains(taste))?;
        Some(Opinion { taste, at_ms: self.num(8)? })
    }

    fn older(&mut self, day: u16) -> Option<(ItemKey, u16)> {
        let key = ItemKey(u32::from_le_bytes(self.take()?));
        Some((key, if self.version > 1 { self.u16()? } else { day }))
    }

    fn facet(&mut self, id_seed: u32) -> Option<FacetState> {
        let [code, muted] = self.take()?;
        let kind = FacetKind::from_code(code).filter(|_| muted <= 1)?;
        let strength = self.f32()?;
        let at_ms = self.num(8)?;
        let name = self.text(MAX_NAME_BYTES)?;
        let key = kind.key(id_seed, &name);
        let [shown, opened, clicked] =
            if self.version > 1 { [self.amount()?, self.amount()?, self.amount()?] } else { [0.0; 3] };
        Some(FacetState { key, kind, name, strength, shown, opened, clicked, at_ms, muted: muted == 1 })
    }

    fn hour(&mut self) -> Option<Hour> {
        let mut hour = Hour { hour: self.u32()?, ..Hour::default() };
        for count in &mut hour.counts {
            *count = self.u32()?;
        }
        hour.value = self.amount()?;
        Some(hour)
    }

    fn note(&mut self) -> Option<Note> {
        Some(Note { text: self.text(MAX_NOTE_BYTES)?, value: self.f32()?, at_ms: self.num(8)? })
    }

    fn answer(&mut self) -> Option<(FacetKey, Answer)> {
        let key = FacetKey(u32::from_le_bytes(self.take()?));
        let [code] = self.take()?;
        [Answer::Yes, Answer::No, Answer::Skip]
            .into_iter()
            .find(|answer| *answer as u8 == code)
            .map(|answer| (key, answer))
    }

    fn list<T>(&mut self, limit: usize, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.len(limit)?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(read(self)?);
        }
        Some(list)
    }

    fn text(&mut self, limit: usize) -> Option<String> {
        let len = self.len(limit)?;
        let text = core::str::from_utf8(self.bytes.get(self.at..self.at + len)?).ok()?;
        self.at += len;
        Some(text.to_owned())
    }

    fn len(&mut self, limit: usize) -> Option<usize> {
        self.u16().map(usize::from).filter(|&len| len <= limit)
    }

    fn amount(&mut self) -> Option<f32> {
        self.f32().filter(|&amount| amount >= 0.0)
    }

    fn f32(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes).filter(|value| value.is_finite())
    }

    fn u16(&mut self) -> Option<u16> {
        self.num(2).map(|value| value as u16)
    }

    fn u32(&mut self) -> Option<u32> {
        self.num(4).map(|value| value as u32)
    }

    /// A number that fits so many bytes, which is how version 1 wrote it.
    fn num(&mut self, bytes: u32) -> Option<u64> {
        let mut value = 0u64;
        let (step, last) = if self.version == 1 { (8, bytes) } else { (7, 10) };
        for place in 0..last {
            let [byte] = self.take()?;
            let bits = u64::from(if step == 8 { byte } else { byte & 0x7f });
            value |= bits.checked_shl(step * place)?;
            if step == 7 && byte < 0x80 {
                break;
            }
        }
        (bytes == 8 || value >> (8 * bytes) == 0).then_some(value)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = *self.bytes.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(bytes)
    }
}

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
        let mut input = Input { bytes, at: 8, version, is_sound: true };
        let profile = input.profile();
        let is_whole = input.at == bytes.len() && bytes.len() <= MAX_BYTES;
        if input.is_sound && is_whole { Ok(profile) } else { Err(ProfileError::Damaged(input.at)) }
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

/// Reads on with zeros after what no writer produces, so that one question at the end does for a branch after every
/// number; `at` stays where it went wrong.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
    version: u16,
    is_sound: bool,
}

impl Input<'_> {
    fn profile(&mut self) -> Profile {
        let mut profile = Profile {
            epoch: self.u32(),
            id_seed: self.u32(),
            interactions: self.u32(),
            sessions: self.u32(),
            first_at_ms: self.num(8),
            session: SessionTracker {
                started_at_ms: self.num(8),
                last_at_ms: self.num(8),
                ..SessionTracker::default()
            },
            ..Profile::default()
        };
        if self.version > 1 {
            profile.session.interactions = self.u32();
            profile.session.before_ended_at_ms = self.num(8);
        }
        let id_seed = profile.id_seed;
        profile.items = self.list(MAX_ITEMS, |input| input.item(id_seed));
        let day = retention::day_of(profile.session.last_at_ms);
        for _ in 0..self.len(MAX_OLDER) {
            profile.older.push(ItemKey(u32::from_le_bytes(self.take())));
            profile.older_days.push(if self.version > 1 { self.u16() } else { day });
        }
        for _ in 0..self.len(MAX_FACETS) {
            profile.facets.insert(self.facet(id_seed));
        }
        if self.version > 1 {
            self.activity(&mut profile);
        }
        profile
    }

    /// What version 1 did not have.
    fn activity(&mut self, profile: &mut Profile) {
        profile.windows = Windows(self.list(MAX_HOURS, Self::hour));
        for count in &mut profile.rhythm.counts {
            *count = self.amount();
        }
        profile.rhythm.at_ms = self.num(8);
        profile.orders = Orders { count: self.u32(), value: self.amount(), last_at_ms: self.num(8) };
        profile.searches = Notes(self.list(MAX_NOTES, Self::note));
        profile.surveys = Notes(self.list(MAX_NOTES, Self::note));
        profile.linear = self.list(MAX_LINEAR, Self::f32);
        profile.answers = self.list(MAX_ANSWERS, Self::answer);
        profile.segment = self.u8().checked_sub(1);
    }

    fn item(&mut self, id_seed: u32) -> ItemState {
        let last_at_ms = self.num(8);
        let weight = self.f32();
        self.ensure((0.0..=1.0).contains(&weight));
        let (count, shown) = (self.u16(), self.u16());
        let (kind, flags) = (Kind::from_code(self.u8()), ItemState::known_flags(self.u8().into()));
        self.ensure(kind.is_some() && flags.is_some());
        let id = self.text(MAX_ID_BYTES);
        let item = ItemState {
            last_at_ms,
            last_kind: kind.unwrap_or(Kind::View),
            weight,
            count,
            shown,
            flags: flags.unwrap_or_default(),
            ..ItemState::new(ItemKey::derive(id_seed, &id), &id, 0)
        };
        if self.version == 1 {
            return item.modernised();
        }
        ItemState {
            shown_at_ms: self.num(8),
            dismissal: self.opinion(),
            thumb: self.opinion(),
            rating: self.opinion(),
            cart_at_ms: self.num(8),
            quantity: self.u16(),
            ..item
        }
    }

    fn opinion(&mut self) -> Opinion {
        let taste = self.f32();
        self.ensure((-1.0..=1.0).contains(&taste));
        Opinion { taste, at_ms: self.num(8) }
    }

    fn facet(&mut self, id_seed: u32) -> FacetState {
        let kind = FacetKind::from_code(self.u8());
        let muted = self.u8();
        self.ensure(kind.is_some() && muted <= 1);
        let kind = kind.unwrap_or(FacetKind::Tag);
        let strength = self.f32();
        let at_ms = self.num(8);
        let name = self.text(MAX_NAME_BYTES);
        let key = kind.key(id_seed, &name);
        let [shown, opened, clicked] =
            if self.version > 1 { [self.amount(), self.amount(), self.amount()] } else { [0.0; 3] };
        FacetState { key, kind, name, strength, shown, opened, clicked, at_ms, muted: muted == 1 }
    }

    fn hour(&mut self) -> Hour {
        let mut hour = Hour { hour: self.u32(), ..Hour::default() };
        for count in &mut hour.counts {
            *count = self.u32();
        }
        hour.value = self.amount();
        hour
    }

    fn note(&mut self) -> Note {
        Note { text: self.text(MAX_NOTE_BYTES), value: self.f32(), at_ms: self.num(8) }
    }

    fn answer(&mut self) -> (FacetKey, Answer) {
        let key = FacetKey(u32::from_le_bytes(self.take()));
        let code = self.u8();
        let known = [Answer::Yes, Answer::No, Answer::Skip].into_iter().find(|answer| *answer as u8 == code);
        self.ensure(known.is_some());
        (key, known.unwrap_or(Answer::Skip))
    }

    fn list<T>(&mut self, limit: usize, read: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.len(limit)).map(|_| read(self)).collect()
    }

    #[inline(never)]
    fn text(&mut self, limit: usize) -> String {
        let len = self.len(limit);
        let bytes = self.bytes.get(self.at..self.at + len).unwrap_or(b"\xff");
        let text = core::str::from_utf8(bytes);
        self.ensure(text.is_ok());
        if self.is_sound {
            self.at += len;
        }
        text.unwrap_or_default().to_owned()
    }

    #[inline(never)]
    fn len(&mut self, limit: usize) -> usize {
        let len = usize::from(self.u16());
        self.ensure(len <= limit);
        if self.is_sound { len } else { 0 }
    }

    #[inline(never)]
    fn amount(&mut self) -> f32 {
        let amount = self.f32();
        self.ensure(amount >= 0.0);
        amount
    }

    #[inline(never)]
    fn f32(&mut self) -> f32 {
        let value = f32::from_le_bytes(self.take());
        self.ensure(value.is_finite());
        value
    }

    fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.take())
    }

    fn u16(&mut self) -> u16 {
        self.num(2) as u16
    }

    fn u32(&mut self) -> u32 {
        self.num(4) as u32
    }

    /// A number that fits so many bytes, which is how version 1 wrote it.
    #[inline(never)]
    fn num(&mut self, bytes: u32) -> u64 {
        let mut value = 0u64;
        let (step, last) = if self.version == 1 { (8, bytes) } else { (7, 10) };
        for place in 0..last {
            let byte = self.u8();
            let bits = u64::from(if step == 8 { byte } else { byte & 0x7f });
            // Past the 64 bits of a number nothing is left of it.
            value |= bits.checked_shl(step * place).unwrap_or_default();
            if step == 7 && byte < 0x80 {
                break;
            }
        }
        self.ensure(bytes == 8 || value >> (8 * bytes) == 0);
        if self.is_sound { value } else { 0 }
    }

    fn ensure(&mut self, holds: bool) {
        self.is_sound &= holds;
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let rest = self.bytes.get(self.at..).filter(|_| self.is_sound);
        let Some(bytes) = rest.and_then(|rest| rest.first_chunk()) else {
            self.is_sound = false;
            return [0; N];
        };
        self.at += N;
        *bytes
    }
}

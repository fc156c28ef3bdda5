//! From bytes to a profile, of every version so far.

use homebody_protocol::models::Answer;
use homebody_protocol::table::FacetKind;
use homebody_protocol::{FacetKey, ItemKey, Kind};

use super::super::bounds::{
    MAX_ANSWERS, MAX_BYTES, MAX_FACETS, MAX_ITEMS, MAX_LINEAR, MAX_NAME_BYTES, MAX_OLDER,
};
use super::super::notes::{MAX_NOTE_BYTES, MAX_NOTES, Note, Notes};
use super::super::windows::{Hour, MAX_HOURS, Windows};
use super::super::{FacetState, ItemState, MAX_ID_BYTES, Opinion, Orders, Profile, retention};
use super::{ProfileError, VERSION};
use crate::track::SessionTracker;

impl Profile {
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

/// Reads on with zeros after what no writer produces: one question at the end; `at` stays where it went wrong.
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
            profile.older.push(ItemKey(self.key()));
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
        if self.version > 2 {
            profile.hints = Notes(self.list(MAX_NOTES, Self::note));
        }
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
        let key = FacetKey(self.key());
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

    fn key(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
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

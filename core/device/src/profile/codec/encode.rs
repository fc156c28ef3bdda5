//! From a profile to bytes.

use super::super::bounds::{MAX_ANSWERS, MAX_LINEAR};
use super::super::notes::Note;
use super::super::windows::Hour;
use super::super::{FacetState, ItemState, Profile};
use super::VERSION;

impl Profile {
    /// The bytes of the profile, at most 64 KB.
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
        out.list(&self.hints.0, Output::note);
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

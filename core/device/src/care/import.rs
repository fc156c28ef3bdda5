//! An export read back: every value is checked before it becomes part of a profile.

use homebody_protocol::models::Answer;
use homebody_protocol::table::FacetKind;
use homebody_protocol::{FacetKey, ItemKey, Kind};

use super::export::{
    ExportedAnswer, ExportedFacet, ExportedHour, ExportedItem, ExportedNote, ExportedOpinion, ImportError,
    ProfileExport,
};
use crate::consent::{Permit, Personalize};
use crate::profile::{
    FacetState, Hour, ItemState, MAX_ANSWERS, MAX_HOURS, MAX_ID_BYTES, MAX_LINEAR, MAX_NAME_BYTES,
    MAX_NOTE_BYTES, MAX_NOTES, MAX_TIME_MS, Note, Notes, Opinion, Orders, Profile, RHYTHMS, Rhythm, Windows,
    day_of,
};
use crate::track::SessionTracker;

/// What the readers of one export need to know of it.
pub(super) struct Importer {
    pub(super) version: u32,
    pub(super) id_seed: u32,
}

type Imported<T> = Result<T, ImportError>;

impl Importer {
    pub(super) fn profile(&self, export: ProfileExport, permit: &Permit<Personalize>) -> Imported<Profile> {
        let mut profile = Profile::new(permit, self.id_seed);
        profile.interactions = export.interactions;
        profile.sessions = export.sessions;
        profile.first_at_ms = millis(export.first_at_ms, "first_at_ms")?;
        profile.session = SessionTracker {
            started_at_ms: millis(export.session_started_at_ms, "session_started_at_ms")?,
            last_at_ms: millis(export.last_at_ms, "last_at_ms")?,
            interactions: export.session_interactions,
            before_ended_at_ms: millis(export.session_before_ended_at_ms, "session_before_ended_at_ms")?,
        };
        for item in export.items {
            profile.items.push(self.item(item)?);
        }
        profile.older = export.older_item_keys.into_iter().map(ItemKey).collect();
        profile.older_days = export.older_item_days;
        if self.version == 1 {
            profile.older_days = vec![day_of(profile.session.last_at_ms); profile.older.len()];
        }
        check(profile.older_days.len() == profile.older.len(), "older_item_days")?;
        for facet in export.facets {
            profile.facets.insert(self.facet(facet)?);
        }
        profile.windows = windows(export.hours)?;
        if self.version > 1 {
            profile.rhythm = rhythm(&export.rhythm, export.rhythm_at_ms)?;
        }
        profile.orders = Orders {
            count: export.orders,
            value: amount(export.order_value, "order_value")?,
            last_at_ms: millis(export.last_order_at_ms, "last_order_at_ms")?,
        };
        profile.searches = notes(export.searches, "searches")?;
        profile.surveys = notes(export.surveys, "surveys")?;
        profile.hints = notes(export.hints, "hints")?;
        check(export.answers.len() <= MAX_ANSWERS, "answers")?;
        profile.answers = export.answers.iter().map(answer).collect::<Imported<_>>()?;
        let is_sound =
            export.linear.len() <= MAX_LINEAR && export.linear.iter().all(|value| value.is_finite());
        check(is_sound, "linear")?;
        profile.linear = export.linear;
        check(export.segment != Some(u8::MAX), "segment")?;
        profile.segment = export.segment;
        profile.fold_to_bounds();
        Ok(profile)
    }

    fn item(&self, item: ExportedItem) -> Imported<ItemState> {
        check(!item.id.is_empty() && item.id.len() <= MAX_ID_BYTES, "items.id")?;
        check((0.0..=1.0).contains(&item.weight), "items.weight")?;
        let flags = ItemState::known_flags(item.flags.into()).ok_or(ImportError::Value("items.flags"))?;
        let state = ItemState {
            last_at_ms: millis(item.last_at_ms, "items.last_at_ms")?,
            last_kind: Kind::from_name(&item.last_kind).ok_or(ImportError::Value("items.last_kind"))?,
            weight: item.weight,
            count: item.count,
            shown: item.shown,
            shown_at_ms: millis(item.shown_at_ms, "items.shown_at_ms")?,
            dismissal: opinion(item.dismissal, "items.dismissal")?,
            thumb: opinion(item.thumb, "items.thumb")?,
            rating: opinion(item.rating, "items.rating")?,
            cart_at_ms: millis(item.cart_at_ms, "items.cart_at_ms")?,
            quantity: item.quantity,
            flags,
            ..ItemState::new(ItemKey::derive(self.id_seed, &item.id), &item.id, 0)
        };
        Ok(if self.version == 1 { state.modernised() } else { state })
    }

    fn facet(&self, facet: ExportedFacet) -> Imported<FacetState> {
        let kinds = [FacetKind::Category, FacetKind::Brand, FacetKind::Tag];
        let kind = kinds.into_iter().find(|kind| kind.name() == facet.kind);
        let kind = kind.ok_or(ImportError::Value("facets.kind"))?;
        check(facet.strength.is_finite(), "facets.strength")?;
        check(facet.name.len() <= MAX_NAME_BYTES, "facets.name")?;
        Ok(FacetState {
            key: kind.key(self.id_seed, &facet.name),
            kind,
            name: facet.name,
            strength: facet.strength,
            shown: amount(facet.shown, "facets.shown")?,
            opened: amount(facet.opened, "facets.opened")?,
            clicked: amount(facet.clicked, "facets.clicked")?,
            at_ms: millis(facet.at_ms, "facets.at_ms")?,
            muted: facet.muted,
        })
    }
}

fn windows(hours: Vec<ExportedHour>) -> Imported<Windows> {
    check(hours.len() <= MAX_HOURS, "hours")?;
    check(hours.windows(2).all(|pair| pair[0].hour < pair[1].hour), "hours.hour")?;
    let hour = |hour: ExportedHour| {
        Ok(Hour { hour: hour.hour, counts: hour.counts, value: amount(hour.value, "hours.value")? })
    };
    hours.into_iter().map(hour).collect::<Imported<_>>().map(Windows)
}

fn rhythm(counts: &[f32], at_ms: f64) -> Imported<Rhythm> {
    let counts: [f32; RHYTHMS] = counts.try_into().map_err(|_| ImportError::Value("rhythm"))?;
    check(counts.iter().all(|count| (0.0..=f32::MAX).contains(count)), "rhythm")?;
    Ok(Rhythm { counts, at_ms: millis(at_ms, "rhythm_at_ms")? })
}

fn notes(notes: Vec<ExportedNote>, field: &'static str) -> Imported<Notes> {
    check(notes.len() <= MAX_NOTES, field)?;
    let note = |note: ExportedNote| {
        let is_sound = !note.text.is_empty() && note.text.len() <= MAX_NOTE_BYTES && note.value.is_finite();
        check(is_sound, field)?;
        Ok(Note { text: note.text, value: note.value, at_ms: millis(note.at_ms, field)? })
    };
    notes.into_iter().map(note).collect::<Imported<_>>().map(Notes)
}

fn answer(answer: &ExportedAnswer) -> Imported<(FacetKey, Answer)> {
    let known =
        [Answer::Yes, Answer::No, Answer::Skip].into_iter().find(|known| *known as u8 == answer.answer);
    known.map(|known| (FacetKey(answer.facet), known)).ok_or(ImportError::Value("answers"))
}

fn opinion(opinion: ExportedOpinion, field: &'static str) -> Imported<Opinion> {
    check((-1.0..=1.0).contains(&opinion.taste), field)?;
    Ok(Opinion { taste: opinion.taste, at_ms: millis(opinion.at_ms, field)? })
}

fn amount(value: f32, field: &'static str) -> Imported<f32> {
    check((0.0..=f32::MAX).contains(&value), field)?;
    Ok(value)
}

/// A time of JavaScript's clock.
fn millis(value: f64, field: &'static str) -> Imported<u64> {
    check((0.0..=MAX_TIME_MS as f64).contains(&value), field)?;
    Ok(value as u64)
}

fn check(is_sound: bool, field: &'static str) -> Imported<()> {
    if is_sound { Ok(()) } else { Err(ImportError::Value(field)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::Consent;

    #[test]
    fn what_was_learned_and_answered_travels_too() {
        let permit = Consent::from_bits(1, 3).personalize().unwrap();
        let profile = Profile {
            linear: vec![1.5, -0.25, 1e-9],
            answers: vec![(FacetKey(7), Answer::Yes), (FacetKey(9), Answer::Skip)],
            segment: Some(4),
            older: vec![ItemKey(1), ItemKey(2)],
            older_days: vec![20_000, 20_001],
            ..Profile::new(&permit, 5)
        };
        assert_eq!(Profile::decode(&profile.encode()).as_ref(), Ok(&profile));
        assert_eq!(ProfileExport::of(&profile, 1).into_profile(&permit).as_ref(), Ok(&profile));
        let wild = Profile { linear: vec![f32::NAN], ..profile };
        assert!(Profile::decode(&wild.encode()).is_ok_and(|read| read.linear.is_empty()), "begins anew");
    }
}

//! The small sections of a table, see [`crate::models`].

use super::draft::EncodeError;
use super::parse::TableError;
use crate::models::Extras;
use crate::wire::{Reader, Section};

/// Writes the sections that differ from what a table without them has; refuses those no reader would take.
pub(super) fn write_extras(
    extras: &Extras,
    mut add: impl FnMut(&'static str, Vec<u8>),
) -> Result<(), EncodeError> {
    add_section(&extras.policy, &mut add)?;
    add_section(&extras.rules, &mut add)?;
    add_section(&extras.arms, &mut add)?;
    add_section(&extras.linear, &mut add)?;
    add_section(&extras.segments, &mut add)?;
    add_section(&extras.intent, &mut add)?;
    add_section(&extras.questions, &mut add)?;
    add_section(&extras.trees, &mut add)?;
    add_section(&extras.duplicates, &mut add)
}

/// Reads them; `find` gives the bytes of a section.
pub(super) fn read_extras<'a>(
    rows: usize,
    find: impl Fn(&str) -> Option<&'a [u8]>,
) -> Result<Extras, TableError> {
    let extras = Extras {
        policy: section(&find)?,
        rules: section(&find)?,
        arms: section(&find)?,
        linear: section(&find)?,
        segments: section(&find)?,
        intent: section(&find)?,
        questions: section(&find)?,
        trees: section(&find)?,
        duplicates: section(&find)?,
    };
    for (name, len) in [("ARMS", extras.arms.0.len()), ("DUPL", extras.duplicates.0.len())] {
        if len != 0 && len != rows {
            return Err(TableError::Malformed(name));
        }
    }
    Ok(extras)
}

fn add_section<S: Section>(
    section: &S,
    add: &mut impl FnMut(&'static str, Vec<u8>),
) -> Result<(), EncodeError> {
    if *section == S::default() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    section.write(&mut bytes);
    // What a reader would refuse must not be published.
    if S::read(&mut Reader::new(&bytes)).as_ref() != Some(section) {
        return Err(EncodeError::Section(S::TAG));
    }
    add(S::TAG, bytes);
    Ok(())
}

fn section<'a, S: Section>(find: &impl Fn(&str) -> Option<&'a [u8]>) -> Result<S, TableError> {
    let Some(bytes) = find(S::TAG) else { return Ok(S::default()) };
    let mut input = Reader::new(bytes);
    S::read(&mut input).filter(|_| input.is_done()).ok_or(TableError::Malformed(S::TAG))
}

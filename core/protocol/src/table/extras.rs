//! The small sections of a table, see [`crate::models`].

use super::draft::EncodeError;
use super::parse::TableError;
use crate::models::{
    ArmPriors, DiversityBounds, Duplicates, Extras, Intent, Judged, LinearPrior, Questions, Segments, Trees,
};
use crate::policy::Policy;
use crate::rules::Rules;
use crate::wire::{Section, decode};

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
    add_section(&extras.duplicates, &mut add)?;
    add_section(&extras.diversity_bounds, &mut add)?;
    add_section(&extras.judged, &mut add)
}

/// Their tags; `js/src/rank/annex.ts` looks for them too.
const TAGS: [&str; 11] = [
    Policy::TAG,
    Rules::TAG,
    ArmPriors::TAG,
    LinearPrior::TAG,
    Segments::TAG,
    Intent::TAG,
    Questions::TAG,
    Trees::TAG,
    Duplicates::TAG,
    DiversityBounds::TAG,
    Judged::TAG,
];

/// The bytes of a section by its tag.
type Find<'f, 'a> = &'f dyn Fn(&str) -> Option<&'a [u8]>;

/// Reads them; `find` gives the bytes of a section.
pub(super) fn read_extras(rows: usize, find: Find<'_, '_>) -> Result<Extras, TableError> {
    if TAGS.iter().any(|tag| find(tag).is_some()) { read_sections(rows, find) } else { Ok(Extras::default()) }
}

// Browsers load it for the tables that have any: see `ENTRANCES` in xtask/src/annex.rs.
#[inline(never)]
fn read_sections(rows: usize, find: Find<'_, '_>) -> Result<Extras, TableError> {
    let extras = Extras {
        policy: section(find)?,
        rules: section(find)?,
        arms: section(find)?,
        linear: section(find)?,
        segments: section(find)?,
        intent: section(find)?,
        questions: section(find)?,
        trees: section(find)?,
        duplicates: section(find)?,
        diversity_bounds: section(find)?,
        judged: section(find)?,
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
    if decode::<S>(&bytes).as_ref() != Some(section) {
        return Err(EncodeError::Section(S::TAG));
    }
    add(S::TAG, bytes);
    Ok(())
}

fn section<S: Section>(find: Find<'_, '_>) -> Result<S, TableError> {
    let Some(bytes) = find(S::TAG) else { return Ok(S::default()) };
    decode(bytes).ok_or(TableError::Malformed(S::TAG))
}

//! Bytes become values.

use super::{Document, Malformed, Tag};

/// Values within values; an export has five.
const MAX_DEPTH: u32 = 8;

/// A value whose texts still lie in the bytes it was read from.
#[derive(Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Flag(bool),
    Number(f64),
    Text(&'a str),
    List(Vec<Value<'a>>),
    /// Names and values in turn.
    Map(Vec<Value<'a>>),
}

impl<'a> Value<'a> {
    /// The one value of these bytes.
    pub(crate) fn of_bytes(mut bytes: &'a [u8]) -> Result<Self, Malformed> {
        let value = next(&mut bytes, MAX_DEPTH)?.ok_or(Malformed)?;
        if bytes.is_empty() { Ok(value) } else { Err(Malformed) }
    }

    /// Reads a member of a map, which has to be there.
    pub(crate) fn must(&self, name: &str, into: &mut impl Document) -> Result<(), Malformed> {
        into.read(self.member(name)?.ok_or(Malformed)?)
    }

    /// Reads a member of a map, if it is there.
    pub(crate) fn may(&self, name: &str, into: &mut impl Document) -> Result<(), Malformed> {
        self.member(name)?.map_or(Ok(()), |value| into.read(value))
    }

    fn member(&self, name: &str) -> Result<Option<&Self>, Malformed> {
        let Self::Map(members) = self else { return Err(Malformed) };
        let is_named = |member: &&[Value]| matches!(member[0], Value::Text(text) if text == name);
        Ok(members.chunks_exact(2).find(is_named).map(|member| &member[1]))
    }

    /// A whole number up to `max`.
    pub(crate) fn whole(&self, max: u32) -> Result<u32, Malformed> {
        let Self::Number(number) = *self else { return Err(Malformed) };
        // A number that is none of these becomes another one.
        let whole = number as u32;
        if f64::from(whole) == number && whole <= max { Ok(whole) } else { Err(Malformed) }
    }
}

/// The value that bytes begin with, which is taken off them; none at an [`Tag::End`].
fn next<'a>(bytes: &mut &'a [u8], depth: u32) -> Result<Option<Value<'a>>, Malformed> {
    const TAGS: [Tag; 8] =
        [Tag::Null, Tag::False, Tag::True, Tag::Number, Tag::Text, Tag::List, Tag::Map, Tag::End];
    let [tag] = take(bytes)?;
    Ok(Some(match TAGS.get(usize::from(tag)).ok_or(Malformed)? {
        Tag::Null => Value::Null,
        Tag::False => Value::Flag(false),
        Tag::True => Value::Flag(true),
        Tag::Number => Value::Number(f64::from_le_bytes(take(bytes)?)),
        Tag::Text => Value::Text(text(bytes)?),
        Tag::List => Value::List(members(bytes, depth)?),
        Tag::Map => {
            let members = members(bytes, depth)?;
            if members.len() % 2 == 1 {
                return Err(Malformed);
            }
            Value::Map(members)
        }
        Tag::End => return Ok(None),
    }))
}

fn members<'a>(bytes: &mut &'a [u8], depth: u32) -> Result<Vec<Value<'a>>, Malformed> {
    let depth = depth.checked_sub(1).ok_or(Malformed)?;
    let mut members = Vec::new();
    while let Some(value) = next(bytes, depth)? {
        members.push(value);
    }
    Ok(members)
}

fn text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, Malformed> {
    let length = u32::from_le_bytes(take(bytes)?) as usize;
    let (text, rest) = bytes.split_at_checked(length).ok_or(Malformed)?;
    *bytes = rest;
    str::from_utf8(text).map_err(|_| Malformed)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (taken, rest) = bytes.split_first_chunk::<N>().ok_or(Malformed)?;
    *bytes = rest;
    Ok(*taken)
}

//! Byte strings and lists with their length in front.

use std::io::Cursor;

use super::{CodecError, Decode, Encode};

/// How many bytes the length in front has.
#[derive(Clone, Copy)]
pub(super) enum Width {
    One,
    Two,
    Four,
}

pub(super) fn put(out: &mut Vec<u8>, width: Width, bytes: &[u8]) -> Result<(), CodecError> {
    let too_long = |_| CodecError::LengthPrefixOverflow;
    match width {
        Width::One => u8::try_from(bytes.len()).map_err(too_long)?.encode(out)?,
        Width::Two => u16::try_from(bytes.len()).map_err(too_long)?.encode(out)?,
        Width::Four => u32::try_from(bytes.len()).map_err(too_long)?.encode(out)?,
    }
    out.extend_from_slice(bytes);
    Ok(())
}

/// A byte string of at least one byte, as `<1..…>` asks.
pub(super) fn put_some(out: &mut Vec<u8>, width: Width, bytes: &[u8]) -> Result<(), CodecError> {
    if bytes.is_empty() { Err(CodecError::UnexpectedValue) } else { put(out, width, bytes) }
}

pub(super) fn put_list<T: Encode>(out: &mut Vec<u8>, width: Width, items: &[T]) -> Result<(), CodecError> {
    let mut bytes = Vec::new();
    put_rest(&mut bytes, items)?;
    put(out, width, &bytes)
}

/// Items one after the other, without a length: they end with the message.
pub(super) fn put_rest<T: Encode>(out: &mut Vec<u8>, items: &[T]) -> Result<(), CodecError> {
    items.iter().try_for_each(|item| item.encode(out))
}

pub(super) fn take(input: &mut Cursor<&[u8]>, width: Width) -> Result<Vec<u8>, CodecError> {
    Ok(slice(input, width)?.to_vec())
}

pub(super) fn take_some(input: &mut Cursor<&[u8]>, width: Width) -> Result<Vec<u8>, CodecError> {
    let bytes = take(input, width)?;
    if bytes.is_empty() { Err(CodecError::UnexpectedValue) } else { Ok(bytes) }
}

pub(super) fn take_list<T: Decode>(input: &mut Cursor<&[u8]>, width: Width) -> Result<Vec<T>, CodecError> {
    let mut inner = Cursor::new(slice(input, width)?);
    take_rest(&mut inner)
}

/// Items until the end of the message.
pub(super) fn take_rest<T: Decode>(input: &mut Cursor<&[u8]>) -> Result<Vec<T>, CodecError> {
    let mut items = Vec::new();
    while (input.position() as usize) < input.get_ref().len() {
        items.push(T::decode(input)?);
    }
    Ok(items)
}

/// The next `N` bytes.
pub(super) fn take_array<const N: usize>(input: &mut Cursor<&[u8]>) -> Result<[u8; N], CodecError> {
    let bytes: &[u8] = input.get_ref();
    let start = input.position() as usize;
    let end_early = || CodecError::Io(std::io::ErrorKind::UnexpectedEof.into());
    let found = bytes.get(start..).and_then(|rest| rest.first_chunk()).ok_or_else(end_early)?;
    input.set_position((start + N) as u64);
    Ok(*found)
}

fn slice<'a>(input: &mut Cursor<&'a [u8]>, width: Width) -> Result<&'a [u8], CodecError> {
    let len = match width {
        Width::One => usize::from(u8::decode(input)?),
        Width::Two => usize::from(u16::decode(input)?),
        Width::Four => u32::decode(input)? as usize,
    };
    let (bytes, start): (&'a [u8], usize) = (input.get_ref(), input.position() as usize);
    let found = bytes.get(start..).and_then(|rest| rest.get(..len));
    let found = found.ok_or(CodecError::LengthPrefixTooBig(len))?;
    input.set_position((start + len) as u64);
    Ok(found)
}

//! Small sections of a table: little-endian numbers one after the other, read with bounds and without guessing.

/// Reads numbers off a slice; `None` as soon as something is missing, out of bounds or not finite.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

/// A part of a table that is decoded when the table is read, not in place: small, and needed as a whole.
///
/// The default value is what a table without the section has, and it is not written.
pub trait Section: Default + PartialEq {
    /// Four bytes that name the section in the table's directory.
    const TAG: &'static str;

    /// Appends the section's bytes.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads what [`Section::write`] wrote; `None` for anything that no writer produces.
    fn read(input: &mut Reader<'_>) -> Option<Self>;
}

// Sections are read once a table: the readers are calls, not copies, as the hot browser module is weighed.
impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The next `N` bytes.
    pub fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*head)
    }

    /// The next byte.
    #[inline(never)]
    pub fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_le_bytes)
    }

    /// The next 16-bit number.
    #[inline(never)]
    pub fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    /// The next 32-bit number.
    #[inline(never)]
    pub fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// The next float; NaN and infinities are refused.
    #[inline(never)]
    pub fn f32(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes).filter(|value| value.is_finite())
    }

    /// `count` floats.
    pub fn f32s(&mut self, count: usize) -> Option<Vec<f32>> {
        let mut values = Vec::with_capacity(count.min(self.bytes.len() / 4));
        for _ in 0..count {
            values.push(self.f32()?);
        }
        Some(values)
    }

    /// A 16-bit count that may not exceed `limit`.
    #[inline(never)]
    pub fn count(&mut self, limit: usize) -> Option<usize> {
        self.u16().map(usize::from).filter(|&count| count <= limit)
    }

    /// A text with its 16-bit length in front.
    pub fn text(&mut self) -> Option<String> {
        let len = usize::from(self.u16()?);
        let (head, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        core::str::from_utf8(head).ok().map(str::to_owned)
    }

    /// Whether everything is read but the padding, fewer than four zero bytes.
    pub fn is_done(&self) -> bool {
        self.bytes.len() < 4 && self.bytes.iter().all(|&byte| byte == 0)
    }
}

/// Appends floats.
pub fn put_f32s(out: &mut Vec<u8>, values: &[f32]) {
    for value in values {
        out.extend(value.to_le_bytes());
    }
}

/// Appends a 16-bit count; what does not fit is the caller's mistake and saturates, so that a reader refuses it.
pub fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes());
}

/// Appends a text with its length, cut at a character boundary when it is longer than 65,535 bytes.
pub fn put_text(out: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(usize::from(u16::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    put_count(out, end);
    out.extend(&text.as_bytes()[..end]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_read_and_nothing_else() {
        let mut out = Vec::new();
        put_text(&mut out, "grün");
        put_count(&mut out, 2);
        put_f32s(&mut out, &[1.5, -2.0]);
        let mut input = Reader::new(&out);
        assert_eq!(input.text().as_deref(), Some("grün"));
        let count = input.count(2).unwrap();
        assert_eq!(input.f32s(count), Some(vec![1.5, -2.0]));
        assert!(input.is_done());
        assert_eq!(Reader::new(&out).count(3), None, "more than the limit");
        assert_eq!(Reader::new(&out[..3]).text(), None);
        assert_eq!(Reader::new(&f32::NAN.to_le_bytes()).f32(), None);
    }
}

//! Small sections of a table: little-endian numbers one after the other, read with bounds and without guessing.

/// Reads numbers off a slice. Once something is missing, out of bounds or not finite it reads zeros, and
/// [`Reader::is_done`] never holds: what was read is looked at only after that was asked. A branch after every number
/// instead would double the code of each section in the browser.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    is_sound: bool,
}

/// A part of a table that is decoded when the table is read, not in place: small, and needed as a whole.
///
/// The default value is what a table without the section has, and it is not written.
pub trait Section: Default + PartialEq {
    /// Four bytes that name the section in the table's directory.
    const TAG: &'static str;

    /// Appends the section's bytes.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads what [`Section::write`] wrote. For anything that no writer produces the reader is not sound afterwards, and
    /// the value means nothing; [`decode`] asks.
    fn read(input: &mut Reader<'_>) -> Self;
}

/// A section from its bytes; `None` for anything that no writer produces.
pub fn decode<S: Section>(bytes: &[u8]) -> Option<S> {
    let mut input = Reader::new(bytes);
    let section = S::read(&mut input);
    input.is_done().then_some(section)
}

// Sections are read once a table: the readers are calls, not copies, as the hot browser module is weighed.
impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, is_sound: true }
    }

    /// Refuses what was read unless `holds`.
    pub fn ensure(&mut self, holds: bool) {
        self.is_sound &= holds;
    }

    /// The next `N` bytes.
    pub fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((head, rest)) = self.bytes.split_first_chunk().filter(|_| self.is_sound) else {
            self.is_sound = false;
            return [0; N];
        };
        self.bytes = rest;
        *head
    }

    /// The next byte.
    #[inline(never)]
    pub fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.take())
    }

    /// The next 16-bit number.
    #[inline(never)]
    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    /// The next 32-bit number.
    #[inline(never)]
    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    /// The next float; NaN and infinities are refused.
    #[inline(never)]
    pub fn f32(&mut self) -> f32 {
        let value = f32::from_bits(self.u32());
        self.ensure(value.is_finite());
        value
    }

    /// The next float, which must be above 0.
    #[inline(never)]
    pub fn positive(&mut self) -> f32 {
        let value = self.f32();
        self.ensure(value > 0.0);
        value
    }

    /// `count` floats, read by one of the functions above.
    #[inline(never)]
    pub fn f32s(&mut self, count: usize, read: fn(&mut Self) -> f32) -> Vec<f32> {
        let mut values = Vec::with_capacity(count.min(self.bytes.len() / 4));
        while self.is_sound && values.len() < count {
            values.push(read(self));
        }
        values
    }

    /// A 16-bit count that may not exceed `limit`.
    #[inline(never)]
    pub fn count(&mut self, limit: usize) -> usize {
        let count = usize::from(self.u16());
        self.ensure(count <= limit);
        if self.is_sound { count } else { 0 }
    }

    /// A 32-bit count of entries of so many bytes, which must all be there.
    #[inline(never)]
    pub fn entries(&mut self, bytes: usize) -> usize {
        let count = self.u32() as usize;
        self.ensure(count <= self.bytes.len() / bytes);
        if self.is_sound { count } else { 0 }
    }

    /// The value of a one-byte code, by its place among all.
    pub fn code<T: Copy>(&mut self, code: u8, all: &[T]) -> T {
        let known = all.get(usize::from(code));
        self.ensure(known.is_some());
        *known.unwrap_or(&all[0])
    }

    /// A text with its 16-bit length in front.
    #[inline(never)]
    pub fn text(&mut self) -> String {
        let len = usize::from(self.u16());
        let text = self.bytes.split_at_checked(len).and_then(|(head, rest)| {
            self.bytes = rest;
            core::str::from_utf8(head).ok()
        });
        self.ensure(text.is_some());
        text.unwrap_or_default().to_owned()
    }

    /// Whether everything was sound and is read but the padding, fewer than four zero bytes.
    pub fn is_done(&self) -> bool {
        self.is_sound && self.bytes.len() < 4 && self.bytes.iter().all(|&byte| byte == 0)
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
        assert_eq!(input.text(), "grün");
        let count = input.count(2);
        assert_eq!(input.f32s(count, Reader::f32), [1.5, -2.0]);
        assert!(input.is_done());
    }

    #[test]
    fn after_a_fault_everything_is_zero_and_never_done() {
        let refused = |bytes: &[u8], read: &dyn Fn(&mut Reader<'_>)| {
            let mut input = Reader::new(bytes);
            read(&mut input);
            assert!(!input.is_done(), "{bytes:?}");
            assert_eq!((input.u8(), input.u16(), input.count(9), input.entries(4)), (0, 0, 0, 0));
            assert!(input.f32s(9, Reader::f32).is_empty());
            assert!(!input.is_done());
        };
        refused(&[3, 0, 1, 0, 1, 0, 1, 0], &|input: &mut Reader<'_>| _ = input.count(2));
        refused(&[3, 0, b'a'], &|input: &mut Reader<'_>| _ = input.text());
        refused(&[1, 0, 0xff], &|input: &mut Reader<'_>| _ = input.text());
        refused(&f32::NAN.to_le_bytes(), &|input: &mut Reader<'_>| _ = input.f32());
        refused(&[0; 4], &|input: &mut Reader<'_>| _ = input.positive());
        refused(&[2, 0, 0, 0, 1, 1, 1, 1], &|input: &mut Reader<'_>| _ = input.entries(4));
        refused(&[7], &|input: &mut Reader<'_>| {
            input.take::<2>();
        });
        refused(&[], &|input: &mut Reader<'_>| _ = input.code(2, &[true, false]));
        refused(&[], &|input: &mut Reader<'_>| input.ensure(false));
    }
}

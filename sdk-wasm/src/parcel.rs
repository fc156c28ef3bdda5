//! Several values of bytes as one: each after its length, four bytes, little-endian. One argument and one answer keep
//! the glue as small as it is. `js/src/contribute/parcel.ts` is the other side.

/// Takes values out, one after the other; what is missing is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parcel<'a>(&'a [u8]);

impl<'a> Parcel<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn next(&mut self) -> &'a [u8] {
        let Some((length, rest)) = self.0.split_first_chunk() else { return &[] };
        let length = u32::from_le_bytes(*length) as usize;
        let (value, rest) = rest.split_at(length.min(rest.len()));
        self.0 = rest;
        value
    }

    pub(crate) fn text(&mut self) -> &'a str {
        str::from_utf8(self.next()).unwrap_or_default()
    }

    /// A value of `N` bytes; `None` for one of another length.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.next().try_into().ok()
    }

    /// 32-bit numbers, the whole ones of the value.
    #[cfg(any(feature = "split", test))]
    pub(crate) fn numbers(&mut self) -> Vec<u32> {
        let (numbers, _) = self.next().as_chunks();
        numbers.iter().map(|number| u32::from_le_bytes(*number)).collect()
    }

    #[cfg(any(feature = "contribute", test))]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Puts values together, behind the byte that says that all went well.
pub(crate) fn parcel(values: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![0];
    for value in values {
        out.extend((value.len() as u32).to_le_bytes());
        out.extend(*value);
    }
    out
}

/// Whole numbers as bytes.
#[cfg(any(feature = "contribute", test))]
pub(crate) fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Floating numbers as bytes.
#[cfg(any(feature = "contribute", test))]
pub(crate) fn floats(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out() {
        let bytes = parcel(&[b"one", &[], &numbers(&[7, 8]), &floats(&[0.5])]);
        let mut parcel = Parcel::new(&bytes[1..]);
        assert_eq!((bytes[0], parcel.text(), parcel.next()), (0, "one", &[][..]));
        assert_eq!(parcel.array(), Some([7, 0, 0, 0, 8, 0, 0, 0]));
        assert_eq!(parcel.array().map(f64::from_le_bytes), Some(0.5));
        assert!(parcel.is_empty());
    }

    #[test]
    fn what_is_cut_off_is_short_and_what_is_missing_empty() {
        let mut parcel = Parcel::new(&[9, 0, 0, 0, b'a', b'b']);
        assert_eq!((parcel.text(), parcel.next(), parcel.array::<4>()), ("ab", &[][..], None));
        assert_eq!(Parcel::new(&[1, 0]).text(), "");
    }
}

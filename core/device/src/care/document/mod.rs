//! How exports and views cross between Rust and JavaScript: as bytes that name every field.
//!
//! JavaScript's objects would take a function of the glue for each thing that is done with one, and serde compiles its
//! machinery once for every type. Here one walk makes a [`Value`] of bytes, and [`record`] gives every type its two lists
//! of names. `js/src/document.ts` is the other side.
//!
//! A value is a [`Tag`] and what follows it: eight bytes of a little-endian float; the length of a text in four bytes and
//! its UTF-8; the members of a list or, name and value in turn, of a map, up to [`Tag::End`].

mod plain;
mod value;
mod writer;

pub(crate) use value::Value;
pub(crate) use writer::Writer;

/// What a value begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    False,
    True,
    Number,
    Text,
    List,
    Map,
    End,
}

/// The bytes, or the value in them, are not what was to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What can be read and written. Reading fills what has its default: where it fails, half of it may be filled.
pub(crate) trait Document: Default {
    fn write(&self, out: &mut Writer);

    fn read(&mut self, value: &Value) -> Result<(), Malformed>;

    /// All of it as bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        self.write(&mut out);
        out.into_bytes()
    }

    /// What bytes hold.
    fn of_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut read = Self::default();
        read.read(&Value::of_bytes(bytes)?)?;
        Ok(read)
    }
}

/// Makes a struct a [`Document`]: a map of its fields in this order, of which `may` fields may be missing and `must`
/// fields may not. What else a map holds is nobody's.
macro_rules! record {
    ($name:ident { $($how:ident $field:ident),+ $(,)? }) => {
        impl $crate::care::document::Document for $name {
            fn write(&self, out: &mut $crate::care::document::Writer) {
                out.tag($crate::care::document::Tag::Map);
                $(out.field(stringify!($field), &self.$field);)+
                out.tag($crate::care::document::Tag::End);
            }

            fn read(
                &mut self,
                value: &$crate::care::document::Value,
            ) -> Result<(), $crate::care::document::Malformed> {
                $(value.$how(stringify!($field), &mut self.$field)?;)+
                Ok(())
            }
        }
    };
}
pub(crate) use record;

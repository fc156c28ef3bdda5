//! Rows and columns, whatever they are written as.

use std::borrow::Cow;

/// What a column holds. Any value of it may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text in UTF-8.
    Text,
    /// A whole number of 64 bits with a sign.
    Whole,
    /// A number in double precision.
    Number,
    /// Yes or no.
    Flag,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// There is none, or it is not told.
    Missing,
    /// Of [`Kind::Text`].
    Text(Cow<'a, str>),
    /// Of [`Kind::Whole`].
    Whole(i64),
    /// Of [`Kind::Number`].
    Number(f64),
    /// Of [`Kind::Flag`].
    Flag(bool),
}

impl Column {
    pub(super) const fn text(name: &'static str) -> Self {
        Self { name, kind: Kind::Text }
    }

    pub(super) const fn whole(name: &'static str) -> Self {
        Self { name, kind: Kind::Whole }
    }

    pub(super) const fn number(name: &'static str) -> Self {
        Self { name, kind: Kind::Number }
    }

    pub(super) const fn flag(name: &'static str) -> Self {
        Self { name, kind: Kind::Flag }
    }
}

impl<'a> Value<'a> {
    /// Text that is there.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Text, if there is any.
    #[must_use]
    pub fn text_if(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, Self::text)
    }

    /// A count or a time. None of ours comes near the largest number of 63 bits.
    #[must_use]
    pub fn count(count: u64) -> Self {
        Self::Whole(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A count or a time, if there is one.
    #[must_use]
    pub fn count_if(count: Option<u64>) -> Self {
        count.map_or(Self::Missing, Self::count)
    }
}

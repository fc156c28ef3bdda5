//! Rules as a site writes them. `docs/rules.md` shows every condition and outcome, `docs/rules.schema.json` the form.

use core::fmt;
use core::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Error, IntoDeserializer as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Unknown;
use crate::context::{DeviceClass, Referrer};

/// A file of rules.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// The rules, in the order they are applied.
    pub rules: Vec<RuleSpec>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Its name, shown to visitors as the reason; different from those of the other rules.
    pub name: String,
    /// When it applies; absent: always, to every item.
    #[serde(default, skip_serializing_if = "Condition::is_always")]
    pub when: Condition,
    /// What it does.
    pub then: Outcome,
}

/// What a rule does; at least one of these.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outcome {
    /// Items that match are not listed. Only `true` makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude: Option<bool>,
    /// While `when` holds, only items that match this are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<Condition>,
    /// Items that match rise by so many standard deviations of the score, above 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boost: Option<f32>,
    /// They fall by so many, above 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bury: Option<f32>,
    /// The best of them stands at this place, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<u8>,
}

/// A condition. A positive test of something unknown fails.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// All of these hold; an empty list always holds.
    All(Vec<Condition>),
    /// At least one of these holds; an empty list never does.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// The item is of one of these categories.
    Category(OneOrMany<String>),
    /// It is of one of these brands.
    Brand(OneOrMany<String>),
    /// It has one of these tags.
    Tag(OneOrMany<String>),
    /// Its id is one of these.
    Id(OneOrMany<String>),
    /// Its price is below this.
    PriceBelow(f32),
    /// Its price is above this.
    PriceAbove(f32),
    /// It appeared at most this many days ago.
    NewDays(f32),
    /// It can, or cannot, be had.
    InStock(bool),
    /// It is among the first so many of the neutral order.
    PopularTop(u32),
    /// The page is shown on one of these.
    Device(OneOrMany<DeviceClass>),
    /// The viewport is narrower than so many CSS pixels.
    ViewportBelow(u16),
    /// The local time is within these hours.
    Hour(Hours),
    /// Today is one of these, where the visitor is.
    Weekday(OneOrMany<Weekday>),
    /// The visitor is in one of these regions, as the page names them.
    Region(OneOrMany<String>),
    /// The visit came from one of these.
    Referrer(OneOrMany<Referrer>),
    /// One of these is unknown.
    Unknown(OneOrMany<Unknown>),
    /// The visitor is in one of these segments.
    Segment(OneOrMany<String>),
    /// The probability of a purchase in this visit is at least this, 0 to 1.
    IntentAtLeast(f32),
    /// The visitor has had at least so many sessions, the current one included.
    SessionsAtLeast(u32),
    /// At least so many items are in the cart.
    CartAtLeast(u32),
    /// The visitor has, or has not, been here in an earlier session.
    Returning(bool),
    /// The visitor has, or has not, opened the item.
    Opened(bool),
    /// The visitor opened it at most this many days ago.
    OpenedDays(f32),
    /// The visitor has, or has not, bought it.
    Bought(bool),
    /// It is, or is not, in the visitor's cart.
    InCart(bool),
    /// The visitor was shown it at least so many times.
    ShownAtLeast(u32),
    /// It is, or is not, bought again and again.
    Rebuyable(bool),
}

/// Hours of a day: `from` and later, before `to`. When `from` is larger, the time from `from` through midnight to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// First hour, 0 to 23.
    pub from: u8,
    /// Hour at which it ends, 0 to 24.
    pub to: u8,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Weekday {
    /// Monday.
    Mon = 0,
    /// Tuesday.
    Tue = 1,
    /// Wednesday.
    Wed = 2,
    /// Thursday.
    Thu = 3,
    /// Friday.
    Fri = 4,
    /// Saturday.
    Sat = 5,
    /// Sunday.
    Sun = 6,
}

/// One value, or a list of which one is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMany<T>(
    /// The values.
    pub Vec<T>,
);

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Condition {
    fn is_always(&self) -> bool {
        *self == Self::default()
    }
}

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

/// Not an untagged enum: that one hides what was expected.
struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name or a list of names")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let name: StrDeserializer<'_, E> = name.into_deserializer();
        T::deserialize(name).map(|one| OneOrMany(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut many = Vec::new();
        while let Some(one) = list.next_element()? {
            many.push(one);
        }
        Ok(OneOrMany(many))
    }
}

//! The site's own rules: typed, total, the same result natively and in the browser.
//!
//! A site writes a [`RuleSet`] (JSON, feature `json`); publishing compiles it to [`Rules`], whose names are keys under
//! the table's seed; devices evaluate those by [`matches()`]. A condition is a list of [`Test`]s in prefix order, so that
//! evaluation is one pass over a slice: it ends after as many steps as there are tests.
//!
//! When rules meet on one item: an exclusion wins over everything, a pin over boosts, and boosts and buries add up to
//! at most [`MAX_LIFT`] either way. Of pins to the same place the earlier rule gets it, the later one the next.

mod evaluate;
mod wire;

#[cfg(feature = "json")]
mod compile;
#[cfg(feature = "json")]
mod error;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "json")]
mod lint;

pub use evaluate::{ItemFacts, SeenFacts, VisitorFacts, matches, verdict};

#[cfg(feature = "json")]
pub use error::RuleError;
#[cfg(feature = "json")]
pub use json::{Condition, Hours, OneOrMany, Outcome, RuleSet, RuleSpec, Weekday};
#[cfg(feature = "json")]
pub use lint::Warning;

/// Most rules of a placement, after compilation: a rule with two outcomes counts twice.
pub const MAX_RULES: usize = 256;
/// Most rules that pin.
pub const MAX_PINS: usize = 32;
/// Most tests of all rules of a placement together.
pub const MAX_TESTS: usize = 4096;
/// How deep `all`, `any` and `not` may stand inside one another.
pub const MAX_DEPTH: usize = 8;
/// Largest sum of boosts and buries of one item, in standard deviations of the score.
pub const MAX_LIFT: f32 = 10.0;
/// Last place an item can be pinned to.
pub const MAX_PLACE: u8 = 100;
/// Seconds that every opening lies within, however long ago.
pub const EVER: u32 = u32::MAX;

/// The rules of a placement, in the order they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules(
    /// At most [`MAX_RULES`].
    pub Vec<Rule>,
);

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The site's name for it.
    pub name: String,
    /// What is done with an item that matches.
    pub action: Action,
    /// The condition in prefix order: a group is followed by its parts. Well-formed, see [`Rule::is_well_formed`].
    pub when: Vec<Test>,
}

/// What a rule does with the items that match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// They are not listed.
    Exclude,
    /// They move by so many standard deviations of the score; negative buries. Within ±[`MAX_LIFT`].
    Lift(f32),
    /// The best of them stands at this place, 1 to [`MAX_PLACE`].
    Pin(u8),
}

/// One step of a condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// What is tested.
    pub kind: TestKind,
    /// First small operand; its meaning is that of the kind.
    pub low: u8,
    /// Second small operand.
    pub high: u8,
    /// Large operand: a key, a count, or the bits of a float.
    pub word: u32,
}

/// What a [`Test`] tests. A positive test of something unknown fails.
///
/// The discriminants are codes of the wire format and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum TestKind {
    /// All of the `word` conditions that follow; true without any.
    All = 0,
    /// Any of them; false without any.
    Any = 1,
    /// The one that follows does not hold.
    Not = 2,
    /// The item has the facet with key `word`.
    Facet = 3,
    /// The item's key is `word`.
    Id = 4,
    /// Its price is below the float `word`.
    PriceBelow = 5,
    /// Its price is above.
    PriceAbove = 6,
    /// It appeared no longer than `word` seconds ago.
    NewSeconds = 7,
    /// It can be had.
    InStock = 8,
    /// It is among the first `word` of its table's neutral order.
    PopularTop = 9,
    /// The device class is `low`.
    Device = 10,
    /// The viewport is narrower than `word` CSS pixels.
    ViewportBelow = 11,
    /// The local hour is `low` or later and before `high`; through midnight when `low > high`.
    Hour = 12,
    /// Bit of the local weekday is set in `low`, bit 0 = Monday.
    Weekday = 13,
    /// The region's key is `word`.
    Region = 14,
    /// The referrer class is `low`.
    Referrer = 15,
    /// The thing with code `low` (see [`Unknown`]) is unknown.
    Unknown = 16,
    /// The visitor's segment has the key `word`.
    Segment = 17,
    /// The purchase intent is at least the float `word`.
    IntentAtLeast = 18,
    /// The visitor has had at least `word` sessions, the current one included.
    SessionsAtLeast = 19,
    /// At least `word` items are in the cart.
    CartAtLeast = 20,
    /// The visitor opened the item no longer than `word` seconds ago; [`EVER`] for whenever.
    OpenedSeconds = 21,
    /// The visitor bought it.
    Bought = 22,
    /// It is in the visitor's cart.
    InCart = 23,
    /// The visitor was shown it at least `word` times.
    ShownAtLeast = 24,
    /// It is bought again and again, says the catalogue.
    Rebuyable = 25,
}

/// What can be unknown. The discriminants are codes of the wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "json", derive(serde::Deserialize, serde::Serialize), serde(rename_all = "snake_case"))]
#[repr(u8)]
pub enum Unknown {
    /// The device class.
    Device = 0,
    /// The width of the viewport.
    Viewport = 1,
    /// The local hour.
    Hour = 2,
    /// The local weekday.
    Weekday = 3,
    /// The region.
    Region = 4,
    /// Where the visit came from.
    Referrer = 5,
    /// The item's price.
    Price = 6,
    /// When the item appeared.
    Age = 7,
    /// The visitor's segment.
    Segment = 8,
    /// The visitor's purchase intent.
    Intent = 9,
}

impl Unknown {
    const ALL: [Self; 10] = [
        Self::Device,
        Self::Viewport,
        Self::Hour,
        Self::Weekday,
        Self::Region,
        Self::Referrer,
        Self::Price,
        Self::Age,
        Self::Segment,
        Self::Intent,
    ];

    /// The thing with this wire code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

impl Test {
    /// A test with only a large operand.
    pub fn new(kind: TestKind, word: u32) -> Self {
        Self { kind, low: 0, high: 0, word }
    }

    /// Number of conditions that belong to a group and follow it; 0 for anything else.
    pub(crate) fn parts(self) -> usize {
        match self.kind {
            TestKind::All | TestKind::Any => self.word as usize,
            TestKind::Not => 1,
            _ => 0,
        }
    }

    /// The large operand as a float.
    pub fn float(self) -> f32 {
        f32::from_bits(self.word)
    }

    /// Whether it asks what the visitor did with the item.
    pub fn is_about_seen(self) -> bool {
        (TestKind::OpenedSeconds..=TestKind::ShownAtLeast).contains(&self.kind)
    }

    fn is_personal(self) -> bool {
        (TestKind::Segment..=TestKind::ShownAtLeast).contains(&self.kind)
            || (self.kind == TestKind::Unknown && self.low >= Unknown::Segment as u8)
    }
}

impl Rule {
    /// Whether it asks about the visitor: then it has no place in a neutral list.
    pub fn is_personal(&self) -> bool {
        self.when.iter().any(|test| test.is_personal())
    }

    /// Whether it asks what the visitor did with the item.
    pub fn is_about_seen(&self) -> bool {
        self.when.iter().any(|test| test.is_about_seen())
    }

    /// Whether the tests are one whole condition of bounded depth and the operands are within their ranges.
    pub fn is_well_formed(&self) -> bool {
        let action = match self.action {
            Action::Exclude => true,
            Action::Lift(lift) => (-MAX_LIFT..=MAX_LIFT).contains(&lift),
            Action::Pin(place) => (1..=MAX_PLACE).contains(&place),
        };
        // Compilation adds a level for a list of names and two for `keep`.
        action
            && self.when.len() <= MAX_TESTS
            && end_of(&self.when, 0, MAX_DEPTH + 4) == Some(self.when.len())
    }
}

/// Where the condition that begins at `start` ends.
fn end_of(tests: &[Test], start: usize, depth: usize) -> Option<usize> {
    let test = tests.get(start)?;
    let mut end = start + 1;
    for _ in 0..test.parts() {
        end = end_of(tests, end, depth.checked_sub(1)?)?;
    }
    Some(end)
}

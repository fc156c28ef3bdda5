//! Whether a condition holds.

use super::{Rule, Test, TestKind, Unknown};
use crate::context::{DeviceClass, PageContext, Referrer};
use crate::ids::{FacetKey, ItemKey};

/// What rules may ask about an item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ItemFacts<'a> {
    /// The item's key; `None` stands for no item.
    pub key: Option<ItemKey>,
    /// Keys of its facets.
    pub facets: &'a [FacetKey],
    /// Its price; `None` unknown.
    pub price: Option<f32>,
    /// Seconds since it appeared; `None` unknown. An item of the future is new.
    pub age_s: Option<u32>,
    /// Whether it can be had.
    pub in_stock: bool,
    /// Its place in its table's neutral order, from 0.
    pub place: u32,
    /// Whether it is bought again and again.
    pub rebuyable: bool,
    /// What the visitor did with it.
    pub seen: SeenFacts,
}

/// What rules may ask about a visitor and an item. The default is an item that is new to the visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SeenFacts {
    /// Seconds since the visitor last did anything with it but see it listed; `None` never.
    pub opened_s: Option<u32>,
    /// How often the visitor was shown it.
    pub shown: u32,
    /// Whether the visitor bought it.
    pub bought: bool,
    /// Whether it is in the cart.
    pub in_cart: bool,
}

/// What rules may ask about the visitor. The default is somebody unknown in a first session.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VisitorFacts {
    /// Key of the segment's name (see [`VisitorFacts::segment_key`]); 0 unknown.
    pub segment: u32,
    /// Probability of a purchase in this visit; `None` unknown.
    pub intent: Option<f32>,
    /// Sessions, the current one included.
    pub sessions: u32,
    /// Items in the cart.
    pub cart_items: u32,
}

impl VisitorFacts {
    /// The key of a segment as the site names it; 0 for an empty name.
    pub fn segment_key(name: &str) -> u32 {
        PageContext::region_key(name)
    }
}

/// Whether a rule's condition holds for an item. Total: every well-formed rule has an answer for every input.
pub fn matches(rule: &Rule, item: &ItemFacts<'_>, page: &PageContext, visitor: &VisitorFacts) -> bool {
    verdict(rule, Some(item), page, visitor) == Some(true)
}

/// Like [`matches()`]; without an item, what is certain about every item: `None` where it depends on the item.
///
/// Groups follow Kleene's three-valued logic (Kleene 1952): a rule that cannot hold on this page is recognised once,
/// before any item is looked at.
pub fn verdict(
    rule: &Rule,
    item: Option<&ItemFacts<'_>>,
    page: &PageContext,
    visitor: &VisitorFacts,
) -> Option<bool> {
    let mut rest = rule.when.as_slice();
    Facts { item, page, visitor }.holds(&mut rest)
}

struct Facts<'a> {
    item: Option<&'a ItemFacts<'a>>,
    page: &'a PageContext,
    visitor: &'a VisitorFacts,
}

impl Facts<'_> {
    /// Answers the first condition of `rest` and moves past it. The recursion is as deep as the groups are nested.
    fn holds(&self, rest: &mut &[Test]) -> Option<bool> {
        let Some((&test, tail)) = rest.split_first() else { return Some(false) };
        *rest = tail;
        match test.kind {
            TestKind::Not => self.holds(rest).map(|holds| !holds),
            TestKind::All | TestKind::Any => {
                // One part with this answer decides; otherwise one unsure part leaves the group unsure.
                let decisive = test.kind == TestKind::Any;
                let mut answer = Some(!decisive);
                for _ in 0..test.word {
                    match self.holds(rest) {
                        Some(holds) if holds == decisive => answer = Some(decisive),
                        None if answer != Some(decisive) => answer = None,
                        _ => {}
                    }
                }
                answer
            }
            kind if is_about_item(kind, test.low) => self.item.map(|item| item_holds(item, test)),
            _ => Some(self.page_holds(test)),
        }
    }

    fn page_holds(&self, test: Test) -> bool {
        let (page, visitor) = (self.page, self.visitor);
        let (low, high, word) = (test.low, test.high, test.word);
        match test.kind {
            TestKind::Device => page.device as u8 == low && page.device != DeviceClass::Unknown,
            TestKind::ViewportBelow => page.viewport_px != 0 && u32::from(page.viewport_px) < word,
            TestKind::Hour => hour(page).is_some_and(|hour| is_between(hour, low, high)),
            TestKind::Weekday => weekday(page).is_some_and(|day| low >> day & 1 == 1),
            TestKind::Region => page.region != 0 && page.region == word,
            TestKind::Referrer => page.referrer as u8 == low && page.referrer != Referrer::Unknown,
            TestKind::Segment => visitor.segment != 0 && visitor.segment == word,
            TestKind::IntentAtLeast => visitor.intent.is_some_and(|intent| intent >= test.float()),
            TestKind::SessionsAtLeast => visitor.sessions >= word,
            TestKind::CartAtLeast => visitor.cart_items >= word,
            TestKind::Unknown => match Unknown::from_code(low) {
                Some(Unknown::Device) => page.device == DeviceClass::Unknown,
                Some(Unknown::Viewport) => page.viewport_px == 0,
                Some(Unknown::Hour) => hour(page).is_none(),
                Some(Unknown::Weekday) => weekday(page).is_none(),
                Some(Unknown::Region) => page.region == 0,
                Some(Unknown::Referrer) => page.referrer == Referrer::Unknown,
                Some(Unknown::Segment) => visitor.segment == 0,
                Some(Unknown::Intent) => visitor.intent.is_none(),
                _ => false,
            },
            _ => false,
        }
    }
}

fn is_about_item(kind: TestKind, low: u8) -> bool {
    (TestKind::Facet..=TestKind::PopularTop).contains(&kind)
        || kind >= TestKind::OpenedSeconds
        || (kind == TestKind::Unknown && (low == Unknown::Price as u8 || low == Unknown::Age as u8))
}

fn item_holds(item: &ItemFacts<'_>, test: Test) -> bool {
    let word = test.word;
    match test.kind {
        TestKind::Facet => item.facets.contains(&FacetKey(word)),
        TestKind::Id => item.key == Some(ItemKey(word)),
        TestKind::PriceBelow => item.price.is_some_and(|price| price < test.float()),
        TestKind::PriceAbove => item.price.is_some_and(|price| price > test.float()),
        TestKind::NewSeconds => item.age_s.is_some_and(|age_s| age_s <= word),
        TestKind::InStock => item.in_stock,
        TestKind::PopularTop => item.place < word,
        TestKind::OpenedSeconds => item.seen.opened_s.is_some_and(|opened_s| opened_s <= word),
        TestKind::Bought => item.seen.bought,
        TestKind::InCart => item.seen.in_cart,
        TestKind::ShownAtLeast => item.seen.shown >= word,
        TestKind::Rebuyable => item.rebuyable,
        _ if test.low == Unknown::Price as u8 => item.price.is_none(),
        _ => item.age_s.is_none(),
    }
}

/// An hour that no clock shows is unknown.
fn hour(page: &PageContext) -> Option<u8> {
    page.hour.filter(|&hour| hour < 24)
}

fn weekday(page: &PageContext) -> Option<u8> {
    page.weekday.filter(|&day| day < 7)
}

fn is_between(hour: u8, from: u8, to: u8) -> bool {
    if from <= to { from <= hour && hour < to } else { from <= hour || hour < to }
}

//! "What this site thinks": the profile in a form a page can show.

use super::document::Document;
use crate::order::{falling, sorted};
use crate::profile::{FacetState, Group, ItemState, Notes, Profile};

/// A profile as its visitor sees it. Times are milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ProfileView {
    /// Interactions booked.
    pub interactions: u32,
    /// Visits.
    pub sessions: u32,
    /// The first interaction; 0 before there is one.
    pub first_at_ms: f64,
    /// The last interaction; 0 before there is one.
    pub last_at_ms: f64,
    /// Size of the stored profile.
    pub bytes: u32,
    /// Items, most recent first.
    pub items: Vec<ItemView>,
    /// Items consumed long ago, of which only that is remembered.
    pub older_items: u32,
    /// Tastes, strongest first.
    pub facets: Vec<FacetView>,
    /// The last 1, 7 and 30 days.
    pub windows: Vec<WindowView>,
    /// Interactions in each hour of the day (UTC), 24 numbers, halved every 30 days.
    pub hours: Vec<f32>,
    /// Items opened in each fifth of the prices, cheapest first, halved every 30 days.
    pub price_bands: Vec<f32>,
    /// Mean price band of what was opened, 0 (cheapest) to 1; 0.5 unknown.
    pub price_level: f32,
    /// Visits, halved every 30 days.
    pub frequency: f32,
    /// Value of purchases, halved every 30 days, in the site's currency.
    pub value: f32,
    /// Mean minutes of a visit.
    pub session_minutes: f32,
    /// Mean value of the purchases known, in the site's currency.
    pub mean_order_value: f32,
    /// The last purchase; 0 without one.
    pub last_order_at_ms: f64,
    /// The cart.
    pub cart: CartView,
    /// Search terms with how often they were searched for, most recent first.
    pub searches: Vec<NoteView>,
    /// Survey questions, by the site's names, with their newest answers.
    pub surveys: Vec<NoteView>,
    /// What the site's own records say of the visitor, each with the moment it lapses: `tier=gold`, or
    /// `category:Tents` with a weight of −1 to 1.
    pub hints: Vec<NoteView>,
    /// Questions of the questionnaire answered.
    pub answers: u32,
    /// The segment, by its place among the site's segments.
    pub segment: Option<u8>,
}

/// What was done in the days up to now, by the hour.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct WindowView {
    /// Length of the window.
    pub days: u32,
    /// Items opened.
    pub opens: u32,
    /// Items put into the cart.
    pub cart_adds: u32,
    /// Purchases.
    pub purchases: u32,
    /// Searches.
    pub searches: u32,
    /// Visits begun.
    pub sessions: u32,
    /// Active minutes on item pages.
    pub dwell_minutes: f32,
    /// Value of the purchases whose price is known.
    pub value: f32,
}

/// The cart.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct CartView {
    /// Distinct items in it.
    pub items: u32,
    /// Pieces in it.
    pub pieces: u32,
    /// When it was last changed; 0 for never.
    pub changed_at_ms: f64,
}

/// A search term or a survey question.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct NoteView {
    /// The term or the question's name.
    pub text: String,
    /// How often, or the answer.
    pub value: f32,
    /// The last time.
    pub at_ms: f64,
}

/// What is known of one item.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct ItemView {
    /// The site's id.
    pub id: String,
    /// Name of the last interaction's kind.
    pub last_kind: String,
    /// When that was.
    pub last_at_ms: f64,
    /// Interactions, impressions excepted.
    pub count: u32,
    /// Impressions.
    pub shown: u32,
    /// The last impression; 0 without one.
    pub shown_at_ms: f64,
    /// The strongest wish shown for it, 0–1.
    pub weight: f32,
    /// Whether it was bought.
    pub bought: bool,
    /// Whether it is in the cart.
    pub in_cart: bool,
    /// Pieces in the cart.
    pub quantity: u32,
    /// Whether it was dismissed or got a thumb down, neither taken back nor expired.
    pub refused: bool,
    /// Whether it has a thumb up.
    pub liked: bool,
    /// The rating, 1–5; 0 without one.
    pub stars: f32,
}

/// A taste.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export))]
pub struct FacetView {
    /// `category`, `brand` or `tag`.
    pub kind: String,
    /// The site's name for it.
    pub name: String,
    /// Its key, to mute it by.
    pub key: u32,
    /// Likes less dislikes, halved every 30 days; negative when disliked.
    pub strength: f32,
    /// Impressions of its items, halved every 30 days.
    pub shown: f32,
    /// Openings of its items, halved every 30 days.
    pub opened: f32,
    /// Whether it is muted.
    pub muted: bool,
}

impl ProfileView {
    /// The view of a profile at a time.
    pub fn of(profile: &Profile, now_ms: u64) -> Self {
        let facets = profile.facets().as_slice();
        let strength = |facet: &FacetState| u64::from(falling(facet.strength_at(now_ms)));
        let by_strength = sorted(facets.iter().map(strength).zip(0..).collect());
        let (summary, cart) = (profile.summary(now_ms), profile.cart());
        Self {
            interactions: profile.interactions(),
            sessions: profile.sessions(),
            first_at_ms: profile.first_at_ms as f64,
            last_at_ms: profile.session.last_at_ms as f64,
            bytes: u32::try_from(profile.encode().len()).unwrap_or(u32::MAX),
            items: profile.items().iter().map(|item| ItemView::of(item, now_ms)).collect(),
            older_items: u32::try_from(profile.older().len()).unwrap_or(u32::MAX),
            facets: by_strength.iter().map(|&(_, place)| FacetView::of(&facets[place], now_ms)).collect(),
            windows: [1, 7, 30].into_iter().map(|days| WindowView::of(profile, days, now_ms)).collect(),
            hours: profile.rhythm().hours().to_vec(),
            price_bands: profile.rhythm().price_bands().to_vec(),
            price_level: summary.price_level,
            frequency: profile.standing(now_ms).frequency,
            value: profile.standing(now_ms).value,
            session_minutes: profile.rhythm().session_minutes(),
            mean_order_value: summary.mean_order_value,
            last_order_at_ms: profile.orders().last_at_ms as f64,
            cart: CartView {
                items: cart.items,
                pieces: cart.pieces,
                changed_at_ms: cart.changed_at_ms as f64,
            },
            searches: notes(profile.searches()),
            surveys: notes(profile.surveys()),
            hints: notes(profile.hints()),
            answers: u32::try_from(profile.answers.len()).unwrap_or(u32::MAX),
            segment: profile.segment,
        }
    }
}

impl ProfileView {
    /// As bytes for `js/src/document.ts`.
    pub fn to_bytes(&self) -> Vec<u8> {
        Document::to_bytes(self)
    }
}

impl WindowView {
    fn of(profile: &Profile, days: u32, now_ms: u64) -> Self {
        let (counts, value) = profile.windows().sum(days, now_ms);
        let count = |group: Group| u32::try_from(counts[group as usize]).unwrap_or(u32::MAX);
        Self {
            days,
            opens: count(Group::Opens),
            cart_adds: count(Group::CartAdds),
            purchases: count(Group::Purchases),
            searches: count(Group::Searches),
            sessions: count(Group::Sessions),
            dwell_minutes: counts[Group::DwellMs as usize] as f32 / 60_000.0,
            value,
        }
    }
}

fn notes(notes: &Notes) -> Vec<NoteView> {
    let view = notes.as_slice().iter();
    view.map(|note| NoteView { text: note.text.clone(), value: note.value, at_ms: note.at_ms as f64 })
        .collect()
}

impl ItemView {
    fn of(item: &ItemState, now_ms: u64) -> Self {
        Self {
            id: item.id.clone(),
            last_kind: item.last_kind.name().to_owned(),
            last_at_ms: item.last_at_ms as f64,
            count: item.count.into(),
            shown: item.shown.into(),
            shown_at_ms: item.shown_at_ms as f64,
            weight: item.wish(),
            bought: item.is_bought(),
            in_cart: item.is_in_cart(),
            quantity: item.quantity.into(),
            refused: item.is_refused(now_ms),
            liked: item.thumb.taste > 0.0,
            stars: item.stars().unwrap_or(0.0),
        }
    }
}

impl FacetView {
    fn of(facet: &FacetState, now_ms: u64) -> Self {
        Self {
            kind: facet.kind.name().to_owned(),
            name: facet.name.clone(),
            key: facet.key.0,
            strength: facet.strength_at(now_ms),
            shown: facet.shown * facet.fade_at(now_ms),
            opened: facet.opened * facet.fade_at(now_ms),
            muted: facet.muted,
        }
    }
}

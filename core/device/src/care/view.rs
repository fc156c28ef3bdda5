//! "What this site thinks": the profile in a form a page can show.

use serde::{Deserialize, Serialize};

use crate::profile::{FacetState, ItemState, Profile};

/// A profile as its visitor sees it. Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
}

/// What is known of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// The strongest wish shown for it, 0–1.
    pub weight: f32,
    /// Whether it was bought.
    pub bought: bool,
    /// Whether it is in the cart.
    pub in_cart: bool,
    /// Whether it was dismissed or disliked.
    pub refused: bool,
}

/// A taste.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Whether it is muted.
    pub muted: bool,
}

impl ProfileView {
    /// The view of a profile at a time.
    pub fn of(profile: &Profile, now_ms: u64) -> Self {
        let mut facets: Vec<FacetView> =
            profile.facets().as_slice().iter().map(|facet| FacetView::of(facet, now_ms)).collect();
        facets.sort_by(|a, b| b.strength.total_cmp(&a.strength));
        Self {
            interactions: profile.interactions(),
            sessions: profile.sessions(),
            first_at_ms: profile.first_at_ms as f64,
            last_at_ms: profile.session.last_at_ms as f64,
            bytes: u32::try_from(profile.encode().len()).unwrap_or(u32::MAX),
            items: profile.items().iter().map(ItemView::of).collect(),
            older_items: u32::try_from(profile.older().len()).unwrap_or(u32::MAX),
            facets,
        }
    }
}

impl ItemView {
    fn of(item: &ItemState) -> Self {
        Self {
            id: item.id.clone(),
            last_kind: item.last_kind.name().to_owned(),
            last_at_ms: item.last_at_ms as f64,
            count: item.count.into(),
            shown: item.shown.into(),
            weight: item.weight,
            bought: item.is_bought(),
            in_cart: item.is_in_cart(),
            refused: item.is_refused(),
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
            muted: facet.muted,
        }
    }
}

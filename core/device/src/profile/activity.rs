//! What the visitor has been doing lately: counts, sessions, orders, the cart.

use homebody_protocol::Kind;
use homebody_protocol::features::{LONG_AGO_DAYS, VisitorSummary};
use homebody_protocol::table::FacetKind;

use super::clock::{days_between, faded, newer};
use super::items::pieces;
use super::windows::{Group, VALUE};
use super::{Known, Notes, Profile, Rhythm, Windows, is_opening};
use crate::interaction::Interaction;

const MINUTE_MS: f32 = 60_000.0;
/// Longest active time that one interaction may stand for.
const MAX_DWELL_MS: f32 = 86_400_000.0;

/// The visitor's cart, as far as the site told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CartState {
    /// Distinct items in it now.
    pub items: u32,
    /// Pieces in it now.
    pub pieces: u32,
    /// When something was last put in, taken out or bought, milliseconds since 1970; 0 for a cart never used.
    pub changed_at_ms: u64,
    /// The visitor's last interaction.
    pub last_at_ms: u64,
    /// When the current session began.
    pub session_started_at_ms: u64,
    /// The last purchase; 0 without one.
    pub purchased_at_ms: u64,
}

impl CartState {
    /// Whether the cart was left: something is in it, nothing was done for `idle_minutes` or a session began since it
    /// was last changed, and nothing was bought since.
    pub fn abandoned(&self, now_ms: u64, idle_minutes: f32) -> bool {
        let bought = self.purchased_at_ms > 0 && self.purchased_at_ms >= self.changed_at_ms;
        let idle = now_ms.saturating_sub(self.last_at_ms) as f32 >= idle_minutes * MINUTE_MS;
        let came_back = self.session_started_at_ms > self.changed_at_ms;
        self.items > 0 && !bought && (idle || came_back)
    }
}

/// Purchases remembered. A purchase whose price no table knew counts towards its time only.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Orders {
    /// Purchases whose value is known; saturating.
    pub count: u32,
    /// Their value, pieces times price, in the site's currency; finite.
    pub value: f32,
    /// The last purchase of any item, milliseconds since 1970; 0 without one.
    pub last_at_ms: u64,
}

/// Recency, frequency and value: the visitor in three numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Days since the last interaction; [`LONG_AGO_DAYS`] before the first.
    pub recency_days: f32,
    /// Sessions, halved every 30 days.
    pub frequency: f32,
    /// Value of purchases, halved every 30 days, in the site's currency.
    pub value: f32,
}

impl Profile {
    /// Recency, frequency and value at a moment.
    pub fn standing(&self, now_ms: u64) -> Standing {
        let left = faded(days_between(self.rhythm.at_ms, now_ms));
        Standing {
            recency_days: days_since(self.session.last_at_ms, now_ms),
            frequency: self.rhythm.group(Group::Sessions) * left,
            value: self.rhythm.value() * left,
        }
    }

    /// The visitor at a moment; see [`homebody_protocol::features`].
    ///
    /// Once a pause has ended the current session, the next one is taken to begin now. Categories count by their
    /// openings, halved every 30 days.
    pub fn summary(&self, now_ms: u64) -> VisitorSummary {
        let [day, week, month] = [1, 7, 30].map(|days| self.windows.sum(days, now_ms).0);
        let count = |counts: &[u64], group: Group| counts[group as usize] as f32;
        let (session, orders) = (&self.session, &self.orders);
        let fresh = session.is_over(now_ms);
        let (started_ms, before_ms) = if fresh {
            (now_ms, session.last_at_ms)
        } else {
            (session.started_at_ms, session.before_ended_at_ms)
        };
        VisitorSummary {
            opens_1d: count(&day, Group::Opens),
            opens_7d: count(&week, Group::Opens),
            opens_30d: count(&month, Group::Opens),
            cart_adds_7d: count(&week, Group::CartAdds),
            purchases_30d: count(&month, Group::Purchases),
            searches_7d: count(&week, Group::Searches),
            sessions_30d: count(&month, Group::Sessions),
            session_interactions: if fresh { 0.0 } else { session.interactions as f32 },
            session_minutes: now_ms.saturating_sub(started_ms) as f32 / MINUTE_MS,
            days_since_last_session: days_since(before_ms, started_ms),
            days_since_purchase: days_since(orders.last_at_ms, now_ms),
            dwell_minutes_7d: count(&week, Group::DwellMs) / MINUTE_MS,
            mean_order_value: if orders.count > 0 { orders.value / orders.count as f32 } else { 0.0 },
            price_level: self.rhythm.price_level(),
            category_variety: self.facets.variety(FacetKind::Category, now_ms),
            items_in_cart: self.cart().items as f32,
        }
    }

    /// The cart.
    pub fn cart(&self) -> CartState {
        let mut cart = CartState {
            last_at_ms: self.session.last_at_ms,
            session_started_at_ms: self.session.started_at_ms,
            purchased_at_ms: self.orders.last_at_ms,
            ..CartState::default()
        };
        for item in &self.items {
            cart.items += u32::from(item.is_in_cart());
            cart.pieces += u32::from(item.quantity);
            cart.changed_at_ms = cart.changed_at_ms.max(item.cart_at_ms);
        }
        cart
    }

    /// Counts of the last 31 days by the hour.
    pub fn windows(&self) -> &Windows {
        &self.windows
    }

    /// Counts that fade: how often, when in the day, how long, how dear.
    pub fn rhythm(&self) -> &Rhythm {
        &self.rhythm
    }

    /// Purchases remembered.
    pub fn orders(&self) -> &Orders {
        &self.orders
    }

    /// Search terms.
    pub fn searches(&self) -> &Notes {
        &self.searches
    }

    /// Survey questions, by the site's names, and their newest answers.
    pub fn surveys(&self) -> &Notes {
        &self.surveys
    }

    /// Counts an interaction, whatever it is about.
    pub(super) fn count(&mut self, interaction: &Interaction<'_>, known: &Known<'_>, now_ms: u64) {
        if self.interactions == 0 || now_ms < self.first_at_ms {
            self.first_at_ms = now_ms;
        }
        self.interactions = self.interactions.saturating_add(1);
        self.rhythm.add_hour(now_ms);
        let before = self.session;
        if self.session.touch(now_ms) {
            self.sessions = self.sessions.saturating_add(1);
            self.add(Group::Sessions, 1.0, now_ms);
            if before.started_at_ms > 0 {
                self.rhythm.add_session(before.minutes(), now_ms);
            }
        }
        match interaction.kind {
            Kind::Search => self.add(Group::Searches, 1.0, now_ms),
            Kind::CartAdd => self.add(Group::CartAdds, 1.0, now_ms),
            Kind::Dwell => self.add(Group::DwellMs, interaction.value.clamp(0.0, MAX_DWELL_MS), now_ms),
            Kind::Purchase => self.count_purchase(pieces(interaction.value), known.price, now_ms),
            kind if is_opening(kind) => {
                self.add(Group::Opens, 1.0, now_ms);
                if let Some(band) = known.price_band.filter(|band| band.is_finite()) {
                    self.rhythm.add_opened(band, now_ms);
                }
            }
            _ => {}
        }
    }

    fn count_purchase(&mut self, pieces: f32, price: Option<f32>, now_ms: u64) {
        self.add(Group::Purchases, 1.0, now_ms);
        self.orders.last_at_ms = newer(self.orders.last_at_ms, now_ms);
        if let Some(price) = price.filter(|&price| price >= 0.0) {
            let value = (pieces * price).min(f32::MAX);
            let hour = self.windows.at(now_ms);
            hour.value = (hour.value + value).min(f32::MAX);
            self.rhythm.add(&[(VALUE, value)], now_ms);
            self.orders.count = self.orders.count.saturating_add(1);
            self.orders.value = (self.orders.value + value).min(f32::MAX);
        }
    }

    fn add(&mut self, group: Group, amount: f32, now_ms: u64) {
        self.windows.at(now_ms).add(group, amount);
        self.rhythm.add(&[(group as usize, amount)], now_ms);
    }
}

/// Days since a moment, of which 0 is never; at most [`LONG_AGO_DAYS`].
fn days_since(then_ms: u64, now_ms: u64) -> f32 {
    if then_ms == 0 { LONG_AGO_DAYS } else { days_between(then_ms, now_ms).min(LONG_AGO_DAYS) }
}

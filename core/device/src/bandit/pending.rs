//! What was listed, until it is known whether it was opened.

use homebody_protocol::{ItemKey, Kind};

use super::decision::Odds;
use super::linear::Features;
use crate::consent::{Permit, Personalize};
use crate::profile::Profile;
use crate::track::SESSION_IDLE_MS;

/// Listed items kept, the latest last.
const MOST: usize = 64;

/// Listed items, kept so that what becomes of them can be learned from.
#[derive(Debug, Default)]
pub(crate) struct Pending(Vec<Listed>);

#[derive(Debug)]
struct Listed {
    key: ItemKey,
    /// What the linear bandit learns from.
    features: Option<Features>,
    /// The level of variety it was listed under.
    level: Option<usize>,
    /// What is told of it, where its place was drawn for that.
    odds: Option<Odds>,
    /// Whether it was shown as the decision of the day.
    is_decided: bool,
    at_ms: u64,
    /// Whether its impression was booked.
    shown: bool,
}

impl Pending {
    /// Keeps an item of a list in place of an older listing of it.
    pub(crate) fn list(
        &mut self,
        key: ItemKey,
        features: Option<Features>,
        level: Option<usize>,
        odds: Option<Odds>,
        at_ms: u64,
    ) {
        // A list that is put in order anew does not end what was decided.
        let is_decided = self.0.iter().any(|listed| listed.key == key && listed.is_decided);
        self.0.retain(|listed| listed.key != key);
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(Listed { key, features, level, odds, is_decided, at_ms, shown: false });
    }

    /// Whether nothing was listed that is waited for: only the linear bandit, levels of variety and decisions list anything
    /// here.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Learns from an interaction with a listed item.
    ///
    /// The impression books a reward of 0 and the opening that follows adds 1; each counts once a listing, and none
    /// after half an hour. An opening without an impression, as on a fast click, books both.
    #[inline(never)]
    pub(crate) fn judge(
        &mut self,
        profile: &mut Profile,
        permit: &Permit<Personalize>,
        key: ItemKey,
        kind: Kind,
        now_ms: u64,
    ) {
        let Some(place) = self.0.iter().position(|listed| listed.key == key) else { return };
        let listed = &mut self.0[place];
        let opened =
            matches!(kind, Kind::View | Kind::Click | Kind::CartAdd | Kind::Wishlist | Kind::Purchase);
        if now_ms.saturating_sub(listed.at_ms) >= SESSION_IDLE_MS {
            self.0.remove(place);
            return;
        }
        let shown = !listed.shown && (opened || kind == Kind::Impression);
        if shown || opened {
            if let Some(features) = &listed.features {
                profile.learn(permit, features, shown, opened);
            }
            if let Some(level) = listed.level {
                profile.learn_level(permit, level, shown, opened);
            }
            if let Some(odds) = listed.odds.filter(|_| shown) {
                listed.is_decided |= profile.decide(permit, odds, now_ms);
            }
            if listed.is_decided && opened {
                profile.open_decision(permit);
            }
            listed.shown = true;
        }
        if opened {
            self.0.remove(place);
        }
    }
}

//! What is asked of the ranking and what it answers.

use homebody_protocol::{ItemKey, PageContext, Policy};

/// One question to the ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankRequest<'a> {
    /// The candidates; empty asks for the pool, and the catalogue too where the pool is open.
    pub keys: &'a [ItemKey],
    /// Most items to return.
    pub limit: usize,
    /// Breaks exact ties; a page draws one a session so that equals take turns.
    pub seed: u32,
    /// Asks for the list of somebody unknown.
    pub neutral: bool,
    /// Places already shown: the page begins after them. 0 begins a list, more continues the last one as long as
    /// keys, seed, policy and neutrality are the same: pages neither repeat nor skip an item, whatever the
    /// visitor does in between; what was bought or dismissed meanwhile is left out.
    pub offset: usize,
    /// The numbers of the placement; `None` takes those of the pool.
    pub policy: Option<Policy>,
    /// Under what circumstances the list is asked for.
    pub page: PageContext,
    /// Milliseconds since 1970.
    pub now_ms: u64,
}

impl Default for RankRequest<'_> {
    /// Twenty items of the pool, personal, by the pool's policy, at the epoch.
    fn default() -> Self {
        let page = PageContext::default();
        Self { keys: &[], limit: 20, seed: 0, neutral: false, offset: 0, policy: None, page, now_ms: 0 }
    }
}

impl RankRequest<'_> {
    /// The same, ranked by score alone: for comparisons and tests.
    #[must_use]
    pub fn by_score_alone(self) -> Self {
        let policy = Policy { diversity: 1.0, ..self.policy.unwrap_or_default() };
        Self { policy: Some(policy), ..self }
    }
}

/// Which table a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The placement's pool.
    Pool,
    /// The catalogue table: the device proposed the item itself.
    Catalogue,
}

/// One ranked item.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The table `row` is of.
    pub source: Source,
    /// The row.
    pub row: usize,
    /// The item.
    pub key: ItemKey,
    /// The score; comparable within one list only, 0 in a neutral one.
    pub score: f32,
    /// How likely chance was to put the item into this list, in (0, 1]: 1 where nothing was left to chance. It weighs
    /// a click when lists are compared afterwards; `explore.rs` says how it is estimated.
    pub propensity: f32,
    /// The strongest reasons, strongest first; unused places have [`ReasonKind::None`].
    pub reasons: [Reason; 3],
    /// The share of all smaller reasons; with those of `reasons` it sums to 1.
    pub rest: f32,
}

/// Why an item stands where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reason {
    /// What kind of reason.
    pub kind: ReasonKind,
    /// Key of the history item (`Collaborative`, `Content`) or facet (`Category`, `Brand`, `Tag`), number of the rule
    /// (`Rule`, see [`Device::rule_name`](crate::Device::rule_name)), else 0.
    pub key: u32,
    /// Share of everything that speaks for the item, 0–1: of the positive terms of its score. What speaks against it is
    /// in the score and in no share.
    pub share: f32,
}

/// What speaks for an item. The discriminants are codes of the JavaScript API and never change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ReasonKind {
    /// Nothing in particular: the neutral order.
    #[default]
    None = 0,
    /// Others who wanted a history item wanted this one.
    Collaborative = 1,
    /// It resembles a history item.
    Content = 2,
    /// The visitor likes its category.
    Category = 3,
    /// The visitor likes its brand.
    Brand = 4,
    /// The visitor likes a tag of it.
    Tag = 5,
    /// It is popular.
    Popular = 6,
    /// It is getting popular.
    Trending = 7,
    /// It is new.
    Fresh = 8,
    /// A rule of the site lifts or pins it; a pinned item has no other reason.
    Rule = 9,
    /// It is in the cart, or resembles what is.
    Cart = 10,
    /// It is tried out: little is known of it yet.
    Explore = 11,
    /// It is outside what the visitor knows.
    Serendipity = 12,
    /// An imported model lifts it.
    Model = 13,
}

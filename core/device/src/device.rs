//! The device: consent, profile and tables behind one set of verbs.

use core::cell::RefCell;

use homebody_protocol::models::{Answer, Question};
use homebody_protocol::table::{Table, TableError, TableKind};
use homebody_protocol::{FacetKey, ItemKey, Kind, Policy};

use crate::audit::Audit;
use crate::consent::Consent;
use crate::interaction::Interaction;
use crate::prices::Prices;
use crate::profile::{FEATURE_DAYS, FacetRef, Known, Profile, ProfileError};
use crate::rank::{Context, Listing, RankRequest, Ranked};
use crate::segments::{self, SegmentChange};
use crate::track::DwellTracker;
use crate::{intent, onboarding};

/// Everything Homebody holds on a device. See the crate's documentation.
#[derive(Debug, Default)]
pub struct Device {
    consent: Consent,
    profile: Profile,
    dirty: bool,
    dwell: DwellTracker,
    /// The segment left and the one entered since the shell last asked.
    segment_change: Option<SegmentChange>,
    pool: Option<Table<Vec<u8>>>,
    catalogue: Option<Table<Vec<u8>>>,
    /// Ranking remembers what it listed; to the caller it is a question.
    listing: RefCell<Listing>,
    pool_prices: Prices,
    catalogue_prices: Prices,
}

/// Why a table cannot be loaded; the one loaded before stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The bytes are not a table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A catalogue was given for a pool or the other way round.
    #[error("expected a table of kind `{expected:?}`")]
    Kind {
        /// The kind that was asked for.
        expected: TableKind,
    },
}

impl LoadError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Table(error) => error.code(),
            Self::Kind { .. } => "table_kind",
        }
    }
}

impl Device {
    /// A device that knows nothing and may know nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of what the visitor allowed.
    ///
    /// Without consent to personalise, or with consent of another epoch, the profile in memory is dropped.
    pub fn set_consent(&mut self, consent: Consent) {
        self.consent = consent;
        match consent.personalize() {
            Some(permit) if permit.epoch() == self.profile.epoch() => {}
            Some(permit) => self.begin(Profile::new(&permit, self.id_seed())),
            None => self.begin(Profile::default()),
        }
        if self.profile.segment.is_none() {
            self.segment_change = None;
        }
    }

    /// Puts a stored profile in place of the one in memory, less what is too old by now (see [`Profile::expire`]);
    /// `false` without consent, when nothing is read.
    ///
    /// # Errors
    /// [`ProfileError`] when the bytes are not a profile; the one in memory stays.
    pub fn restore(&mut self, bytes: &[u8], now_ms: u64) -> Result<bool, ProfileError> {
        self.restore_last(FEATURE_DAYS, bytes, now_ms)
    }

    /// The same for a site that promised to remember no more than the last `days`.
    ///
    /// # Errors
    /// As [`Device::restore`].
    pub fn restore_last(&mut self, days: u64, bytes: &[u8], now_ms: u64) -> Result<bool, ProfileError> {
        let Some(permit) = self.consent.personalize() else { return Ok(false) };
        let mut profile = Profile::decode(bytes)?;
        if profile.epoch() != permit.epoch() {
            return Ok(false);
        }
        profile.rekey(self.id_seed());
        profile.expire(now_ms, days);
        self.profile = profile;
        self.dirty = false;
        Ok(true)
    }

    /// The profile's bytes, to be stored; `None` without consent. The device counts as saved from here on.
    pub fn snapshot(&mut self) -> Option<Vec<u8>> {
        self.consent.personalize()?;
        self.dirty = false;
        Some(self.profile.encode())
    }

    /// Whether the profile changed since the last snapshot.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Drops the profile. What is stored is the shell's to destroy.
    pub fn erase(&mut self) {
        let empty = self.consent.personalize().map(|permit| Profile::new(&permit, self.id_seed()));
        self.begin(empty.unwrap_or_default());
        self.dwell = DwellTracker::default();
        self.segment_change = None;
        self.dirty = false;
    }

    /// Loads the pool of a placement; its rows.
    ///
    /// # Errors
    /// [`LoadError`]; the pool loaded before stays.
    pub fn load_pool(&mut self, bytes: Vec<u8>) -> Result<usize, LoadError> {
        let table = read(bytes, TableKind::Pool)?;
        self.profile.rekey(table.header().id_seed);
        self.listing = RefCell::default();
        self.pool_prices = Prices::of(&table);
        Ok(self.pool.insert(table).rows())
    }

    /// Loads the catalogue table; its rows.
    ///
    /// # Errors
    /// [`LoadError`]; the catalogue loaded before stays.
    pub fn load_catalogue(&mut self, bytes: Vec<u8>) -> Result<usize, LoadError> {
        let table = read(bytes, TableKind::Catalogue)?;
        self.listing = RefCell::default();
        self.catalogue_prices = Prices::of(&table);
        Ok(self.catalogue.insert(table).rows())
    }

    /// Books an interaction; `false` without consent, when nothing is kept.
    pub fn record(&mut self, interaction: &Interaction<'_>, now_ms: u64) -> bool {
        let Some(permit) = self.consent.personalize() else { return false };
        let sources = [(&self.pool, &self.pool_prices), (&self.catalogue, &self.catalogue_prices)];
        let item = interaction.item(self.profile.id_seed());
        let found = sources.into_iter().find_map(|(table, prices)| {
            let table = table.as_ref()?;
            Some((table, table.row_of(item?)?, prices))
        });
        let facets = found.map(|(table, row, _)| facets_of(table, row)).unwrap_or_default();
        let price = found.and_then(|(table, row, _)| table.price(row));
        let price_band = found.and_then(|(_, _, prices)| prices.band(price?));
        let known = Known { facets: &facets, price, price_band };
        let kept = self.profile.apply(&permit, interaction, &known, now_ms).is_ok();
        let pending = &mut self.listing.get_mut().pending;
        if let Some(key) = item.filter(|_| kept && !pending.is_empty()) {
            pending.judge(&mut self.profile, &permit, key, interaction.kind, now_ms);
        }
        self.dirty |= kept;
        if let Some(pool) = self.pool.as_ref().filter(|pool| kept && pool.extras().segments.are_known()) {
            let change = segments::follow(&pool.extras().segments, &mut self.profile, &permit, now_ms);
            self.segment_change = segments::merged(self.segment_change, change);
        }
        kept
    }

    /// The name of the visitor's segment; `None` without consent, before the first interaction, and where the pool
    /// knows no segments.
    pub fn segment(&self) -> Option<&str> {
        self.consent.personalize()?;
        let all = &self.pool.as_ref()?.extras().segments.all;
        all.get(usize::from(self.profile.segment?)).map(|segment| segment.name.as_str())
    }

    /// The change of segment since this was last called: the segment left and the one entered, by their place in the
    /// pool's segments. Several changes in between are one; there and back again is none.
    pub fn take_segment_change(&mut self) -> Option<SegmentChange> {
        self.segment_change.take()
    }

    /// Probability of a purchase in this visit, 0–1; `None` without consent or a model.
    pub fn intent(&self, now_ms: u64) -> Option<f32> {
        self.consent.personalize()?;
        intent::of(&self.profile, self.pool.as_ref()?.extras(), now_ms)
    }

    /// How varied what the visitor was shown is, against the catalogue where one is loaded, else the pool; `None`
    /// without consent or a table.
    pub fn audit(&self, now_ms: u64) -> Option<Audit> {
        self.consent.personalize()?;
        let pool = self.pool.as_ref()?;
        let sibling = self.catalogue.as_ref().filter(|table| table.header().id_seed == pool.header().id_seed);
        Some(Audit::of(&self.profile, sibling.unwrap_or(pool), now_ms))
    }

    /// The question to ask the visitor next; `None` without consent, and when there is nothing worth asking. See
    /// [`onboarding::next_question`].
    pub fn next_question(&self) -> Option<&Question> {
        self.consent.personalize()?;
        let questions = &self.pool.as_ref()?.extras().questions;
        if questions.all.is_empty() {
            None
        } else {
            onboarding::next_question(questions, self.profile.answers())
        }
    }

    /// Keeps the answer to the question about a facet; `false` without consent, when nothing is kept, and for a facet
    /// that the questionnaire does not ask about.
    pub fn answer(&mut self, facet: FacetKey, answer: Answer) -> bool {
        let (Some(permit), Some(pool)) = (self.consent.personalize(), &self.pool) else { return false };
        let is_asked = pool.extras().questions.all.iter().any(|question| question.facet == facet);
        let kept = is_asked && self.profile.answer(&permit, facet, answer);
        self.dirty |= kept;
        kept
    }

    /// Opens the page of an item, closing the one before.
    pub fn open_page(&mut self, id: &str, now_ms: u64) {
        let closed = self.dwell.open(id, now_ms);
        self.book_dwell(closed, now_ms);
    }

    /// Some input happened on the page.
    pub fn page_input(&mut self, now_ms: u64) {
        self.dwell.input(now_ms);
    }

    /// The page became visible and focused, or ceased to be.
    pub fn page_visible(&mut self, visible: bool, now_ms: u64) {
        self.dwell.visibility(visible, now_ms);
    }

    /// Closes the page and books the active time.
    pub fn close_page(&mut self, now_ms: u64) {
        let closed = self.dwell.close(now_ms);
        self.book_dwell(closed, now_ms);
    }

    /// Ranks; an empty list before a pool is loaded.
    ///
    /// Without consent, and before anything is known, the list is neutral, whatever the request says: saying yes
    /// alone moves nothing. A request with an offset continues the list of the request before, see
    /// [`RankRequest::offset`].
    pub fn rank(&self, request: &RankRequest<'_>) -> Vec<Ranked> {
        let Some(pool) = &self.pool else { return Vec::new() };
        let answered = self.profile.answers().iter().any(|(_, answer)| *answer != Answer::Skip);
        // A fact alone moves nothing.
        let hinted = self.profile.hints().as_slice().iter().any(|hint| hint.value != 0.0);
        let told = self.profile.interactions() > 0 || answered || hinted;
        let known = told && self.consent.personalize().is_some();
        let personal = known && !request.neutral;
        // Two tables of different seeds cannot be ranked together; the older one waits for its successor.
        let catalogue =
            self.catalogue.as_ref().filter(|table| table.header().id_seed == pool.header().id_seed);
        let mut context = Context::new(pool, catalogue, personal.then_some(&self.profile), request);
        self.listing.borrow_mut().page(&mut context)
    }

    /// The site's id of an item, if a table or the profile knows it.
    pub fn id_of(&self, key: ItemKey) -> Option<&str> {
        let in_table = self.tables().find_map(|table| Some(table.id(table.row_of(key)?)));
        in_table.or_else(|| self.profile.item(key).map(|item| item.id.as_str()))
    }

    /// The site's name of a rule of the pool, by its number in a [`Reason`](crate::Reason).
    pub fn rule_name(&self, number: u32) -> Option<&str> {
        let rules = &self.pool.as_ref()?.extras().rules.0;
        rules.get((number as usize).checked_sub(1)?).map(|rule| rule.name.as_str())
    }

    /// The site's name of a facet, if a table or the profile knows it.
    pub fn facet_name(&self, key: FacetKey) -> Option<&str> {
        let named =
            |table: &'_ Table<Vec<u8>>| (0..table.facet_count()).find(|&index| table.facet(index).1 == key);
        let in_table = self.tables().find_map(|table| Some(table.facet(named(table)?).2));
        in_table.or_else(|| self.profile.facets().get(key).map(|facet| facet.name.as_str()))
    }

    /// What the device knows.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The numbers the loaded pool wants its lists by; the default ones before a pool is loaded.
    pub fn policy(&self) -> Policy {
        self.pool.as_ref().map(|pool| pool.extras().policy).unwrap_or_default()
    }

    /// The seed of every key: the pool's, or the profile's before one is loaded.
    pub fn id_seed(&self) -> u32 {
        self.pool.as_ref().map_or(self.profile.id_seed(), |pool| pool.header().id_seed)
    }

    /// Begins with another profile; what was listed for the one before is forgotten with it.
    fn begin(&mut self, profile: Profile) {
        self.profile = profile;
        self.listing = RefCell::default();
    }

    fn tables(&self) -> impl Iterator<Item = &Table<Vec<u8>>> {
        self.pool.iter().chain(&self.catalogue)
    }

    fn book_dwell(&mut self, closed: Option<(String, u64)>, now_ms: u64) {
        if let Some((id, active_ms)) = closed.filter(|(_, active_ms)| *active_ms > 0) {
            self.record(&Interaction::new(Kind::Dwell, &id).with_value(active_ms as f32), now_ms);
        }
    }
}

fn read(bytes: Vec<u8>, expected: TableKind) -> Result<Table<Vec<u8>>, LoadError> {
    let table = Table::read(bytes)?;
    if table.header().kind == expected { Ok(table) } else { Err(LoadError::Kind { expected }) }
}

fn facets_of(table: &Table<Vec<u8>>, row: usize) -> Vec<FacetRef<'_>> {
    let facet = |index| {
        let (kind, key, name) = table.facet(index);
        FacetRef { kind, key, name }
    };
    table.facets(row).map(facet).collect()
}

//! The hot module: record and rank.

use homebody_device::{Consent, Interaction, RankRequest, Ranked, Source};
use homebody_protocol::models::Answer;
use homebody_protocol::{FacetKey, ItemKey, Kind};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::millis;
use crate::settings::{page_of, policy_of};

/// Bit of a row that marks a row of the catalogue.
const CATALOGUE_ROW: u32 = 1 << 31;

/// The device. See the Rust crate `homebody-device` for what each verb promises.
#[derive(Debug, Default)]
#[wasm_bindgen]
pub struct Device {
    inner: homebody_device::Device,
}

#[wasm_bindgen]
impl Device {
    /// A device that knows nothing and may know nothing.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// `bits`: 1 personalize, 2 contribute, 4 share, 8 measure. Without 1, the profile in memory is dropped.
    #[wasm_bindgen(js_name = setConsent)]
    pub fn set_consent(&mut self, bits: u8, epoch: u32) {
        self.inner.set_consent(Consent::from_bits(bits, epoch));
    }

    /// Takes stored profile bytes, less what is too old by now, where consent and epoch allow it; the code of what is
    /// wrong with them, if anything.
    ///
    /// Errors are answers here and not thrown: that alone would link the machinery for objects.
    pub fn restore(&mut self, profile: &[u8], now_ms: f64, days: u32) -> Option<String> {
        self.inner
            .restore_last(u64::from(days), profile, millis(now_ms))
            .err()
            .map(|error| error.code().to_owned())
    }

    /// Loads the pool of a placement; when it cannot be used, the code of why, and the pool loaded before stays.
    #[wasm_bindgen(js_name = loadPool)]
    pub fn load_pool(&mut self, bytes: Vec<u8>) -> Option<String> {
        self.inner.load_pool(bytes).err().map(|error| error.code().to_owned())
    }

    /// Loads the catalogue table; like `loadPool`.
    #[wasm_bindgen(js_name = loadCatalog)]
    pub fn load_catalog(&mut self, bytes: Vec<u8>) -> Option<String> {
        self.inner.load_catalogue(bytes).err().map(|error| error.code().to_owned())
    }

    /// Books an interaction; `false` without consent or for an unknown kind.
    pub fn record(&mut self, kind: u8, id: &str, value: f32, now_ms: f64) -> bool {
        let Some(kind) = Kind::from_code(kind) else { return false };
        self.inner.record(&Interaction::new(kind, id).with_value(value), millis(now_ms))
    }

    /// What the visitor's attention did: 0 opened the page of an item (its active time is booked when it closes), 1
    /// some input, 2 the page became visible and focused, 3 it ceased to be, 4 closed.
    pub fn attend(&mut self, sign: u8, id: &str, now_ms: f64) {
        let now_ms = millis(now_ms);
        match sign {
            0 => self.inner.open_page(id, now_ms),
            1 => self.inner.page_input(now_ms),
            2 | 3 => self.inner.page_visible(sign == 2, now_ms),
            _ => self.inner.close_page(now_ms),
        }
    }

    /// Ranks. Twelve numbers an item: row (bit 31 marks rows of the catalogue), score, propensity, and kind, key and
    /// share of three reasons; scores, propensities and shares are the bits of an `f32`.
    ///
    /// `keys`: the candidates, empty for the pool and what the device finds itself. `settings`: see the file of that
    /// name. `region`: key of the coarse region, 0 unknown.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cost the hot path an allocation and its glue"
    )]
    pub fn rank(
        &self,
        keys: &[u32],
        limit: u32,
        offset: u32,
        seed: u32,
        settings: &[f32],
        region: u32,
        now_ms: f64,
    ) -> Vec<u32> {
        let keys: Vec<ItemKey> = keys.iter().copied().map(ItemKey).collect();
        let ranked = self.inner.rank(&RankRequest {
            keys: &keys,
            limit: limit as usize,
            seed,
            neutral: false,
            offset: offset as usize,
            policy: policy_of(settings, self.inner.policy()),
            page: page_of(settings, region),
            now_ms: millis(now_ms),
        });
        ranked.iter().flat_map(packed).collect()
    }

    /// A text, if there is one: 0 the site's id of an item key, 1 its name of a facet key, 2 the name of the visitor's
    /// segment, 3 what the next question asks about, 4 the name of the pool's rule with that number. One function, as each costs its glue.
    pub fn text(&self, what: u8, key: u32) -> Option<String> {
        let text = match what {
            0 => self.inner.id_of(ItemKey(key)),
            1 => self.inner.facet_name(FacetKey(key)),
            2 => self.inner.segment(),
            4 => self.inner.rule_name(key),
            _ => self.inner.next_question().map(|question| question.text.as_str()),
        };
        text.map(str::to_owned)
    }

    /// Probability of a purchase in this visit, 0–1; `undefined` without a model.
    pub fn intent(&self, now_ms: f64) -> Option<f32> {
        self.inner.intent(millis(now_ms))
    }

    /// How varied what the visitor was shown is: impressions, entropy, Gini coefficient, coverage, share of the known,
    /// and 1 narrow, 2 repetitive, 4 familiar added up. Empty without consent or a table.
    pub fn audit(&self, now_ms: f64) -> Vec<f32> {
        let Some(audit) = self.inner.audit(millis(now_ms)) else { return Vec::new() };
        let alarms = audit.alarms.iter().fold(0, |bits, &alarm| bits | 1 << alarm as u8);
        let numbers = [audit.entropy, audit.gini, audit.coverage, audit.known];
        [&[audit.impressions as f32], &numbers[..], &[alarms as f32]].concat()
    }

    /// Key of the facet that the next question is about; 0 when there is nothing to ask.
    #[wasm_bindgen(js_name = nextQuestion)]
    pub fn next_question(&self) -> u32 {
        self.inner.next_question().map_or(0, |question| question.facet.0)
    }

    /// Keeps an answer: 1 yes, 2 no, 3 skipped; `false` when nothing was kept.
    pub fn answer(&mut self, facet: u32, answer: u8) -> bool {
        let answer = match answer {
            1 => Answer::Yes,
            2 => Answer::No,
            _ => Answer::Skip,
        };
        self.inner.answer(FacetKey(facet), answer)
    }

    /// The profile's bytes, to be stored; `undefined` without consent.
    pub fn snapshot(&mut self) -> Option<Vec<u8>> {
        self.inner.snapshot()
    }

    /// Drops the profile in memory.
    pub fn erase(&mut self) {
        self.inner.erase();
    }
}

fn packed(ranked: &Ranked) -> [u32; 12] {
    let catalogue = if ranked.source == Source::Catalogue { CATALOGUE_ROW } else { 0 };
    let [first, second, third] =
        ranked.reasons.map(|reason| [reason.kind as u32, reason.key, reason.share.to_bits()]);
    let [a, b, c] = first;
    let [d, e, f] = second;
    let [g, h, i] = third;
    [
        ranked.row as u32 | catalogue,
        ranked.score.to_bits(),
        ranked.propensity.to_bits(),
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
    ]
}

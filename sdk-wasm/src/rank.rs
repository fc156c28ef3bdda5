//! The hot module: record and rank.

use homebody_device::{Consent, Interaction, RankRequest, Ranked, Source};
use homebody_protocol::{FacetKey, ItemKey, Kind};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{js_error, millis};
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

    /// Takes stored profile bytes, less what is too old by now; `false` when consent or epoch do not allow it.
    ///
    /// # Errors
    /// `profile_magic`, `profile_version`, `profile_damaged`.
    pub fn restore(&mut self, profile: &[u8], now_ms: f64) -> Result<bool, JsValue> {
        self.inner.restore(profile, millis(now_ms)).map_err(|error| js_error(error.code()))
    }

    /// Loads the pool of a placement; its rows.
    ///
    /// # Errors
    /// `table_…`; the pool loaded before stays.
    #[wasm_bindgen(js_name = loadPool)]
    pub fn load_pool(&mut self, bytes: Vec<u8>) -> Result<u32, JsValue> {
        self.inner.load_pool(bytes).map(|rows| rows as u32).map_err(|error| js_error(error.code()))
    }

    /// Loads the catalogue table; its rows.
    ///
    /// # Errors
    /// `table_…`; the catalogue loaded before stays.
    #[wasm_bindgen(js_name = loadCatalog)]
    pub fn load_catalog(&mut self, bytes: Vec<u8>) -> Result<u32, JsValue> {
        self.inner.load_catalogue(bytes).map(|rows| rows as u32).map_err(|error| js_error(error.code()))
    }

    /// Books an interaction; `false` without consent or for an unknown kind.
    pub fn record(&mut self, kind: u8, id: &str, value: f32, now_ms: f64) -> bool {
        let Some(kind) = Kind::from_code(kind) else { return false };
        self.inner.record(&Interaction::new(kind, id).with_value(value), millis(now_ms))
    }

    /// Opens the page of an item; its active time is booked when it closes.
    #[wasm_bindgen(js_name = openPage)]
    pub fn open_page(&mut self, id: &str, now_ms: f64) {
        self.inner.open_page(id, millis(now_ms));
    }

    /// Some input happened on the page.
    #[wasm_bindgen(js_name = activity)]
    pub fn page_input(&mut self, now_ms: f64) {
        self.inner.page_input(millis(now_ms));
    }

    /// The page became visible and focused, or ceased to be.
    #[wasm_bindgen(js_name = visibility)]
    pub fn page_visible(&mut self, visible: bool, now_ms: f64) {
        self.inner.page_visible(visible, millis(now_ms));
    }

    /// Closes the page and books the active time.
    #[wasm_bindgen(js_name = closePage)]
    pub fn close_page(&mut self, now_ms: f64) {
        self.inner.close_page(millis(now_ms));
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
            policy: Some(policy_of(settings, self.inner.policy())),
            page: page_of(settings, region),
            now_ms: millis(now_ms),
        });
        ranked.iter().flat_map(packed).collect()
    }

    /// The key of a site's id under the seed of the loaded tables.
    #[wasm_bindgen(js_name = keyOf)]
    pub fn key_of(&self, id: &str) -> u32 {
        ItemKey::derive(self.inner.id_seed(), id).0
    }

    /// The site's id of an item key, if known.
    #[wasm_bindgen(js_name = idOf)]
    pub fn id_of(&self, key: u32) -> Option<String> {
        self.inner.id_of(ItemKey(key)).map(str::to_owned)
    }

    /// The site's name of a facet key, if known.
    #[wasm_bindgen(js_name = facetName)]
    pub fn facet_name(&self, key: u32) -> Option<String> {
        self.inner.facet_name(FacetKey(key)).map(str::to_owned)
    }

    /// The profile's bytes, to be stored; `undefined` without consent.
    pub fn snapshot(&mut self) -> Option<Vec<u8>> {
        self.inner.snapshot()
    }

    /// Whether the profile changed since the last snapshot.
    #[wasm_bindgen(js_name = isDirty)]
    pub fn is_dirty(&self) -> bool {
        self.inner.is_dirty()
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
    [ranked.row as u32 | catalogue, ranked.score.to_bits(), ranked.propensity.to_bits(), a, b, c, d, e, f, g, h, i]
}

//! The lazy module: read, take along, bring back, correct. Functions from profile bytes to typed objects
//! or to new bytes.

use homebody_device::care::{ProfileExport, ProfileView};
use homebody_device::{Consent, Profile, Purpose};
use homebody_protocol::FacetKey;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::js_error;
use crate::millis;

/// What the profile holds, for a page to show.
///
/// # Errors
/// `profile_…` when the bytes are not a profile.
#[wasm_bindgen(unchecked_return_type = "import('../generated/ProfileView.js').ProfileView")]
pub fn inspect(profile: &[u8], now_ms: f64) -> Result<JsValue, JsValue> {
    object(&ProfileView::of(&read(profile)?, millis(now_ms)))
}

/// The whole profile as documented JSON.
///
/// # Errors
/// `profile_…` when the bytes are not a profile.
#[wasm_bindgen(js_name = exportProfile, unchecked_return_type = "import('../generated/ProfileExport.js').ProfileExport")]
pub fn export_profile(profile: &[u8], now_ms: f64) -> Result<JsValue, JsValue> {
    object(&ProfileExport::of(&read(profile)?, millis(now_ms)))
}

/// Profile bytes of an export, in the consent epoch of the profile they replace.
///
/// # Errors
/// `export_malformed`, `export_version`, `export_value`, `profile_…`.
#[wasm_bindgen(js_name = importProfile)]
pub fn import_profile(
    #[wasm_bindgen(unchecked_param_type = "import('../generated/ProfileExport.js').ProfileExport")]
    export: JsValue,
    replaced: &[u8],
) -> Result<Vec<u8>, JsValue> {
    let export: ProfileExport =
        serde_wasm_bindgen::from_value(export).map_err(|_| js_error("export_malformed"))?;
    let epoch = read(replaced)?.epoch();
    let consent = Consent::from_bits(Purpose::Personalize as u8, epoch);
    let permit = consent.personalize().ok_or_else(|| js_error("consent_required"))?;
    let profile = export.into_profile(&permit).map_err(|error| js_error(error.code()))?;
    Ok(profile.encode())
}

/// Profile bytes without one item.
///
/// # Errors
/// `profile_…` when the bytes are not a profile.
#[wasm_bindgen(js_name = forgetItem)]
pub fn forget_item(profile: &[u8], id: &str) -> Result<Vec<u8>, JsValue> {
    let mut profile = read(profile)?;
    profile.forget(id);
    Ok(profile.encode())
}

/// Profile bytes with a taste muted or heard again.
///
/// # Errors
/// `profile_…` when the bytes are not a profile.
#[wasm_bindgen(js_name = muteFacet)]
pub fn mute_facet(profile: &[u8], facet_key: u32, muted: bool) -> Result<Vec<u8>, JsValue> {
    let mut profile = read(profile)?;
    profile.mute(FacetKey(facet_key), muted);
    Ok(profile.encode())
}

fn read(bytes: &[u8]) -> Result<Profile, JsValue> {
    Profile::decode(bytes).map_err(|error| js_error(error.code()))
}

fn object(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|_| js_error("profile_damaged"))
}

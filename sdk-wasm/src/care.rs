//! The lazy module: read, take along, bring back, correct. Functions from profile bytes to documents or to new bytes.
//!
//! An answer begins with a byte that is 0 before a result. Errors are answers too, as in `rank`: a 1 and the stable code
//! in ASCII. Sentence and hint belong to that code in `js/src/hints.ts`.

use homebody_device::care::{ImportError, ProfileExport, ProfileView};
use homebody_device::{Consent, Profile, ProfileError, Purpose};
use homebody_protocol::FacetKey;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::millis;

/// What the profile holds, for a page to show: a document, a `ProfileView`. Errors: `profile_…`.
#[wasm_bindgen]
pub fn inspect(profile: &[u8], now_ms: f64) -> Vec<u8> {
    answer(read(profile).map(|profile| ProfileView::of(&profile, millis(now_ms)).to_bytes()))
}

/// The whole profile: a document, a `ProfileExport`. Errors: `profile_…`.
#[wasm_bindgen(js_name = exportProfile)]
pub fn export_profile(profile: &[u8], now_ms: f64) -> Vec<u8> {
    answer(read(profile).map(|profile| ProfileExport::of(&profile, millis(now_ms)).to_bytes()))
}

/// Profile bytes of an export's document, in the consent epoch of the profile they replace. Errors: `export_malformed`,
/// `export_version`, `export_value`, `profile_…`.
#[wasm_bindgen(js_name = importProfile)]
pub fn import_profile(export: &[u8], replaced: &[u8]) -> Vec<u8> {
    answer(imported(export, replaced))
}

/// Profile bytes without the item of an id in UTF-8: one glue for all arguments. Errors: `profile_…`.
#[wasm_bindgen(js_name = forgetItem)]
pub fn forget_item(profile: &[u8], id: &[u8]) -> Vec<u8> {
    edited(profile, |profile| {
        profile.forget(str::from_utf8(id).unwrap_or_default());
    })
}

/// Profile bytes with a taste muted or heard again. Errors: `profile_…`.
#[wasm_bindgen(js_name = muteFacet)]
pub fn mute_facet(profile: &[u8], facet_key: u32, muted: bool) -> Vec<u8> {
    edited(profile, |profile| {
        profile.mute(FacetKey(facet_key), muted);
    })
}

/// Profile bytes with a taste favoured as of now. Errors: `profile_…`.
#[wasm_bindgen(js_name = favourFacet)]
pub fn favour_facet(profile: &[u8], facet_key: u32, now_ms: f64) -> Vec<u8> {
    edited(profile, |profile| {
        profile.favour(FacetKey(facet_key), millis(now_ms));
    })
}

/// A stable code.
type Refusal = &'static str;

fn imported(export: &[u8], replaced: &[u8]) -> Result<Vec<u8>, Refusal> {
    let export = ProfileExport::of_bytes(export).map_err(|error| error.code())?;
    let consent = Consent::from_bits(Purpose::Personalize as u8, read(replaced)?.epoch());
    let permit = consent.personalize().ok_or("consent_required")?;
    let profile = export.into_profile(&permit).map_err(|error: ImportError| error.code())?;
    Ok(profile.encode())
}

fn edited(profile: &[u8], edit: impl FnOnce(&mut Profile)) -> Vec<u8> {
    answer(read(profile).map(|mut profile| {
        edit(&mut profile);
        profile.encode()
    }))
}

fn read(bytes: &[u8]) -> Result<Profile, Refusal> {
    Profile::decode(bytes).map_err(|error: ProfileError| error.code())
}

fn answer(result: Result<Vec<u8>, Refusal>) -> Vec<u8> {
    match result {
        Ok(bytes) => [&[0], bytes.as_slice()].concat(),
        Err(code) => [&[1], code.as_bytes()].concat(),
    }
}

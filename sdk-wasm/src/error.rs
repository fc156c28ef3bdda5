//! Errors cross as a JavaScript `Error` whose message and `code` are the stable code. The sentence and the
//! hint belong to that code in `js/src/hints.ts`.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The JavaScript error of a stable code.
pub(crate) fn js_error(code: &'static str) -> JsValue {
    let error = js_sys::Error::new(code);
    // Setting a property of a fresh error cannot fail; were it to, the message still is the code.
    let _ = Reflect::set(&error, &JsValue::from_str("code"), &JsValue::from_str(code));
    error.into()
}

//! A receipt: proof of a choice that the visitor keeps and the server does not.
//!
//! The device says which notice, which day and which choices; the server signs this text and forgets it. Lines end in
//! `\n`, the last one too; choices stand in the order of their names' bytes:
//!
//! ```text
//! homebody-receipt-1
//! <sha-256 of the notice, 64 hexadecimal digits>
//! <day, YYYY-MM-DD>
//! <purpose>=<0 or 1>
//! …
//! ```
//!
//! The first line keeps receipts apart from manifests, which are signed with the same key and begin with `{`.
//! Everything in between is of a form that holds no line break and no `=`, so that no two choices have the same text.
//! `testdata/consent/receipt.json` holds receipts with their texts and verdicts, for every implementation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::check::is_id;

/// The first line of what is signed.
const DOMAIN: &str = "homebody-receipt-1";

/// Most choices of a receipt: as many purposes as a file may have, and the four of Homebody.
const MAX_CHOICES: usize = 20;

/// The body of `POST /v1/receipts`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentReceiptRequest"))]
#[serde(deny_unknown_fields)]
pub struct ReceiptRequest {
    /// The notice that was shown: `notice` of `GET /v1/consent.json`.
    pub notice: String,
    /// The day of the choice in UTC, `YYYY-MM-DD`: today or yesterday.
    pub day: String,
    /// What was said to each purpose.
    pub choices: BTreeMap<String, bool>,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentReceiptSeal"))]
pub struct ReceiptSeal {
    /// Ed25519 signature over the text, 64 bytes in standard base64.
    pub signature: String,
    /// The public key it verifies with, 32 bytes in standard base64.
    pub key: String,
}

/// What stands under `homebody` in a receipt that a visitor has downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentSignedReceipt"))]
pub struct SignedReceipt {
    /// The notice.
    pub notice: String,
    /// The day of the choice, `YYYY-MM-DD`.
    pub day: String,
    /// What was said to each purpose.
    pub choices: BTreeMap<String, bool>,
    /// Ed25519 signature over the text, 64 bytes in standard base64.
    pub signature: String,
    /// The public key it verifies with, 32 bytes in standard base64.
    pub key: String,
}

/// Why something is no receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Not the hash of a notice.
    #[error("`notice` is not 64 lower-case hexadecimal digits")]
    Notice,
    /// Not a day.
    #[error("`day` is not a day such as `2026-11-26`")]
    Day,
    /// None, or too many.
    #[error("`choices` has to name one to {MAX_CHOICES} purposes")]
    Choices,
    /// Not the name of a purpose.
    #[error("`{0}` is not the name of a purpose")]
    Purpose(String),
    /// Signed by somebody else.
    #[error("the receipt was signed with `{0}`, which is not the key of the site")]
    OtherKey(String),
    /// The signature does not fit: a field was changed.
    #[error("the signature does not fit what the receipt says")]
    Signature,
}

impl ReceiptError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Notice => "receipt_notice",
            Self::Day => "receipt_day",
            Self::Choices => "receipt_choices",
            Self::Purpose(_) => "receipt_purpose",
            Self::OtherKey(_) => "receipt_other_key",
            Self::Signature => "receipt_signature",
        }
    }
}

impl ReceiptRequest {
    /// The text that is signed.
    ///
    /// # Errors
    /// [`ReceiptError`] when a field has not the form it must have.
    pub fn text(&self) -> Result<String, ReceiptError> {
        text(&self.notice, &self.day, &self.choices)
    }
}

impl SignedReceipt {
    /// The text that was signed.
    ///
    /// # Errors
    /// [`ReceiptError`] when a field has not the form it must have.
    pub fn text(&self) -> Result<String, ReceiptError> {
        text(&self.notice, &self.day, &self.choices)
    }

    /// Whether the site said so. The key that stands in the receipt proves nothing: `site_key` comes from elsewhere.
    /// `is_signed` is given the key, the signature (both base64) and the text; the shell has the cryptography.
    ///
    /// # Errors
    /// [`ReceiptError`] naming what does not fit.
    pub fn verify(
        &self,
        site_key: &str,
        is_signed: impl FnOnce(&str, &str, &str) -> bool,
    ) -> Result<(), ReceiptError> {
        let text = self.text()?;
        if self.key != site_key {
            return Err(ReceiptError::OtherKey(self.key.clone()));
        }
        match is_signed(site_key, &self.signature, &text) {
            true => Ok(()),
            false => Err(ReceiptError::Signature),
        }
    }
}

fn text(notice: &str, day: &str, choices: &BTreeMap<String, bool>) -> Result<String, ReceiptError> {
    if !is_hash(notice) {
        return Err(ReceiptError::Notice);
    }
    if !is_day(day) {
        return Err(ReceiptError::Day);
    }
    if !(1..=MAX_CHOICES).contains(&choices.len()) {
        return Err(ReceiptError::Choices);
    }
    let mut text = format!("{DOMAIN}\n{notice}\n{day}\n");
    for (purpose, is_given) in choices {
        if !is_id(purpose) {
            return Err(ReceiptError::Purpose(purpose.clone()));
        }
        text.push_str(purpose);
        text.push_str(if *is_given { "=1\n" } else { "=0\n" });
    }
    Ok(text)
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The form of a day; whether the month has so many is for the calendar of whoever signs.
fn is_day(text: &str) -> bool {
    let is_form = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_form && text.len() == 10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The server's tests say that each signature fits or not; here the file is taken at its word.
    #[test]
    fn golden_receipts_have_their_texts_and_verdicts() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../testdata/consent/receipt.json")).unwrap();
        let cases = golden["cases"].as_array().unwrap();
        assert!(cases.len() > 8);
        for case in cases {
            let receipt: SignedReceipt = serde_json::from_value(case["receipt"].clone()).unwrap();
            assert_eq!(receipt.text().ok().as_deref(), case["text"].as_str(), "{}", case["name"]);
            let is_signed = |_: &str, _: &str, _: &str| case["error"] != "receipt_signature";
            let error = receipt.verify(golden["site_key"].as_str().unwrap(), is_signed).err();
            assert_eq!(error.map(|error| error.code()), case["error"].as_str(), "{}", case["name"]);
        }
    }
}

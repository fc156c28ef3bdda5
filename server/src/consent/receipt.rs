//! Signing what a visitor says they chose, and forgetting it.

use homebody_protocol::consent::{ReceiptError, ReceiptRequest, ReceiptSeal, SignedReceipt};

use super::calendar::days_of_receipts;
use super::{Notice, NoticeError};
use crate::signing::{self, Signer};

/// The signature over a choice that was made under `notice` today or yesterday.
///
/// # Errors
/// [`NoticeError`] when the day is another, a purpose is not the notice's, or a field has not its form.
pub fn sign(
    signer: &Signer,
    notice: &Notice,
    request: &ReceiptRequest,
    now: u64,
) -> Result<ReceiptSeal, NoticeError> {
    // Its form first: what is said of a field that has none would only be noise.
    let seal = signer.sign_receipt(request)?;
    if !days_of_receipts(now).contains(&request.day) {
        return Err(NoticeError::ReceiptDay(request.day.clone()));
    }
    match request.choices.iter().find(|(purpose, given)| !notice.allows_choice(purpose, **given)) {
        Some((purpose, _)) => Err(NoticeError::ReceiptPurpose(purpose.clone())),
        None => Ok(seal),
    }
}

/// Whether the site with this public key (base64) signed a receipt.
///
/// # Errors
/// [`ReceiptError`] naming what does not fit.
pub fn verify(receipt: &SignedReceipt, site_key: &str) -> Result<(), ReceiptError> {
    receipt.verify(site_key, |key, signature, text| signing::is_signed(key, signature, text.as_bytes()))
}

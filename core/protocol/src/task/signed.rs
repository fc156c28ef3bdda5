//! A task on its way: its exact bytes and a signature over them.

use serde::{Deserialize, Serialize};

use super::{Task, TaskError};

/// What travels, in the manner of the manifest's envelope: the payload is text, so that the signature covers exact bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTask {
    /// The task's canonical JSON ([`Task::canonical`]).
    pub payload: String,
    /// First 16 hex digits of the SHA-256 of the site's 32-byte public key.
    pub key_id: String,
    /// Ed25519 signature over the payload's UTF-8 bytes, 64 bytes in standard base64.
    pub signature: String,
}

impl SignedTask {
    /// The task, once `is_genuine` says that the signature is the site's (WebCrypto in a browser, `ed25519-dalek` on a
    /// server). `key_id` names the site's key.
    ///
    /// # Errors
    /// [`TaskError::Signature`] for another key or a signature that does not hold, [`TaskError::NotCanonical`] for a
    /// payload that is not written the canonical way, and those of [`Task::from_json`].
    pub fn open(&self, key_id: &str, is_genuine: impl FnOnce(&Self) -> bool) -> Result<Task, TaskError> {
        if self.key_id != key_id || !is_genuine(self) {
            return Err(TaskError::Signature { expected: key_id.to_owned() });
        }
        let task = Task::from_json(&self.payload)?;
        if task.canonical() == self.payload { Ok(task) } else { Err(TaskError::NotCanonical) }
    }
}

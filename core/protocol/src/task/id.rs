//! What a task and its parts are called.

use sha2::{Digest, Sha256};

/// Goes before a part's number, so that no part's id is a task's.
const PART: &[u8] = b"homebody part 1\0";

/// SHA-256 of a task's canonical bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub [u8; 32]);

/// What aggregators know a part by: the 32 bytes of a DAP task id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(pub [u8; 32]);

impl TaskId {
    pub(super) fn of(canonical: &[u8]) -> Self {
        Self(Sha256::digest(canonical).into())
    }

    /// The id of a part: SHA-256 of `homebody part 1`, a zero byte, the task's id and the part's number (32-bit,
    /// little-endian). A task of one part has part 0.
    pub fn part(&self, part: u32) -> PartId {
        let mut hash = Sha256::new();
        hash.update(PART);
        hash.update(self.0);
        hash.update(part.to_le_bytes());
        PartId(hash.finalize().into())
    }

    /// 64 lower-case hex digits.
    pub fn to_hex(&self) -> String {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
    }

    /// From 64 lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let is_hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
        if text.len() != 64 || !text.as_bytes().iter().all(is_hex) {
            return None;
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// First 8 bytes of the SHA-256 of some bytes: tells damage, not forgery.
pub fn checksum(bytes: &[u8]) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    core::array::from_fn(|index| hash[index])
}

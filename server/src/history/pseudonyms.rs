//! Names for visitors and baskets that last as long as an import.

use std::collections::HashMap;

use homebody_learn::bootstrap::SplitMix64;
use sha2::{Digest, Sha256};

use crate::intake::ImportError;

/// Tells visitors and baskets apart without keeping their ids, by hashes whose salt is thrown away.
///
/// A visitor is then named by how many came before: samples and folds go by the name, and the same log must make the same
/// model whatever the salt was.
pub(super) struct Pseudonyms {
    salt: [u8; 32],
    visitors: HashMap<u64, u64>,
}

impl Pseudonyms {
    pub(super) fn random() -> Result<Self, ImportError> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(ImportError::NoEntropy)?;
        Ok(Self::salted(salt))
    }

    pub(super) fn salted(salt: [u8; 32]) -> Self {
        Self { salt, visitors: HashMap::new() }
    }

    /// Mixed, so that visitors who stand side by side in a log are no neighbours in the sums.
    pub(super) fn visitor(&mut self, id: &str) -> u64 {
        let hash = self.hash(id);
        let before = self.visitors.len() as u64;
        SplitMix64(*self.visitors.entry(hash).or_insert(before)).next_u64()
    }

    pub(super) fn basket(&self, id: &str) -> u64 {
        self.hash(id)
    }

    fn hash(&self, id: &str) -> u64 {
        let digest: [u8; 32] =
            Sha256::new().chain_update(self.salt).chain_update(id.as_bytes()).finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_salt_gives_other_hashes_and_the_same_names() {
        let [mut one, mut other] = [1, 2].map(|byte| Pseudonyms::salted([byte; 32]));
        assert_ne!(one.basket("v"), other.basket("v"));
        let mut names = |ids: [&str; 4]| ids.map(|id| (one.visitor(id), other.visitor(id)));
        let named = names(["v", "w", "v", "x"]);
        assert!(named.iter().all(|(one, other)| one == other));
        assert!(named[0] == named[2] && named[0] != named[1] && named[1] != named[3]);
    }
}

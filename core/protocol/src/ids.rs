//! Stable 32-bit keys of the strings a site uses.
//!
//! Site strings stay at the edges; inside, everything is a `u32`, so that no string crosses the hot path.
//! Keys are seeded: when two ids of a catalogue collide, the publisher takes the next seed (it stands in
//! every table and in the manifest), and a device re-keys its profile from the strings it keeps.

/// Key of an item, derived from the site's own item id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey(pub u32);

/// Key of a facet (a category, brand or tag), derived from `"<kind>:<name>"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FacetKey(pub u32);

/// The key of no item and no facet; [`derive_key`] never returns it.
pub const NO_KEY: u32 = 0;

/// Hashes the UTF-8 bytes of `id` to a key in `1..=u32::MAX`.
///
/// FNV-1a with the seed folded into the offset basis, finished by the avalanche of MurmurHash3 (`fmix32`)
/// because FNV alone leaves the last byte in the low bits. The TypeScript twin is `js/src/ids.ts`; both
/// read `testdata/ids.json`.
pub fn derive_key(seed: u32, id: &str) -> u32 {
    let mut hash = 0x811c_9dc5 ^ seed;
    for &byte in id.as_bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    if hash == NO_KEY { 1 } else { hash }
}

impl ItemKey {
    /// The key of the item that the site calls `id`.
    pub fn derive(seed: u32, id: &str) -> Self {
        Self(derive_key(seed, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_equal_the_golden_vectors() {
        let golden: serde_json::Value = serde_json::from_str(include_str!("../testdata/ids.json")).unwrap();
        let cases = golden["cases"].as_array().unwrap();
        assert!(cases.len() >= 8);
        for case in cases {
            let seed = u32::try_from(case["seed"].as_u64().unwrap()).unwrap();
            let id = case["id"].as_str().unwrap();
            assert_eq!(u64::from(derive_key(seed, id)), case["key"].as_u64().unwrap(), "`{id}` seed {seed}");
        }
    }

    #[test]
    fn another_seed_gives_another_key() {
        assert_ne!(derive_key(0, "sku-1"), derive_key(1, "sku-1"));
    }
}

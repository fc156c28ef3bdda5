//! Which files make up which part, and their weight.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bundle;
use crate::fault::fault;

/// Files under js/dist by part. `loader` is all that a page loads before consent, `rank` what follows consent, `annex`
/// what pools with rules, exploration, models or caps need besides, `care`, `panel`, `rerank` and `onboarding` what comes
/// on demand, `consent` the banner, `hints` the sentences that are fetched when something failed.
const PARTS: [(&str, &[&str]); 9] = [
    ("loader", &["homebody.js"]),
    ("rank", &["wasm/rank.wasm", "homebody.rank.js"]),
    ("annex", &["wasm/annex.wasm", "homebody.annex.js"]),
    ("care", &["wasm/care.wasm", "homebody.care.js"]),
    ("consent", &["homebody.banner.js"]),
    ("panel", &["homebody.panel.js"]),
    ("rerank", &["homebody.rerank.js"]),
    ("onboarding", &["homebody.onboarding.js"]),
    ("hints", &["homebody.hints.js"]),
];

/// Folder under js/dist, and part, of the readers of consent platforms. A page loads one of them, and only where it names
/// a platform; then our banner never loads. So each is weighed by itself, as `sources/tcf`, against a budget of its own,
/// and none counts into [`ALL`], which is what a page can come to load of its own accord. Their sum is reported because it
/// is what the package carries.
pub(crate) const SOURCES: &str = "sources";

/// The sum of all parts but [`SOURCES`].
pub(crate) const ALL: &str = "all";

/// Bytes of one part, each file compressed by itself as a server sends it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Weight {
    /// As stored.
    pub(crate) raw: u64,
    /// gzip, level 9.
    pub(crate) gzip: u64,
    /// Brotli, level 11.
    pub(crate) brotli: u64,
}

/// Weights by part name, with [`ALL`], [`SOURCES`] and each reader.
pub(crate) type Sizes = BTreeMap<String, Weight>;

/// Weighs every part of `dist`; a chunk that belongs to no part is an error, so that nothing escapes the budgets.
pub(crate) fn weigh(dist: &Path, sources: &Path) -> Result<Sizes> {
    if let Some(stray) = bundle::chunks(dist, sources)?.into_iter().find(|chunk| !is_weighed(chunk)) {
        let problem = format!("`{stray}` is part of the bundle and of no part that is weighed");
        return Err(fault(problem, "name its part in xtask/src/size/parts.rs"));
    }
    let mut sizes = Sizes::new();
    let mut all = Weight::default();
    for (part, files) in PARTS {
        let mut sum = Weight::default();
        for file in files {
            let path = dist.join(file);
            let bytes = fs::read(&path).with_context(|| format!("the build left no `{}`", path.display()))?;
            sum.add(Weight::of(&bytes)?);
        }
        all.add(sum);
        sizes.insert(part.to_owned(), sum);
    }
    sizes.insert(ALL.to_owned(), all);
    sizes.extend(readers(&dist.join(SOURCES))?);
    Ok(sizes)
}

/// Every reader by itself, and their sum.
fn readers(folder: &Path) -> Result<Sizes> {
    let mut sizes = Sizes::new();
    let mut sum = Weight::default();
    for entry in fs::read_dir(folder).with_context(|| format!("the build left no `{}`", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let weight = Weight::of(&fs::read(&path)?)?;
        sum.add(weight);
        sizes.insert(format!("{SOURCES}/{name}"), weight);
    }
    sizes.insert(SOURCES.to_owned(), sum);
    Ok(sizes)
}

impl Weight {
    fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes)?;
        let mut brotli = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        brotli::BrotliCompress(&mut &bytes[..], &mut brotli, &parameters)?;
        Ok(Weight { raw: bytes.len() as u64, gzip: gzip.finish()?.len() as u64, brotli: brotli.len() as u64 })
    }

    fn add(&mut self, other: Weight) {
        self.raw += other.raw;
        self.gzip += other.gzip;
        self.brotli += other.brotli;
    }
}

fn is_weighed(chunk: &str) -> bool {
    PARTS.iter().any(|(_, files)| files.contains(&chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(test: &str, extra: &[&str]) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("homebody-size-{}-{test}", std::process::id()));
        for inner in ["wasm", SOURCES] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        for reader in ["sources/klaro.js", "sources/tcf.js"] {
            fs::write(folder.join(reader), "b".repeat(500)).unwrap();
        }
        for file in PARTS.iter().flat_map(|(_, files)| files.iter()).chain(extra) {
            fs::write(folder.join(file), "a".repeat(1000)).unwrap();
        }
        folder
    }

    #[test]
    fn all_is_the_sum() {
        let folder = dist("sum", &[]);
        let sizes = weigh(&folder, &folder).unwrap();
        fs::remove_dir_all(folder).unwrap();
        let files: usize = PARTS.iter().map(|(_, files)| files.len()).sum();
        assert_eq!(sizes[ALL].raw, 1000 * files as u64);
        assert_eq!(sizes["rank"].raw, 2000);
        assert!(sizes["rank"].brotli < 100);
    }

    #[test]
    fn readers_are_weighed_one_by_one_and_not_part_of_all() {
        let folder = dist("readers", &[]);
        let sizes = weigh(&folder, &folder).unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(
            [sizes["sources/klaro"].raw, sizes["sources/tcf"].raw, sizes[SOURCES].raw],
            [500, 500, 1000]
        );
        let files: usize = PARTS.iter().map(|(_, files)| files.len()).sum();
        assert_eq!(sizes[ALL].raw, 1000 * files as u64);
    }

    #[test]
    fn a_chunk_that_nobody_weighs_is_refused() {
        let folder = dist("stray", &["517.js"]);
        let refused = weigh(&folder, &folder);
        fs::remove_dir_all(folder).unwrap();
        assert!(refused.unwrap_err().to_string().contains("517.js"));
    }
}

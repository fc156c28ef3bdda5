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

/// Files under js/dist by part, of what any page can come to load of its own accord. `loader` and `consent`, which knows the
/// choices and asks for them, are all that a page loads before consent; `rank` is what follows it, `annex` what pools with
/// rules, exploration, models or caps need besides; `preferences`, `link`, `care`, `panel` and `receipt` come when a visitor
/// asks for them; `hints` are the sentences that are fetched when something failed.
const PARTS: [(&str, &[&str]); 11] = [
    ("loader", &["homebody.js"]),
    ("rank", &["wasm/rank.wasm", "homebody.rank.js"]),
    ("annex", &["wasm/annex.wasm", "homebody.annex.js"]),
    ("care", &["wasm/care.wasm", "homebody.care.js"]),
    ("consent", &["homebody.consent.js", "homebody.banner.js"]),
    ("preferences", &["homebody.preferences.js"]),
    ("link", &["homebody.link.js"]),
    ("when", &["homebody.when.js"]),
    ("receipt", &["homebody.receipt.js"]),
    ("panel", &["homebody.panel.js"]),
    ("hints", &["homebody.hints.js"]),
];

/// Parts that a page loads only where its author asks for them, by an attribute, an option, a call or a task. Each has a budget of
/// its own (`limits.rs`), and none counts into [`ALL`].
const BY_CHOICE: &[(&str, &[&str])] = &[
    // Tasks on the server; `split` for those that two aggregators sum, by Prio3; `judge`, which has the ranker in it, for
    // those that judge models.
    ("contribute", &["wasm/contribute.wasm", "homebody.contributions.js"]),
    ("split", &["wasm/split.wasm", "homebody.split.js"]),
    ("judge", &["wasm/judge.wasm", "homebody.judge.js"]),
    // The option `worker`: what speaks with it, and its script, which has the JavaScript of `rank`, `care` and `contribute` in it.
    ("worker", &["homebody.remote.js", "homebody.worker.js"]),
    // `<hb-list>`, and reasons in its template.
    ("list", &["homebody.list.js"]),
    ("why", &["homebody.why.js"]),
    // `data-autocapture`.
    ("signals", &["homebody.signals.js"]),
    // `consentConfig`; `check` for one that no server has checked.
    ("config", &["homebody.config.js", "homebody.check.js"]),
    // A consent platform that decides.
    ("mirror", &["homebody.mirror.js"]),
    // Its opt-outs of the United States, by `map.gpp`; what a page in a frame needs to read them.
    ("optout", &["homebody.optout.js", "homebody.frame.js"]),
    // A configuration with tags of the site's own.
    ("gate", &["homebody.gate.js"]),
    // `me.rerank()`.
    ("rerank", &["homebody.rerank.js"]),
    // `me.experiment()`.
    ("experiments", &["homebody.experiments.js"]),
    // `me.onboarding.show()`.
    ("onboarding", &["homebody.onboarding.js"]),
];

/// Folder under js/dist, and part, of the readers of consent platforms. A page loads one of them, and only where it names
/// a platform; then our banner never loads. So each is weighed by itself, as `sources/tcf`, against a budget of its own,
/// and none counts into [`ALL`], which is what a page can come to load of its own accord. Their sum is reported because it
/// is what the package carries.
pub(crate) const SOURCES: &str = "sources";

/// Folders under js/dist, and parts, of what links a site's other tools with ours: feeds and customer records in, bridges
/// and flags out. A page names the ones it has, so each is weighed by itself, as `feeds/segment`, against a budget of its
/// own, and for the reason given for [`SOURCES`] none counts into [`ALL`]. What tsc made of their code lies in folders
/// inside and is not weighed.
pub(crate) const LINKS: [&str; 4] = ["bridges", "crm", "feeds", "flags"];

/// Folder under js/dist, and part, of the texts in other languages than English, which is inside what shows it. A page
/// loads those of one language, so each file is weighed by itself, as `texts/notice-de`. Their sum is reported because it
/// is what the package carries.
const TEXTS: &str = "texts";

/// What the heaviest language adds to a page that is not in English; the budgets are for one language.
const LANGUAGE: &str = "language";

/// The sum of all parts but [`BY_CHOICE`], [`SOURCES`], [`LINKS`] and [`TEXTS`].
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

/// Weights by part name, with [`ALL`], [`SOURCES`] and [`LINKS`] and each of their files, [`TEXTS`] and each file.
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
        let sum = sum(dist, files)?;
        all.add(sum);
        sizes.insert(part.to_owned(), sum);
    }
    for &(part, files) in BY_CHOICE {
        sizes.insert(part.to_owned(), sum(dist, files)?);
    }
    let texts = texts(&dist.join(TEXTS), &sources.join(TEXTS))?;
    sizes.insert(LANGUAGE.to_owned(), heaviest_language(&texts));
    sizes.insert(ALL.to_owned(), all);
    sizes.extend(texts);
    for folder in [SOURCES].into_iter().chain(LINKS) {
        sizes.extend(files(dist, folder)?);
    }
    Ok(sizes)
}

/// The weight of these files together.
fn sum(dist: &Path, files: &[&str]) -> Result<Weight> {
    let mut sum = Weight::default();
    for file in files {
        let path = dist.join(file);
        let bytes = fs::read(&path).with_context(|| format!("the build left no `{}`", path.display()))?;
        sum.add(Weight::of(&bytes)?);
    }
    Ok(sum)
}

/// Every file of texts by itself, and their sum.
fn texts(folder: &Path, sources: &Path) -> Result<Sizes> {
    let mut sizes = Sizes::new();
    let mut sum = Weight::default();
    for chunk in bundle::chunks(folder, sources)? {
        let weight = Weight::of(&fs::read(folder.join(&chunk))?)?;
        sum.add(weight);
        sizes.insert(format!("{TEXTS}/{}", chunk.trim_end_matches(".js")), weight);
    }
    sizes.insert(TEXTS.to_owned(), sum);
    Ok(sizes)
}

/// What the language whose files weigh most together adds to a page, with the list of where they are.
fn heaviest_language(texts: &Sizes) -> Weight {
    let mut languages = Sizes::new();
    let mut list = Weight::default();
    for (name, weight) in texts.iter().filter(|(name, _)| *name != TEXTS) {
        if name.ends_with("/list") {
            list.add(*weight);
            continue;
        }
        let language = name.split_once('-').map_or(name.as_str(), |(_, language)| language);
        languages.entry(language.to_owned()).or_default().add(*weight);
    }
    let mut heaviest = languages.into_values().max_by_key(|weight| weight.brotli).unwrap_or_default();
    heaviest.add(list);
    heaviest
}

/// Every script of a folder by itself, and their sum.
fn files(dist: &Path, folder: &str) -> Result<Sizes> {
    let mut sizes = Sizes::new();
    let mut sum = Weight::default();
    let path = dist.join(folder);
    for entry in fs::read_dir(&path).with_context(|| format!("the build left no `{}`", path.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let weight = Weight::of(&fs::read(&path)?)?;
        sum.add(weight);
        sizes.insert(format!("{folder}/{name}"), weight);
    }
    sizes.insert(folder.to_owned(), sum);
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
    PARTS.iter().chain(BY_CHOICE).any(|(_, files)| files.contains(&chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dist(test: &str, extra: &[&str]) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("homebody-size-{}-{test}", std::process::id()));
        for inner in ["wasm", SOURCES, "feeds/sources", "bridges", "crm", "flags", TEXTS] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        for file in [
            "sources/klaro.js",
            "sources/tcf.js",
            "feeds/segment.js",
            "feeds/sources/segment.js",
            "bridges/gtag.js",
        ] {
            fs::write(folder.join(file), "b".repeat(500)).unwrap();
        }
        for file in PARTS.iter().chain(BY_CHOICE).flat_map(|(_, files)| files.iter()).chain(extra) {
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
        assert_eq!([sizes["rank"].raw, sizes["list"].raw, sizes["why"].raw], [2000, 1000, 1000]);
        assert!(sizes["rank"].brotli < 100);
    }

    #[test]
    fn readers_feeds_and_bridges_are_weighed_one_by_one_and_not_part_of_all() {
        let folder = dist("readers", &[]);
        let sizes = weigh(&folder, &folder).unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(
            [sizes["sources/klaro"].raw, sizes["sources/tcf"].raw, sizes[SOURCES].raw],
            [500, 500, 1000]
        );
        assert_eq!(
            [sizes["feeds/segment"].raw, sizes["feeds"].raw, sizes["bridges/gtag"].raw, sizes["bridges"].raw],
            [500; 4]
        );
        let files: usize = PARTS.iter().map(|(_, files)| files.len()).sum();
        assert_eq!(sizes[ALL].raw, 1000 * files as u64);
    }

    #[test]
    fn the_heaviest_language_is_told_and_not_part_of_all() {
        let folder = dist("texts", &[]);
        let before = weigh(&folder, &folder).unwrap();
        let files = [
            ("notice-de", 300),
            ("profile-de", 400),
            ("notice-pt-BR", 350),
            ("profile-pt-BR", 300),
            ("list", 50),
        ];
        for (file, letters) in files {
            let noise: String = (0..letters)
                .map(|at: u32| char::from(33 + (at.wrapping_mul(2_654_435_761) >> 16) as u8 % 89))
                .collect();
            fs::write(folder.join(format!("texts/{file}.js")), noise).unwrap();
        }
        let sizes = weigh(&folder, &folder).unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(
            [sizes["texts/notice-de"].raw, sizes["texts/profile-pt-BR"].raw, sizes[TEXTS].raw],
            [300, 300, 1400]
        );
        assert_eq!((sizes[LANGUAGE].raw, sizes[ALL]), (750, before[ALL]));
    }

    #[test]
    fn a_chunk_that_nobody_weighs_is_refused() {
        let folder = dist("stray", &["517.js"]);
        let refused = weigh(&folder, &folder);
        fs::remove_dir_all(folder).unwrap();
        assert!(refused.unwrap_err().to_string().contains("517.js"));
    }
}

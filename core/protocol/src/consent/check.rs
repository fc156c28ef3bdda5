//! Values within their ranges, and names of things that are there.

use super::config::{ConsentConfig, Languages, Texts};
use super::error::ConsentError;
use super::experiment::Experiment;
use super::purpose::{Purpose, PurposeKind};
use super::region::{Region, is_code};
use super::{BUILT_IN_PURPOSES, VERSION};

/// Longest name or address, in characters.
const MAX_NAME: usize = 200;
/// Longest text, in characters.
const MAX_TEXT: usize = 2000;
const MAX_PURPOSES: usize = 16;
const MAX_ENTRIES: usize = 64;
const MAX_DAYS: u16 = 3650;
/// Last purpose of TCF 2.2 and 2.3.
const LAST_TCF_PURPOSE: u8 = 11;

const NAMES: &str = "at most 200 characters";
const IDS: &str = "1 to 64 of `a-z`, `0-9` and `-`";
const TAGS: &str = "a BCP 47 tag such as `en` or `pt-BR`";
const ENTRIES: &str = "at most 64 entries";
const DAYS: &str = "at most 3650 days";

impl ConsentConfig {
    /// Everything that is out of range, in the order of the file's form.
    pub(super) fn problems(&self) -> Vec<ConsentError> {
        let mut check = Check { config: self, found: Vec::new() };
        check.head();
        check.purposes();
        check.regions();
        check.numbers();
        check.languages(&self.languages);
        check.texts(&self.texts, "texts");
        if let Some(experiment) = &self.experiment {
            check.experiment(experiment);
        }
        check.found
    }
}

struct Check<'a> {
    config: &'a ConsentConfig,
    found: Vec<ConsentError>,
}

impl Check<'_> {
    fn range(&mut self, is_sane: bool, path: &str, allowed: &'static str) {
        if !is_sane {
            self.found.push(ConsentError::Range { path: path.to_owned(), allowed });
        }
    }

    fn reference(&mut self, is_there: bool, path: &str, name: &str, known: &'static str) {
        if !is_there {
            self.found.push(ConsentError::Reference { path: path.to_owned(), name: name.to_owned(), known });
        }
    }

    fn name(&mut self, text: &str, path: &str) {
        self.range(text.chars().count() <= MAX_NAME, path, NAMES);
    }

    fn names(&mut self, names: &[String], path: &str) {
        self.range(names.len() <= MAX_ENTRIES, path, ENTRIES);
        for (index, name) in names.iter().enumerate() {
            self.name(name, &format!("{path}[{index}]"));
        }
    }

    fn head(&mut self) {
        let config = self.config;
        self.range(config.version == VERSION, "version", "1");
        self.range(is_id(&config.id), "id", IDS);
        let is_revision = config.revision == "auto" || is_hash(&config.revision);
        self.range(is_revision, "revision", "`auto` or eight hexadecimal digits");
        let controller = &config.controller;
        let fields = [
            (&controller.name, "controller.name"),
            (&controller.contact, "controller.contact"),
            (&controller.policy_url, "controller.policyUrl"),
            (&controller.authority, "controller.authority"),
        ];
        for (text, path) in fields {
            self.name(text, path);
        }
        self.range(
            is_address(&controller.policy_url),
            "controller.policyUrl",
            "`https://…`, or a path from `/`",
        );
        self.range(config.rights.len() <= MAX_ENTRIES, "rights", ENTRIES);
    }

    fn purposes(&mut self) {
        let purposes = &self.config.purposes;
        self.range(purposes.len() <= MAX_PURPOSES, "purposes", "at most 16 purposes");
        for (id, purpose) in purposes {
            let path = format!("purposes.{id}");
            let is_known = BUILT_IN_PURPOSES.contains(&id.as_str());
            self.range(is_id(id), &path, IDS);
            match purpose.kind {
                PurposeKind::Homebody => {
                    self.reference(
                        is_known,
                        &path,
                        id,
                        "a purpose of Homebody; other purposes are of kind `site-tag`",
                    );
                }
                PurposeKind::SiteTag => {
                    self.reference(
                        !is_known,
                        &path,
                        id,
                        "a name for a tag of the site: it is one of Homebody's own",
                    );
                }
            }
            self.purpose(purpose, &path);
        }
    }

    fn purpose(&mut self, purpose: &Purpose, path: &str) {
        let at = |field: &str| format!("{path}.{field}");
        for (text, field) in [(&purpose.text, "text"), (&purpose.explicit, "explicit"), (&purpose.dpv, "dpv")]
        {
            self.name(text.as_deref().unwrap_or_default(), &at(field));
        }
        self.range(purpose.data.len() <= MAX_ENTRIES, &at("data"), ENTRIES);
        self.names(&purpose.recipients, &at("recipients"));
        self.range(purpose.retention_days.is_none_or(|days| days <= MAX_DAYS), &at("retentionDays"), DAYS);
        let is_budget = purpose.epsilon.is_none_or(|epsilon| epsilon > 0.0 && epsilon <= 10.0);
        self.range(is_budget, &at("epsilon"), "above 0, at most 10");
        self.map(purpose, &at("map"));
        let clear = &purpose.clear;
        self.names(&clear.cookies, &at("clear.cookies"));
        self.names(&clear.local_storage, &at("clear.localStorage"));
        self.names(&clear.indexed_db, &at("clear.indexedDB"));
        self.names(&clear.cache_storage, &at("clear.cacheStorage"));
        self.names(&clear.file_system, &at("clear.fileSystem"));
    }

    fn map(&mut self, purpose: &Purpose, path: &str) {
        let map = &purpose.map;
        self.name(map.category.as_deref().unwrap_or_default(), &format!("{path}.category"));
        self.range(map.gcm.len() <= MAX_ENTRIES, &format!("{path}.gcm"), ENTRIES);
        let Some(tcf) = &map.tcf else { return };
        let is_some = !tcf.all.is_empty() && tcf.all.len() <= MAX_ENTRIES;
        self.range(is_some, &format!("{path}.tcf.all"), "at least one purpose of TCF, at most 64");
        for (index, number) in tcf.all.iter().enumerate() {
            let is_sane = (1..=LAST_TCF_PURPOSE).contains(number);
            self.range(is_sane, &format!("{path}.tcf.all[{index}]"), "a purpose of TCF, 1 to 11");
        }
        self.range(tcf.vendor.is_none_or(|vendor| vendor > 0), &format!("{path}.tcf.vendor"), "1 or more");
    }

    fn regions(&mut self) {
        self.range(self.config.regions.len() <= MAX_ENTRIES, "regions", ENTRIES);
        for (index, region) in self.config.regions.iter().enumerate() {
            self.region(region, &format!("regions[{index}]"));
        }
    }

    fn region(&mut self, region: &Region, path: &str) {
        let count = region.matches.len();
        self.range((1..=MAX_ENTRIES).contains(&count), &format!("{path}.match"), "1 to 64 regions");
        for (index, code) in region.matches.iter().enumerate() {
            let path = format!("{path}.match[{index}]");
            // Everybody writes it, and no geolocation ever answers it.
            self.range(code != "UK", &path, "`GB` for the United Kingdom");
            let is_region = matches!(code.as_str(), "*" | "EU" | "EEA") || is_code(code);
            self.range(
                is_region,
                &path,
                "`EU`, `EEA`, `*`, a country such as `DE`, or a part of one such as `US-CA`",
            );
        }
        for (field, ids) in [("modes", ids(&region.modes)), ("gpc", ids(&region.gpc))] {
            for id in ids {
                let is_there = id == "*" || self.config.purposes.contains_key(id);
                self.reference(is_there, &format!("{path}.{field}.{id}"), id, "a purpose of this file");
            }
        }
    }

    fn numbers(&mut self) {
        let (ask, theme) = (&self.config.ask, &self.config.theme);
        let mut buttons = ask.buttons.clone();
        buttons.sort_unstable();
        buttons.dedup();
        self.range(buttons.len() == ask.buttons.len(), "ask.buttons", "different buttons");
        self.range(ask.reask_after_refusal_days <= MAX_DAYS, "ask.reaskAfterRefusalDays", DAYS);
        let expiry = ask.expire_after_days;
        self.range((1..=MAX_DAYS).contains(&expiry), "ask.expireAfterDays", "1 to 3650 days");
        self.range(theme.radius <= 40, "theme.radius", "0 to 40 CSS pixels");
        self.name(theme.font.as_deref().unwrap_or_default(), "theme.font");
        let size = theme.button.font_size;
        self.range((1..=64).contains(&size), "theme.button.fontSize", "1 to 64 CSS pixels");
        let weight = theme.button.font_weight;
        self.range((100..=900).contains(&weight), "theme.button.fontWeight", "100 to 900");
    }

    fn languages(&mut self, languages: &Languages) {
        let count = languages.available.len();
        self.range((1..=MAX_ENTRIES).contains(&count), "languages.available", "1 to 64 languages");
        for (index, tag) in languages.available.iter().enumerate() {
            self.range(is_tag(tag), &format!("languages.available[{index}]"), TAGS);
        }
        self.range(is_tag(&languages.default), "languages.default", TAGS);
        self.language(&languages.default, "languages.default");
    }

    fn language(&mut self, tag: &str, path: &str) {
        let is_there = self.config.languages.available.iter().any(|available| available == tag);
        self.reference(is_there, path, tag, "in `languages.available`");
    }

    fn texts(&mut self, texts: &Texts, path: &str) {
        for (language, texts) in texts {
            let path = format!("{path}.{language}");
            self.range(is_tag(language), &path, TAGS);
            self.language(language, &path);
            for (key, text) in texts {
                let path = format!("{path}.{key}");
                self.range(text.chars().count() <= MAX_TEXT, &path, "at most 2000 characters");
            }
        }
    }

    fn experiment(&mut self, experiment: &Experiment) {
        self.range(is_id(&experiment.id), "experiment.id", IDS);
        self.range((2..=8).contains(&experiment.arms.len()), "experiment.arms", "2 to 8 arms");
        let mut names = Vec::new();
        for (index, arm) in experiment.arms.iter().enumerate() {
            let path = format!("experiment.arms[{index}]");
            self.range(is_id(&arm.id), &format!("{path}.id"), IDS);
            self.reference(
                !names.contains(&&arm.id),
                &format!("{path}.id"),
                &arm.id,
                "free: another arm has it",
            );
            names.push(&arm.id);
            self.range((1..=1000).contains(&arm.weight), &format!("{path}.weight"), "1 to 1000");
            self.texts(&arm.texts, &format!("{path}.texts"));
        }
    }
}

fn ids<T>(words: &std::collections::BTreeMap<String, T>) -> Vec<&str> {
    words.keys().map(String::as_str).collect()
}

pub(super) fn is_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}

fn is_hash(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Nothing that a link could run.
fn is_address(text: &str) -> bool {
    text.is_empty() || ["https://", "http://", "/"].iter().any(|start| text.starts_with(start))
}

fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_language =
        |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_rest =
        |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(is_language) && parts.all(is_rest)
}

//! The budgets, and the one line that other tools read.

use super::parts::{ALL, LINKS, SOURCES, Sizes, Weight};

/// One figure that has a budget.
struct Limit {
    key: &'static str,
    /// They add up.
    parts: &'static [&'static str],
    of: fn(&Weight) -> u64,
    bytes: u64,
}

/// What a visitor can see and correct, what contributes to sums, and what takes a contribution apart for two aggregators.
const CARE: [&str; 3] = ["care", "contribute", "split"];

const LIMITS: [Limit; 5] = [
    Limit { key: "loader_gz", parts: &["loader"], of: |weight| weight.gzip, bytes: 8 * 1024 },
    Limit { key: "rank_br", parts: &["rank"], of: |weight| weight.brotli, bytes: 45 * 1024 },
    Limit { key: "care_br", parts: &CARE, of: |weight| weight.brotli, bytes: 80 * 1024 },
    Limit { key: "consent_br", parts: &["consent"], of: |weight| weight.brotli, bytes: 8 * 1024 },
    Limit { key: "all_br", parts: &[ALL], of: |weight| weight.brotli, bytes: 120 * 1024 },
];

/// The budgets of parts that a page loads only where its author asks for them, Brotli.
const CHOSEN: &[(&str, u64)] = &[
    ("judge", 72 * 1024),
    ("worker", 26 * 1024),
    ("list", 5 * 1024 / 2),
    ("why", 5 * 1024 / 2),
    ("signals", 9 * 1024 / 2),
    ("config", 9 * 1024 / 2),
    ("mirror", 1024 / 2),
    ("optout", 3 * 1024 / 2),
    ("gate", 1024),
    ("rerank", 3 * 1024 / 2),
    ("experiments", 5 * 1024 / 4),
    ("onboarding", 2 * 1024),
];

/// The budget of each reader of a consent platform by itself, Brotli: 0.7 KB.
const READER_BYTES: u64 = 7 * 1024 / 10;

/// The budget of each feed, bridge and the like by itself, Brotli: 1.5 KB.
const LINK_BYTES: u64 = 3 * 1024 / 2;

/// The budgeted figures as one line of JSON, and `every_br`: what a page would load that uses every option there is, which
/// has no budget of its own.
pub(crate) fn json(sizes: &Sizes) -> String {
    let budgeted = LIMITS.iter().map(|limit| (limit.key, limit.weigh(sizes)));
    let figures: Vec<String> = budgeted
        .chain([("every_br", every(sizes))])
        .map(|(key, bytes)| format!("\"{key}\":{bytes}"))
        .collect();
    format!("{{{}}}", figures.join(","))
}

/// [`ALL`] with all that is loaded by choice, Brotli; readers, feeds and languages, of which a page has one or another, aside.
fn every(sizes: &Sizes) -> u64 {
    let parts = [ALL].into_iter().chain(CHOSEN.iter().map(|(part, _)| *part)).chain(["contribute", "split"]);
    parts.filter_map(|part| sizes.get(part)).map(|weight| weight.brotli).sum()
}

/// A line for every figure above its budget.
pub(crate) fn over_budget(sizes: &Sizes) -> Vec<String> {
    let over = LIMITS.iter().filter(|limit| limit.weigh(sizes) > limit.bytes);
    let parts =
        over.map(|limit| format!("{}: {} bytes, budget {}", limit.key, limit.weigh(sizes), limit.bytes));
    let chosen = CHOSEN.iter().filter_map(|&(part, bytes)| {
        let weight = sizes.get(part).map_or(u64::MAX, |weight| weight.brotli);
        (weight > bytes).then(|| format!("{part}: {weight} bytes, budget {bytes}"))
    });
    let groups = [(SOURCES, READER_BYTES)].into_iter().chain(LINKS.map(|folder| (folder, LINK_BYTES)));
    let files = groups.flat_map(|(folder, budget)| files_over(sizes, folder, budget));
    parts.chain(chosen).chain(files).collect()
}

/// A line for every file of a folder above the folder's budget for one.
fn files_over<'a>(sizes: &'a Sizes, folder: &'a str, budget: u64) -> impl Iterator<Item = String> + 'a {
    let is_in = move |part: &str| part.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let over = sizes.iter().filter(move |(part, weight)| is_in(part) && weight.brotli > budget);
    over.map(move |(part, weight)| format!("{part}: {} bytes, budget {budget}", weight.brotli))
}

impl Limit {
    fn weigh(&self, sizes: &Sizes) -> u64 {
        let weighed = self.parts.iter().map(|part| sizes.get(*part).map_or(u64::MAX, self.of));
        weighed.fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(bytes: u64) -> Sizes {
        let weight = Weight { raw: bytes, gzip: bytes, brotli: bytes };
        let small = Weight { raw: 0, gzip: 0, brotli: 0 };
        let first = LIMITS.iter().map(|limit| (limit.parts[0].to_owned(), weight));
        let rest =
            LIMITS.iter().flat_map(|limit| &limit.parts[1..]).chain(CHOSEN.iter().map(|(part, _)| part));
        let mut sizes: Sizes = rest.map(|part| ((*part).to_owned(), small)).collect();
        sizes.extend(first);
        sizes
    }

    #[test]
    fn a_budget_holds_to_the_byte() {
        assert_eq!(over_budget(&sizes(8192)), Vec::<String>::new());
        let over = over_budget(&sizes(8193));
        assert_eq!(over.len(), 2, "{over:?}");
        assert!(over[0].starts_with("loader_gz: 8193 bytes, budget 8192"));
    }

    #[test]
    fn a_part_that_was_not_weighed_is_over() {
        let mut sizes = sizes(1);
        sizes.remove("care");
        sizes.remove("gate");
        assert_eq!(over_budget(&sizes).len(), 2);
    }

    #[test]
    fn each_reader_feed_and_bridge_has_a_budget_and_their_sums_have_none() {
        let mut sizes = sizes(1);
        let weights = [
            ("sources", 9000),
            ("sources/klaro", 716),
            ("sources/tcf", 717),
            ("feeds", 9000),
            ("feeds/adobe", 1536),
            ("feeds/segment", 1537),
            ("bridges/gtag", 1538),
        ];
        for (part, brotli) in weights {
            sizes.insert(part.to_owned(), Weight { raw: 1, gzip: 1, brotli });
        }
        let over = [
            "sources/tcf: 717 bytes, budget 716",
            "bridges/gtag: 1538 bytes, budget 1536",
            "feeds/segment: 1537 bytes, budget 1536",
        ];
        assert_eq!(over_budget(&sizes), over);
    }

    #[test]
    fn json_is_one_line_with_the_five_keys() {
        let line = json(&sizes(7));
        assert!(!line.contains('\n'));
        let parsed: serde_json::Value = serde_json::from_str(&line).unwrap();
        for key in ["loader_gz", "rank_br", "care_br", "consent_br", "all_br"] {
            assert_eq!(parsed[key], 7, "{key}");
        }
        assert_eq!(parsed["every_br"], 7, "the parts by choice weigh nothing here");
    }
}

//! The budgets, and the one line that other tools read.

use super::parts::{ALL, SOURCES, Sizes, Weight};

/// One figure that has a budget.
struct Limit {
    key: &'static str,
    part: &'static str,
    of: fn(&Weight) -> u64,
    bytes: u64,
}

const LIMITS: [Limit; 5] = [
    Limit { key: "loader_gz", part: "loader", of: |weight| weight.gzip, bytes: 8 * 1024 },
    Limit { key: "rank_br", part: "rank", of: |weight| weight.brotli, bytes: 45 * 1024 },
    Limit { key: "care_br", part: "care", of: |weight| weight.brotli, bytes: 80 * 1024 },
    Limit { key: "consent_br", part: "consent", of: |weight| weight.brotli, bytes: 8 * 1024 },
    Limit { key: "all_br", part: ALL, of: |weight| weight.brotli, bytes: 120 * 1024 },
];

/// The budget of each reader of a consent platform by itself, Brotli: 0.7 KB.
const READER_BYTES: u64 = 7 * 1024 / 10;

/// The budgeted figures as one line of JSON.
pub(crate) fn json(sizes: &Sizes) -> String {
    let figures: Vec<String> =
        LIMITS.iter().map(|limit| format!("\"{}\":{}", limit.key, limit.weigh(sizes))).collect();
    format!("{{{}}}", figures.join(","))
}

/// A line for every figure above its budget.
pub(crate) fn over_budget(sizes: &Sizes) -> Vec<String> {
    let over = LIMITS.iter().filter(|limit| limit.weigh(sizes) > limit.bytes);
    let parts =
        over.map(|limit| format!("{}: {} bytes, budget {}", limit.key, limit.weigh(sizes), limit.bytes));
    let over = readers(sizes).filter(|(_, bytes)| *bytes > READER_BYTES);
    let readers = over.map(|(reader, bytes)| format!("{reader}: {bytes} bytes, budget {READER_BYTES}"));
    parts.chain(readers).collect()
}

fn readers(sizes: &Sizes) -> impl Iterator<Item = (&str, u64)> {
    let all = sizes.iter().filter(|(part, _)| part.starts_with(SOURCES) && *part != SOURCES);
    all.map(|(part, weight)| (part.as_str(), weight.brotli))
}

impl Limit {
    fn weigh(&self, sizes: &Sizes) -> u64 {
        sizes.get(self.part).map_or(u64::MAX, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(bytes: u64) -> Sizes {
        let weight = Weight { raw: bytes, gzip: bytes, brotli: bytes };
        LIMITS.iter().map(|limit| (limit.part.to_owned(), weight)).collect()
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
        assert_eq!(over_budget(&sizes).len(), 1);
    }

    #[test]
    fn each_reader_has_a_budget_and_their_sum_has_none() {
        let mut sizes = sizes(1);
        for (part, brotli) in [("sources", 9000), ("sources/klaro", 716), ("sources/tcf", 717)] {
            sizes.insert(part.to_owned(), Weight { raw: 1, gzip: 1, brotli });
        }
        assert_eq!(over_budget(&sizes), ["sources/tcf: 717 bytes, budget 716"]);
    }

    #[test]
    fn json_is_one_line_with_the_five_keys() {
        let line = json(&sizes(7));
        assert!(!line.contains('\n'));
        let parsed: serde_json::Value = serde_json::from_str(&line).unwrap();
        for key in ["loader_gz", "rank_br", "care_br", "consent_br", "all_br"] {
            assert_eq!(parsed[key], 7, "{key}");
        }
    }
}

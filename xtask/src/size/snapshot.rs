//! The committed sizes: one line a part, `name raw gzip brotli` in bytes.

use anyhow::{Context, Result};

use super::parts::{Sizes, Weight};

/// Growth that passes without a new snapshot, in percent.
const TOLERANCE_PERCENT: u64 = 2;

const HEADING: &str = "# part raw gzip brotli, in bytes; `cargo xtask size --update` writes this file\n";

/// The file's text.
pub(crate) fn write(sizes: &Sizes) -> String {
    let lines: Vec<String> = sizes
        .iter()
        .map(|(part, weight)| format!("{part} {} {} {}\n", weight.raw, weight.gzip, weight.brotli))
        .collect();
    format!("{HEADING}{}", lines.concat())
}

/// The sizes of a file's text.
pub(crate) fn read(text: &str) -> Result<Sizes> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| parse(line).with_context(|| format!("snapshot line `{line}`"))).collect()
}

/// A line for every figure that grew by more than the tolerance, and for every part the snapshot does not know.
pub(crate) fn growth(old: &Sizes, new: &Sizes) -> Vec<String> {
    let mut grown = Vec::new();
    for (part, weight) in new {
        let Some(before) = old.get(part) else {
            grown.push(format!("{part}: not in the snapshot"));
            continue;
        };
        let figures = [
            ("raw", before.raw, weight.raw),
            ("gzip", before.gzip, weight.gzip),
            ("brotli", before.brotli, weight.brotli),
        ];
        for (name, was, is) in figures {
            if is * 100 > was * (100 + TOLERANCE_PERCENT) {
                grown.push(format!("{part} {name}: {was} -> {is} bytes, more than {TOLERANCE_PERCENT} %"));
            }
        }
    }
    grown
}

fn parse(line: &str) -> Result<(String, Weight)> {
    let mut fields = line.split_whitespace();
    let part = fields.next().context("no name")?.to_owned();
    let mut number = || -> Result<u64> { Ok(fields.next().context("three numbers expected")?.parse()?) };
    Ok((part, Weight { raw: number()?, gzip: number()?, brotli: number()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(raw: u64, gzip: u64, brotli: u64) -> Sizes {
        Sizes::from([("rank".to_owned(), Weight { raw, gzip, brotli })])
    }

    #[test]
    fn what_was_written_is_read() {
        let sizes = sizes(30, 20, 10);
        assert_eq!(read(&write(&sizes)).unwrap(), sizes);
    }

    #[test]
    fn two_percent_pass_and_more_does_not() {
        let old = sizes(1000, 1000, 1000);
        assert!(growth(&old, &sizes(1020, 1020, 1020)).is_empty());
        assert_eq!(growth(&old, &sizes(1020, 1021, 1020)).len(), 1);
        assert!(growth(&old, &sizes(500, 500, 500)).is_empty());
    }

    #[test]
    fn a_new_part_needs_an_update() {
        assert_eq!(growth(&Sizes::new(), &sizes(1, 1, 1)), ["rank: not in the snapshot"]);
    }

    #[test]
    fn a_broken_line_is_named() {
        assert!(format!("{:#}", read("rank 1 2").unwrap_err()).contains("`rank 1 2`"));
    }
}

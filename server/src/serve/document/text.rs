//! What pages are written with.

use std::fmt::Write as _;

use crate::consent::day;

/// Writing to a string cannot fail.
pub(in crate::serve) fn add(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = page.write_fmt(text);
}

/// Nothing of a site becomes markup.
pub(in crate::serve) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A day in UTC, for people and for programs.
pub(in crate::serve) fn date(unix_s: u64) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let iso = day(unix_s);
    let mut parts = iso.split('-').map(|part| part.parse::<usize>().unwrap_or(1));
    let (year, month, of_month) =
        (parts.next().unwrap_or(1), parts.next().unwrap_or(1), parts.next().unwrap_or(1));
    let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or("");
    format!("<time datetime=\"{iso}\">{of_month} {month} {year}</time>")
}

/// `1,034`.
pub(in crate::serve) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_site_becomes_markup() {
        assert_eq!(escape("<b>\"&\"</b>"), "&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;");
    }

    #[test]
    fn days_and_numbers_are_readable() {
        assert_eq!(date(1_795_428_000), "<time datetime=\"2026-11-23\">23 November 2026</time>");
        let numbers = [0, 999, 1_000, 12_345, 1_234_567].map(number);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}

//! The account as a page for people: one document without scripts, that prints, is read aloud and fits a phone.

mod asked;
mod lists;
mod rest;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::Account;
use crate::consent::day;

/// The only style of the page; its hash is the only one that is allowed.
pub(in crate::serve) const STYLE: &str = include_str!("style.css");

/// Sections in the order of the page: id, and name in the list of contents.
const CONTENTS: [(&str, &str); 7] = [
    ("lists", "How lists are put in order"),
    ("choices", "What you can do"),
    ("asked", "What your device is asked"),
    ("models", "What was learned"),
    ("kept", "What is kept, and how long"),
    ("responsible", "Who is responsible"),
    ("check", "Check it yourself"),
];

/// `Content-Security-Policy` of the page: its own style, nothing else.
pub(super) fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// The page. `root`: the way from it to the root of the server, empty or ending in `/`.
pub(super) fn of(account: &Account, root: &str) -> String {
    let mut page = head(account, root);
    lists::write(account, &mut page);
    rest::choices(account, &mut page);
    asked::write(account, &mut page);
    rest::models(account, &mut page);
    rest::kept(account, &mut page);
    rest::responsible(account, &mut page);
    rest::check(account, root, &mut page);
    page.push_str("</main>\n</body></html>\n");
    page
}

fn head(account: &Account, root: &str) -> String {
    let site = escape(&account.site);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>What {site} asks, learns and keeps</title><link rel=\"icon\" href=\"data:,\">\
         <link rel=\"alternate\" type=\"application/json\" href=\"{root}.well-known/homebody.json\">\
         <style>{STYLE}</style></head>\n<body><header>\n<p class=\"eyebrow\">Transparency</p>\n\
         <h1>What {site} asks, learns and keeps</h1>\n<p class=\"lead\">Lists on this site are put in order on your own \
         device. The site keeps nothing about single visitors, and learns from sums alone. Nothing below is written by \
         hand: it is read from what runs.</p>\n"
    );
    facts(account, &mut page);
    page.push_str("<nav aria-label=\"Contents\"><ul>");
    for (id, name) in CONTENTS {
        add(&mut page, format_args!("<li><a href=\"#{id}\">{name}</a>"));
    }
    page.push_str("</ul></nav>\n</header>\n<main>\n");
    page
}

/// The four things that most people come for.
fn facts(account: &Account, page: &mut String) {
    let running = account.tasks.iter().filter(|task| task.state == "running").count();
    let published = match (account.lists.version, account.lists.published_at) {
        (Some(version), Some(at)) => format!("version {version} <small>{}</small>", date(at.into())),
        _ => "nothing yet".to_owned(),
    };
    add(
        page,
        format_args!(
            "<dl class=\"facts\"><div><dt>Kept about single visitors<dd>nothing</div>\
             <div><dt>Lists are put in order<dd>on your device</div>\
             <div><dt>Questions to devices now<dd>{running}</div>\
             <div><dt>Published<dd>{published}</div></dl>\n"
        ),
    );
}

/// Opens a section of [`CONTENTS`].
fn open(id: &str, page: &mut String) {
    let name = CONTENTS.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name);
    add(page, format_args!("<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{name}</h2>\n"));
}

/// One row of a list of terms.
fn term(page: &mut String, name: &str, value: &str) {
    add(page, format_args!("<div><dt>{name}<dd>{value}</div>\n"));
}

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

    #[test]
    fn the_policy_names_the_style_that_is_there() {
        assert!(!STYLE.contains("</style"), "it ends where it ends");
        assert!(policy().contains("style-src 'sha256-"));
    }
}

//! The account as a page for people: one document without scripts, that prints, is read aloud and fits a phone.

mod asked;
mod lists;
mod rest;

use super::Account;
use crate::serve::document::{Document, Head, add, contents, date, escape};

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

/// The page. `root`: the way from it to the root of the server, empty or ending in `/`.
pub(super) fn of(account: &Account, root: &str) -> Document {
    let mut document = head(account, root);
    let page = &mut document.markup;
    lists::write(account, page);
    rest::choices(account, page);
    asked::write(account, page);
    rest::models(account, page);
    rest::kept(account, page);
    rest::responsible(account, page);
    rest::check(account, root, page);
    document.close()
}

fn head(account: &Account, root: &str) -> Document {
    let site = escape(&account.site);
    let mut document = Head {
        eyebrow: "Transparency",
        title: &format!("What {site} asks, learns and keeps"),
        lead: "Lists on this site are put in order on your own device. The site keeps nothing about single visitors, and \
               learns from sums alone. Nothing below is written by hand: it is read from what runs.",
        links: &format!(
            "<link rel=\"alternate\" type=\"application/json\" href=\"{root}.well-known/homebody.json\">"
        ),
        own: "",
    }
    .open();
    facts(account, &mut document.markup);
    contents(CONTENTS, &mut document.markup);
    document
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

//! Pages for people: one document each without scripts, in one style, that prints, is read aloud and fits a phone.

mod text;

use std::fmt::Display;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, header};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

pub(super) use text::{add, date, escape, number};

/// The style of every page.
const STYLE: &str = include_str!("style.css");

/// A page: its markup, and under which policy it stands.
pub(super) struct Document {
    pub(super) markup: String,
    own: &'static str,
}

/// What a page begins with. All texts are markup: what is not ours is escaped before.
pub(super) struct Head<'a> {
    /// Which of the pages it is, in a word.
    pub(super) eyebrow: &'a str,
    /// Its title, which is its first heading too.
    pub(super) title: &'a str,
    /// What it tells, in two sentences.
    pub(super) lead: &'a str,
    /// `<link>` elements besides the icon's.
    pub(super) links: &'a str,
    /// The style that this page needs besides, or nothing.
    pub(super) own: &'static str,
}

impl Head<'_> {
    /// The document up to the end of the lead, inside `<header>`.
    pub(super) fn open(&self) -> Document {
        let Self { eyebrow, title, lead, links, own } = self;
        let more = if own.is_empty() { String::new() } else { format!("<style>{own}</style>") };
        let markup = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title}</title><link rel=\"icon\" href=\"data:,\">{links}<style>{STYLE}</style>{more}</head>\n\
             <body><header>\n<p class=\"eyebrow\">{eyebrow}</p>\n<h1>{title}</h1>\n<p class=\"lead\">{lead}</p>\n"
        );
        Document { markup, own }
    }
}

impl Document {
    /// The same, with its end.
    pub(super) fn close(mut self) -> Self {
        self.markup.push_str("</main>\n</body></html>\n");
        self
    }

    /// `Content-Security-Policy`: the style of all pages, the one it has besides, nothing else.
    pub(super) fn policy(&self) -> String {
        let more = if self.own.is_empty() { String::new() } else { format!(" {}", hash(self.own)) };
        format!(
            "default-src 'none'; style-src {}{more}; img-src data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
            hash(STYLE)
        )
    }

    /// As an answer to the operator: kept nowhere.
    pub(super) fn private(self) -> Response<Body> {
        let policy = HeaderValue::from_str(&self.policy());
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
        ];
        let mut answer = (headers, self.markup).into_response();
        if let Ok(policy) = policy {
            answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        answer
    }
}

/// The eyebrow of a page that the private side's first page names, with the way back to it.
pub(super) fn below(name: &str) -> String {
    format!("<a href=\"./\">All pages</a> · {name}")
}

/// The list of contents, which ends the header: the id of each section, and its name as markup.
pub(super) fn contents<I: Display, N: Display>(
    sections: impl IntoIterator<Item = (I, N)>,
    page: &mut String,
) {
    page.push_str("<nav aria-label=\"Contents\"><ul>");
    for (id, name) in sections {
        add(page, format_args!("<li><a href=\"#{id}\">{name}</a>"));
    }
    page.push_str("</ul></nav>\n</header>\n<main>\n");
}

fn hash(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_every_style_that_is_there_and_no_other() {
        assert!(!STYLE.contains("</style"), "it ends where it ends");
        for own in ["", "p{color:red}"] {
            let page = Head { eyebrow: "", title: "", lead: "", links: "", own }.open();
            let policy = page.policy();
            let after = page.markup.split("<style>").skip(1);
            let styles: Vec<_> = after.filter_map(|rest| rest.split("</style>").next()).collect();
            assert_eq!(policy.matches("'sha256-").count(), styles.len());
            assert!(styles.iter().all(|style| policy.contains(&hash(style))));
        }
    }
}

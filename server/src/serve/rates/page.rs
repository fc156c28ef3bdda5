//! The rates as a page: one document without scripts, in the style of the public account.

use super::groups;
use super::interval::wilson;
use super::{ANSWERS, Answers, By, NoticeRates, Rates, Span};
use crate::serve::document::{Document, Head, add, below, contents, date, escape, number};

/// What the tables of this page need besides; other pages for the operator have it too.
pub(in crate::serve) const STYLE: &str = include_str!("style.css");

/// Digits of a hash that tell notices apart at a glance.
const SHORT: usize = 12;

/// Where the same numbers are as rows.
const EXPORT: &str = "v1/admin/export/consent";

/// The page.
pub(in crate::serve) fn of(rates: &Rates) -> Document {
    let mut document = head(rates);
    let page = &mut document.markup;
    if rates.notices.is_empty() {
        page.push_str(
            "<section><p class=\"none\">No notice is published here: pages that ask do so in words of their own, and their answers are not counted.</p></section>\n",
        );
    }
    rates.notices.iter().for_each(|each| notice(each, page));
    reading(rates, page);
    document.close()
}

fn head(rates: &Rates) -> Document {
    let site = escape(&rates.site);
    let mut document = Head {
        eyebrow: &below("Consent"),
        title: &format!("How visitors of {site} decide"),
        lead: &format!(
            "Sums of what was done with each notice. No number below {} is shown, and none can be computed from what is.",
            rates.fewest
        ),
        links: "",
        own: STYLE,
    }
    .open();
    let named = rates.notices.iter().map(|notice| {
        let (id, now) = (short(notice), if notice.is_current { ", asked now" } else { "" });
        (format!("n{id}"), format!("Notice {id}{now}"))
    });
    let last = ("reading".to_owned(), "How to read it".to_owned());
    contents(named.chain([last]), &mut document.markup);
    document
}

fn notice(notice: &NoticeRates, page: &mut String) {
    let id = short(notice);
    add(
        page,
        format_args!(
            "<section aria-labelledby=\"n{id}\" data-notice=\"{}\"><h2 id=\"n{id}\">Notice <code>{id}</code>",
            escape(&notice.sha256)
        ),
    );
    if notice.is_current {
        page.push_str(" <span class=\"mark running\">asked now</span>");
    }
    page.push_str("</h2>\n");
    if let Some(since) = notice.since {
        add(page, format_args!("<p>First asked on {}.</p>\n", date(since)));
    }
    facts(notice, page);
    if notice.answers.total == 0 {
        page.push_str(
            "<p class=\"none\">No answer is counted yet, or too few to be shown.</p>\n</section>\n",
        );
        return;
    }
    answers(notice, page);
    purposes(notice, page);
    for by in [By::Day, By::Region, By::Language, By::Variant] {
        groups::write(notice, by, page);
    }
    page.push_str("</section>\n");
}

fn facts(notice: &NoticeRates, page: &mut String) {
    let all = notice.other("served") + notice.other("served-gpc");
    let fact = |page: &mut String, name: &str, value: String| {
        add(page, format_args!("<div><dt>{name}<dd>{value}</div>"));
    };
    page.push_str("<dl class=\"facts\">");
    let gpc = data("served-gpc", notice.other("served-gpc"));
    let shown = data("shown", all);
    fact(page, "Shown to pages", format!("{shown} <small>{gpc} with Global Privacy Control</small>"));
    fact(page, "Answered", data("answers", notice.answers.total));
    let withdrawn = data("withdraw", notice.other("withdraw"));
    fact(page, "Taken back later", withdrawn);
    let noticed = data("noticed", notice.other("noticed"));
    let objected = data("object", notice.other("object"));
    fact(page, "Told where no yes is needed", format!("{noticed} <small>{objected} objected</small>"));
    page.push_str("</dl>\n");
}

fn answers(notice: &NoticeRates, page: &mut String) {
    let total = notice.answers.total;
    table(page, "Answers", notice, &["Answer", "Count", "Rate", "95 % interval", "Share"]);
    for ((action, name), span) in ANSWERS.into_iter().zip(notice.answers.counts) {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\"><i class=\"key {action}\"></i>{name}<td>{}<td>{}<td>{}<td>{}\n",
                count(action, span),
                rate(span, total),
                interval(span, total),
                bar(&[(action, span.least)], total),
            ),
        );
    }
    page.push_str("</table></div>\n");
}

fn purposes(notice: &NoticeRates, page: &mut String) {
    if notice.purposes.is_empty() {
        return;
    }
    let (span, total) = (notice.purpose(), notice.answers.total);
    table(page, "Yes to each purpose", notice, &["Purpose", "Yes", "Rate", "95 % interval", "Share"]);
    for purpose in &notice.purposes {
        let may_be = span.most - span.least;
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">{}<td>{}<td>{}<td>{}<td>{}\n",
                escape(purpose),
                count("purpose", span),
                rate(span, total),
                interval(span, total),
                bar(&[("accept", span.least), ("partial", may_be)], total),
            ),
        );
    }
    page.push_str("</table></div>\n");
}

fn reading(rates: &Rates, page: &mut String) {
    page.push_str(
        "<section aria-labelledby=\"reading\"><h2 id=\"reading\">How to read it</h2>\n<p>Rates are shares of the answers to \
         a notice. The interval is Wilson’s: in 95 of 100 cases the share among all visitors like these lies in it. Where \
         numbers are hidden, a rate is told as what it is at least and at most, and the interval covers both. A day that \
         is not over is told in steps. Which of several purposes somebody chose is not counted: a purpose has at least those who \
         accepted everything, at most those who chose some of it, too. “Shown to pages” counts how often the notice was \
         fetched, whether or not somebody was asked.</p>\n",
    );
    for kind in &rates.left_out {
        add(page, format_args!("<p>Some {kind} are too few to be in any number.</p>\n"));
    }
    add(
        page,
        format_args!(
            "<p>The same numbers as rows: <a href=\"{EXPORT}?format=csv\" download>consent.csv</a>, \
             <a href=\"{EXPORT}?format=ndjson\" download>consent.ndjson</a>.</p>\n</section>\n"
        ),
    );
}

/// Opens a table that can be scrolled, with the keyboard too.
pub(super) fn table(page: &mut String, caption: &str, notice: &NoticeRates, columns: &[&str]) {
    let id = short(notice);
    add(
        page,
        format_args!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}, notice {id}\">\
             <table><caption>{caption}</caption><thead><tr>"
        ),
    );
    for column in columns {
        add(page, format_args!("<th scope=\"col\">{column}"));
    }
    page.push_str("<tbody>\n");
}

/// Every answer of a group, stacked.
pub(super) fn stacked(answers: &Answers) -> String {
    let parts = ANSWERS.into_iter().zip(answers.counts).map(|((action, _), span)| (action, span.least));
    bar(&parts.collect::<Vec<_>>(), answers.total)
}

fn bar(parts: &[(&str, u64)], total: u64) -> String {
    let mut svg = "<svg viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
                   <rect class=\"rail\" width=\"100\" height=\"6\"/>"
        .to_owned();
    let mut x = 0.0;
    for (class, count) in parts {
        let width = 100.0 * *count as f64 / total.max(1) as f64;
        add(
            &mut svg,
            format_args!("<rect class=\"{class}\" x=\"{x:.2}\" width=\"{width:.2}\" height=\"6\"/>"),
        );
        x += width;
    }
    svg.push_str("</svg>");
    svg
}

/// A number for people and for programs.
pub(super) fn data(class: &str, value: u64) -> String {
    format!("<data class=\"{class}\" value=\"{value}\">{}</data>", number(value))
}

pub(super) fn count(class: &str, span: Span) -> String {
    let least = data(class, span.least);
    match (span.least, span.most) {
        (least_of, most) if least_of == most => least,
        (_, most) => format!("{least}–{}", number(most)),
    }
}

pub(super) fn rate(span: Span, total: u64) -> String {
    let percent = |count: u64| 100.0 * count as f64 / total.max(1) as f64;
    match span.least == span.most {
        true => format!("{:.1} %", percent(span.least)),
        false => format!("{:.1}–{:.1} %", percent(span.least), percent(span.most)),
    }
}

pub(super) fn interval(span: Span, total: u64) -> String {
    let (low, high) = (wilson(span.least, total).0, wilson(span.most, total).1);
    format!("{:.1}–{:.1} %", 100.0 * low, 100.0 * high)
}

fn short(notice: &NoticeRates) -> String {
    escape(&notice.sha256.chars().take(SHORT).collect::<String>())
}

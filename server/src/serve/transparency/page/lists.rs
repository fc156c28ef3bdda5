//! How lists are put in order.

use super::super::Account;
use super::super::lists::{Parameter, Placement};
use super::open;
use crate::serve::document::{add, escape, number};

pub(super) fn write(account: &Account, page: &mut String) {
    open("lists", page);
    page.push_str(
        "<p>Without your consent everybody sees the same order. With it, your device adds up these parts for every item; \
         the higher the sum, the further to the front. The share says how much a part can weigh against the others.</p>\n",
    );
    if account.lists.placements.is_empty() {
        page.push_str("<p class=\"none\">No list is published yet: pages keep the order they come in.</p>\n");
    }
    for (name, placement) in &account.lists.placements {
        of(name, placement, page);
    }
    page.push_str("</section>\n");
}

fn of(name: &str, placement: &Placement, page: &mut String) {
    add(
        page,
        format_args!(
            "<article class=\"card\"><h3>List “{}”</h3>\n<p>{} items to choose from.</p>\n<ul class=\"parameters\">\n",
            escape(name),
            number(placement.candidates as u64)
        ),
    );
    for Parameter { name, about, changed_by, share, .. } in &placement.parameters {
        let percent = 100.0 * share;
        add(
            page,
            format_args!(
                "<li><strong>{name}</strong> <span class=\"share\">{percent:.0} %</span>\
                 <svg viewBox=\"0 0 100 3\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
                 <rect class=\"rail\" width=\"100\" height=\"3\"/><rect width=\"{percent:.1}\" height=\"3\"/></svg>\
                 <span class=\"about\">{about}. <em>{changed_by}.</em></span>\n"
            ),
        );
    }
    page.push_str("</ul>\n");
    sentences("After that", &placement.also, page);
    sentences("Rules of this site", &placement.rules, page);
    page.push_str("</article>\n");
}

fn sentences(title: &str, all: &[String], page: &mut String) {
    if all.is_empty() {
        return;
    }
    add(page, format_args!("<h4>{title}</h4>\n<ul class=\"plain\">"));
    for sentence in all {
        add(page, format_args!("<li>{}", escape(sentence)));
    }
    page.push_str("</ul>\n");
}

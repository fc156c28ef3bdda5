//! The page of what released sums say of visitors: one document without scripts, in the style of the public account.

mod parts;
mod plane;
mod scatter;
mod segments;
mod variety;

use super::document::{Document, Head, add, below, contents, escape};
use crate::audience::Audience;
use crate::train::NarrowingKind;

/// What this page needs besides.
const STYLE: &str = include_str!("style.css");

/// Where the same numbers are as data.
const DATA: &str = "v1/admin/audience";

/// Sections: id, and name.
const CONTENTS: [(&str, &str); 4] = [
    ("variety", "How varied lists are"),
    ("segments", "How large segments are"),
    ("plane", "Where segments lie"),
    ("reading", "How to read it"),
];

/// The page.
pub(super) fn of(audience: &Audience) -> Document {
    let mut document = head(audience);
    let page = &mut document.markup;
    variety::write(audience, page);
    segments::write(audience, page);
    plane::write(audience, page);
    reading(page);
    document.close()
}

fn head(audience: &Audience) -> Document {
    let site = escape(&audience.site);
    let mut document = Head {
        eyebrow: &below("Audience"),
        title: &format!("What visitors of {site} are shown, and who they are"),
        lead: "Read from sums that devices added up to and that were released with their noise. Of a single visitor \
               nothing is known here.",
        links: "",
        own: STYLE,
    }
    .open();
    alarm(audience, &mut document.markup);
    contents(CONTENTS, &mut document.markup);
    document
}

fn alarm(audience: &Audience, page: &mut String) {
    let Some(looked) = audience.narrowing.as_ref().filter(|looked| looked.is_alarm()) else { return };
    page.push_str("<div class=\"alarm\"><h2>Lists have become an echo chamber</h2><ul>");
    for kind in &looked.alarms {
        let (what, found, limit) = match kind {
            NarrowingKind::Narrow => (
                "Few categories make up nearly everything that is shown",
                looked.entropy,
                format!("below {:.2}", audience.limits.least_entropy),
            ),
            NarrowingKind::Repetitive => (
                "The same few items come again and again",
                looked.gini,
                format!("above {:.2}", audience.limits.most_gini),
            ),
        };
        add(page, format_args!("<li>{what}: {}, all of it {limit}.", parts::number(found)));
    }
    add(
        page,
        format_args!(
            "</ul><p>By window {} of <code>{}</code>. More variety: <code>policy.diversity</code>, quotas, \
             calibrated shares and places for the unexpected of a placement.</p></div>\n",
            looked.window,
            escape(&looked.name)
        ),
    );
}

/// Opens a section of [`CONTENTS`].
fn open(id: &str, page: &mut String) {
    let name = CONTENTS.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name);
    add(page, format_args!("<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{name}</h2>\n"));
}

fn reading(page: &mut String) {
    open("reading", page);
    add(
        page,
        format_args!(
            "<p>Each number is an estimate with the interval that holds the true one in 95 of 100 cases, luck and noise \
             included. Of a device it is known in which bin its list is, and not where in the bin: the intervals of entropy and \
             Gini coefficient are half a bin wider for that. An alarm is raised where a whole interval is beyond its limit \
             (<code>audience</code> in the configuration), and stays until a window is not.</p>\n\
             <p>Shares of segments are not negative and add up to 1, whatever the noise; a change is marked where it is more \
             than luck and noise bring about. Segments are those that are published now: a window before their publication may \
             have been of others.</p>\n\
             <p>An axis is a direction in which visitors differ; its share is that of the variance of standardised features. An \
             axis that noise and luck alone could have made is marked so. The share between segments is 0 where they lie on \
             one another, and 1 where visitors of a segment are all alike.</p>\n\
             <p>The same numbers as data: <a href=\"{DATA}\">audience.json</a>.</p>\n</section>\n"
        ),
    );
}

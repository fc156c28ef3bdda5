//! The private side's first page: what there is to read.

use super::document::{Document, Head, add, escape};

/// Address, name and content of each page. Addresses are relative, for a proxy may put them below a path.
const PAGES: [(&str, &str, &str); 4] = [
    ("quality", "How well it works", "Predictions, models and clicks, each with its interval."),
    ("audience", "Who visitors are, and what they are shown", "Segments, and how varied lists are."),
    ("consent", "How visitors decide", "Answers to each notice, by day, region, language and variant."),
    ("experiments", "Experiments", "Each metric by variant, with its interval."),
];

/// The page.
pub(in crate::serve) fn of(site: &str) -> Document {
    let site = escape(site);
    let mut document = Head {
        eyebrow: "Homebody",
        title: &format!("{site}, for its operator"),
        lead: "What the sums of all visitors tell. What visitors see of it is the public side’s \
               <code>/transparency</code>.",
        links: "",
        own: "",
    }
    .open();
    let page = &mut document.markup;
    page.push_str("</header>\n<main>\n");
    for (address, name, content) in PAGES {
        add(
            page,
            format_args!("<section><h2><a href=\"{address}\">{name}</a></h2>\n<p>{content}</p></section>\n"),
        );
    }
    page.push_str("<section><h2>For programs</h2>\n<p><a href=\"openapi.json\">openapi.json</a> describes both sides; \
                   <code>metrics</code>, <code>healthz</code> and <code>readyz</code> are for monitoring.</p></section>\n");
    document.close()
}

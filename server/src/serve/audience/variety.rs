//! How varied lists are, window by window, and how devices spread in the newest.

use super::parts::{close, none, number, percent, rail, table, window};
use crate::audience::{Audience, Bin, VarietyTold, VarietyWindow};
use crate::serve::document::{add, number as whole};
use crate::train::{NarrowingKind, VarietyLimits};

pub(super) fn write(audience: &Audience, page: &mut String) {
    super::open("variety", page);
    page.push_str(
        "<p>Entropy of the categories shown: 0 is one category, 1 is all of them alike. Gini coefficient of how often items are \
         shown: 0 is each as often, near 1 is a few of them always.</p>\n",
    );
    if audience.variety.is_empty() {
        return none(page, "diversity");
    }
    table(page, "By window", &["Window", "Devices", "Entropy", "0 to 1", "Gini", "0 to 1", "Alarm"]);
    for VarietyWindow { sum, told } in &audience.variety {
        add(page, format_args!("<tr data-window=\"{}\"><th scope=\"row\">{}", sum.window, window(sum)));
        match told {
            Some(told) => row(told, audience.limits, page),
            None => page.push_str("<td colspan=\"6\">too few devices say anything beyond the noise\n"),
        }
    }
    close(page);
    if let Some(told) = audience.variety.iter().find_map(|window| window.told.as_ref()) {
        bins("Devices by entropy, newest window", "Entropy", &told.by_entropy, page);
        bins("Devices by Gini coefficient, newest window", "Gini", &told.by_gini, page);
    }
    page.push_str("</section>\n");
}

fn row(told: &VarietyTold, limits: VarietyLimits, page: &mut String) {
    add(
        page,
        format_args!(
            "<td>{}<td>{}<td class=\"drawn\">{}<td>{}<td class=\"drawn\">{}<td>",
            whole(told.devices),
            number(told.entropy),
            rail(told.entropy, Some(limits.least_entropy)),
            number(told.gini),
            rail(told.gini, Some(limits.most_gini))
        ),
    );
    if told.alarms.is_empty() {
        page.push('–');
    }
    for kind in &told.alarms {
        let name = match kind {
            NarrowingKind::Narrow => "narrow",
            NarrowingKind::Repetitive => "repetitive",
        };
        add(page, format_args!("<span class=\"mark rejected\">{name}</span> "));
    }
    page.push('\n');
}

fn bins(caption: &str, of: &str, bins: &[Bin], page: &mut String) {
    table(page, caption, &[of, "Devices", "0 to 100 %"]);
    for Bin { from, to, share } in bins {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">{from:.2} to {to:.2}<td>{}<td class=\"drawn\">{}\n",
                percent(*share),
                rail(*share, None)
            ),
        );
    }
    close(page);
}

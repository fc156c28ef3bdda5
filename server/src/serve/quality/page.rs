//! One document without scripts, in the style of the public account.

use super::{plot, tables};
use crate::quality::{Clicked, Explored, Predictions, Quality, Source};
use crate::serve::document::{Document, Head, add, below, contents, date, escape, number};

/// What the tables and plots of this page need besides.
const STYLE: &str = include_str!("style.css");

/// Where the same figures are for programs.
const JSON: &str = "v1/admin/quality";

/// Sections in the order of the page: id, and name.
const CONTENTS: [(&str, &str); 7] = [
    ("intent", "Predicted purchases"),
    ("features", "What tells of a purchase"),
    ("models", "Models"),
    ("clicks", "Click-through"),
    ("exploration", "Exploration"),
    ("grants", "What is granted"),
    ("reading", "How to read it"),
];

/// The page. `floor`: the share of visitors who open something that is configured as too low, 0 for none.
pub(in crate::serve) fn of(site: &str, quality: &Quality, floor: f64) -> Document {
    let mut document = head(site);
    let page = &mut document.markup;
    open("intent", page);
    match &quality.predictions {
        Some(predictions) => intent(predictions, page),
        None => none("calibration", "visits enough of either end", page),
    }
    open("features", page);
    match &quality.features {
        Some(features) => {
            from(&features.source, page);
            page.push_str(
                "<p>What each bin told in the windows before is judged by the newest one, so that nothing is judged by what \
                 it was made of.</p>\n",
            );
            tables::features(features, page);
        }
        None => none("intent", "two windows", page),
    }
    open("models", page);
    if quality.models.evaluated.is_empty() && quality.models.compared.is_empty() {
        none("evaluation</code> or <code>gate", "a window", page);
    }
    tables::models(&quality.models, page);
    open("clicks", page);
    match &quality.clicks {
        Some(clicked) => clicks(clicked, floor, page),
        None => none("drift", "a window that asks whether something was opened", page),
    }
    open("exploration", page);
    match &quality.exploration {
        Some(explored) => exploration(explored, page),
        None => none("off_policy", "a window", page),
    }
    open("grants", page);
    match &quality.grants {
        Some(grants) => {
            from(&grants.source, page);
            page.push_str(
                "<p>Only who lets itself be asked answers: these are not the shares of all visitors.</p>\n",
            );
            tables::grants(grants, page);
        }
        None => none("decisions", "a window", page),
    }
    reading(page);
    document.close()
}

fn head(site: &str) -> Document {
    let site = escape(site);
    let mut document = Head {
        eyebrow: &below("Quality"),
        title: &format!("How well it works on {site}"),
        lead: "What released sums say of predictions, models, clicks and consent. Every figure stands on sums of many \
               devices and has the interval of luck and noise.",
        links: "",
        own: STYLE,
    }
    .open();
    contents(CONTENTS, &mut document.markup);
    document
}

/// Opens a section of [`CONTENTS`], closing the one before.
fn open(id: &str, page: &mut String) {
    let name = CONTENTS.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name);
    let close = if page.contains("<section") { "</section>\n" } else { "" };
    add(page, format_args!("{close}<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{name}</h2>\n"));
}

fn none(task: &str, enough: &str, page: &mut String) {
    add(
        page,
        format_args!(
            "<p class=\"none\">Nothing yet: no <code>{task}</code> task has released {enough} beyond the noise.</p>\n"
        ),
    );
}

fn from(source: &Source, page: &mut String) {
    let windows = if source.windows == 1 { "window" } else { "windows" };
    add(
        page,
        format_args!(
            "<p>From {} reports in {} {windows} of the task <code>{}</code>, up to {}.</p>\n",
            number(source.reports),
            number(source.windows),
            escape(&source.name),
            date(source.ends_at)
        ),
    );
}

fn intent(predictions: &Predictions, page: &mut String) {
    from(&predictions.source, page);
    page.push_str("<dl class=\"facts\">");
    for (class, name, estimate) in [
        ("auc", "Area under the curve", predictions.auc),
        ("brier", "Brier score", predictions.brier),
        ("calibration-error", "Calibration error", predictions.calibration_error),
        ("base-rate", "Visits with a purchase", predictions.base_rate),
    ] {
        add(
            page,
            format_args!(
                "<div><dt>{name}<dd><data class=\"{class}\" value=\"{}\">{:.3}</data> <small>{:.3} to {:.3}</small></div>",
                estimate.value, estimate.value, estimate.low, estimate.high
            ),
        );
    }
    add(
        page,
        format_args!(
            "</dl>\n<p>Who tells everybody the base rate has a Brier score of {:.3}.</p>\n",
            predictions.brier_of_base_rate
        ),
    );
    plot::calibration(&predictions.curve, page);
    tables::curve(&predictions.curve, page);
}

fn clicks(clicked: &Clicked, floor: f64, page: &mut String) {
    let days = if clicked.days == 1 { "the day".to_owned() } else { format!("the {} days", clicked.days) };
    from(&clicked.source, page);
    add(
        page,
        format_args!(
            "<p>Share of a window’s visitors who opened something in {days} before their report: of visitors, not of \
             impressions.</p>\n"
        ),
    );
    if let Some(told) = &clicked.told {
        let mark = if clicked.is_alarm { "<span class=\"mark rejected\">too low</span> " } else { "" };
        add(page, format_args!("<p class=\"told\">{mark}{}.</p>\n", escape(told)));
    }
    plot::clicks(&clicked.windows, floor, page);
    tables::clicks(&clicked.windows, page);
}

fn exploration(explored: &Explored, page: &mut String) {
    from(&explored.source, page);
    let Explored { strength, decisions, opened, reward, missing, least, most, .. } = explored;
    page.push_str("<dl class=\"facts\">");
    for (class, name, estimate) in [
        ("opened", "Opened, a place, as it is".to_owned(), opened),
        ("reward", format!("With the strength {strength}"), reward),
        ("missing", "Of that never listed now".to_owned(), missing),
    ] {
        add(
            page,
            format_args!(
                "<div><dt>{name}<dd><data class=\"{class}\" value=\"{}\">{}</data> <small>{}</small></div>",
                estimate.value,
                tables::percent(estimate.value),
                tables::percents(*estimate)
            ),
        );
    }
    add(
        page,
        format_args!(
            "</dl>\n<p>Of {} places that devices told of. The figure is about what is listed now, too: whatever is in the \
             part that never is, the other lists earn between {} and {}.</p>\n",
            number(decisions.max(0.0).round() as u64),
            tables::percent(*least),
            tables::percent(*most)
        ),
    );
}

fn reading(page: &mut String) {
    open("reading", page);
    add(
        page,
        format_args!(
            "<p>In 95 of 100 cases the figure among all devices like these lies in its interval, which counts both luck and \
             the noise of the release. The area under the curve is the chance that a visit with a purchase was told a higher \
             probability than one without. The Brier score is the mean squared error of the probabilities. Of what was told \
             only the bin is known: the Brier score and the calibration error are as low as the bins allow, so that what \
             they find is there at the least.</p>\n<p>Recall, NDCG and reciprocal rank are over all devices that answered, \
             those that chose nothing lately included: they compare models, and are lower than the figures of an offline \
             evaluation. A comparison by the same devices is paired, and sharper than the difference of two evaluations.</p>\n\
             <p>The same figures for programs: <a href=\"{JSON}\">quality.json</a>.</p>\n</section>\n"
        ),
    );
}

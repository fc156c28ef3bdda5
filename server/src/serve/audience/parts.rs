//! Pieces that the tables of this page are made of.

use crate::audience::Sum;
use crate::estimate::Estimate;
use crate::serve::document::{add, date, escape};

/// Opens a table that can be scrolled, with the keyboard too.
pub(super) fn table(page: &mut String, caption: &str, columns: &[&str]) {
    let caption = escape(caption);
    add(
        page,
        format_args!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\
             <table><caption>{caption}</caption><thead><tr>"
        ),
    );
    for column in columns {
        add(page, format_args!("<th scope=\"col\">{column}"));
    }
    page.push_str("<tbody>\n");
}

pub(super) fn close(page: &mut String) {
    page.push_str("</table></div>\n");
}

/// What is missing, and the measurement of the task that would tell it.
pub(super) fn none(page: &mut String, measurement: &str) {
    add(
        page,
        format_args!(
            "<p class=\"none\">Nothing of it is released yet, or too few devices say anything beyond the noise. A task with \
             the measurement <code>{measurement}</code> asks for it.</p>\n</section>\n"
        ),
    );
}

/// The window of a sum, with its task.
pub(super) fn window(sum: &Sum) -> String {
    format!(
        "{} to {}<small>{}, window {}</small>",
        date(sum.starts_at),
        date(sum.ends_at),
        escape(&sum.name),
        sum.window
    )
}

/// `0.31 (0.25–0.37)`, for people and for programs.
pub(super) fn number(Estimate { value, low, high }: Estimate) -> String {
    format!("<data value=\"{value}\">{value:.2}</data> <small>{low:.2} to {high:.2}</small>")
}

/// The same of a share, in hundredths.
pub(super) fn percent(Estimate { value, low, high }: Estimate) -> String {
    let (shown, low, high) = (100.0 * value, 100.0 * low, 100.0 * high);
    format!("<data value=\"{value}\">{shown:.1} %</data> <small>{low:.1} to {high:.1} %</small>")
}

/// Interval and estimate on a rail from 0 to 1, with a limit if there is one.
pub(super) fn rail(Estimate { value, low, high }: Estimate, limit: Option<f64>) -> String {
    let mut svg = "<svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
                   <rect class=\"rail\" y=\"2\" width=\"100\" height=\"4\"/>"
        .to_owned();
    add(
        &mut svg,
        format_args!(
            "<rect class=\"interval\" x=\"{:.2}\" y=\"2\" width=\"{:.2}\" height=\"4\"/>\
             <rect class=\"value\" x=\"{:.2}\" width=\"1.2\" height=\"8\"/>",
            100.0 * low,
            100.0 * (high - low).max(0.005),
            (100.0 * value - 0.6).clamp(0.0, 98.8)
        ),
    );
    if let Some(limit) = limit {
        let x = (100.0 * limit - 0.3).clamp(0.0, 99.4);
        add(&mut svg, format_args!("<rect class=\"limit\" x=\"{x:.2}\" width=\"0.6\" height=\"8\"/>"));
    }
    svg.push_str("</svg>");
    svg
}

//! The figures as tables that can be scrolled, with the keyboard too.

use crate::estimate::Estimate;
use crate::quality::{ClickWindow, CurveBin, Features, Figure, Grants, ModelFigures, Models};
use crate::serve::document::{add, date, escape, number};

/// Digits of a hash that tell models apart at a glance.
const SHORT: usize = 12;

pub(super) fn curve(bins: &[CurveBin], page: &mut String) {
    open("Calibration curve", &["Told", "Visits", "Came true", "95 % interval"], page);
    for bin in bins {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">{}<td>{}<td>{}<td>{}\n",
                told(bin),
                number(bin.visits.max(0.0).round() as u64),
                percent(bin.observed.value),
                percents(bin.observed)
            ),
        );
    }
    close(page);
}

fn told(bin: &CurveBin) -> String {
    format!("{:.0}–{:.0} %", 100.0 * bin.from, 100.0 * bin.to)
}

pub(super) fn features(features: &Features, page: &mut String) {
    let columns = ["Feature", "Visits", "Area under the curve", "Brier score", "Off by"];
    open("Features, most telling first", &columns, page);
    for feature in &features.features {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\"><code>{}</code><td>{}<td>{}<td>{}<td>{}\n",
                escape(&feature.feature),
                number(feature.visits.max(0.0).round() as u64),
                both(feature.auc),
                both(feature.brier),
                both(feature.calibration_error)
            ),
        );
    }
    close(page);
}

pub(super) fn models(models: &Models, page: &mut String) {
    for model in &models.evaluated {
        evaluated(model, page);
    }
    if models.compared.is_empty() {
        return;
    }
    let columns = ["Task", "Devices", "In use", "Other", "Ahead", "Verdict"];
    open("Two models by the same devices: hits a device", &columns, page);
    for compared in &models.compared {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\"><code>{}</code><small>among the first {}</small><td>{}<td>{}<td>{}<td>{}<td>{}\n",
                escape(&compared.source.name),
                compared.top,
                number(compared.source.reports),
                shares(compared.champion_hits),
                shares(compared.candidate_hits),
                points(compared.ahead),
                verdict(compared.verdict)
            ),
        );
    }
    close(page);
}

fn evaluated(model: &ModelFigures, page: &mut String) {
    let short: String = model.model.chars().take(SHORT).collect();
    let role = match model.role {
        "champion" => "in use",
        "candidate" => "candidate",
        _ => "neither in use nor a candidate",
    };
    let caption = format!("Model {short}, {role}");
    open(&caption, &["Figure", "Value", "95 % interval", "Ahead of the one in use"], page);
    for figure in &model.figures {
        let Figure { metric, at, value } = figure;
        let name = match *metric {
            "recall" => "Recall",
            "ndcg" => "NDCG",
            _ => "Reciprocal rank",
        };
        let same = |ahead: &&Figure| ahead.metric == *metric && ahead.at == *at;
        let ahead = model.ahead.iter().find(same).map_or("–".to_owned(), |ahead| signed(ahead.value));
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">{name} at {at}<td><data class=\"{metric}-{at}\" value=\"{}\">{:.3}</data>\
                 <td>{:.3} to {:.3}<td>{ahead}\n",
                value.value, value.value, value.low, value.high
            ),
        );
    }
    close(page);
}

fn verdict(word: &str) -> &'static str {
    match word {
        "promote" => "better",
        "reject" => "worse",
        _ => "not known yet",
    }
}

pub(super) fn clicks(windows: &[ClickWindow], page: &mut String) {
    open("Click-through by window", &["Window", "Visitors", "Opened something", "95 % interval"], page);
    for window in windows.iter().rev() {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">{}<small>from {}</small><td>{}<td><data class=\"share\" value=\"{}\">{}</data><td>{}\n",
                window.window,
                date(window.starts_at),
                number(window.visitors.max(0.0).round() as u64),
                window.share.value,
                percent(window.share.value),
                percents(window.share)
            ),
        );
    }
    close(page);
}

pub(super) fn grants(grants: &Grants, page: &mut String) {
    open("Purposes", &["Purpose", "Granted", "95 % interval"], page);
    for granted in &grants.purposes {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\"><code>{}</code><td><data class=\"{}\" value=\"{}\">{}</data><td>{}\n",
                granted.purpose,
                granted.purpose,
                granted.share.value,
                percent(granted.share.value),
                percents(granted.share)
            ),
        );
    }
    close(page);
}

fn open(caption: &str, columns: &[&str], page: &mut String) {
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

fn close(page: &mut String) {
    page.push_str("</table></div>\n");
}

fn both(Estimate { value, low, high }: Estimate) -> String {
    format!("{value:.3}<small>{low:.3} to {high:.3}</small>")
}

fn signed(Estimate { value, low, high }: Estimate) -> String {
    format!("{value:+.3}<small>{low:+.3} to {high:+.3}</small>")
}

fn points(Estimate { value, low, high }: Estimate) -> String {
    format!("{:+.2} %<small>{:+.2} to {:+.2} %</small>", 100.0 * value, 100.0 * low, 100.0 * high)
}

fn shares(estimate: Estimate) -> String {
    format!("{}<small>{}</small>", percent(estimate.value), percents(estimate))
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

pub(super) fn percents(Estimate { low, high, .. }: Estimate) -> String {
    format!("{:.1}–{:.1} %", 100.0 * low, 100.0 * high)
}

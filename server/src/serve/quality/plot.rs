//! Plots as inline SVG: named and told for who listens, the numbers in the table below.

use crate::estimate::Estimate;
use crate::quality::{ClickWindow, CurveBin};
use crate::serve::document::add;

/// Newest windows that are drawn.
const WINDOWS: usize = 26;

/// A field of a plot within its drawing: where shares of 0 to 1 lie.
#[derive(Clone, Copy)]
struct Field {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Field {
    fn x(self, share: f64) -> f64 {
        self.left + self.width * share
    }

    fn y(self, share: f64) -> f64 {
        self.top + self.height * (1.0 - share)
    }
}

/// The calibration curve: what came true over what was told, and the line on which both are the same.
pub(super) fn calibration(bins: &[CurveBin], page: &mut String) {
    let field = Field { left: 46.0, top: 12.0, width: 340.0, height: 340.0 };
    let off = bins.iter().filter(|bin| bin.observed.low > bin.to || bin.observed.high < bin.from).count();
    let told = match off {
        0 => "In every bin what came true is what was told, as far as luck and noise let it be known."
            .to_owned(),
        1 => "In one bin what came true is not what was told.".to_owned(),
        off => format!("In {off} of {} bins what came true is not what was told.", bins.len()),
    };
    open("calibration-plot", "plot square", (416.0, 404.0), "Calibration curve", &told, page);
    axes(field, page);
    for share in [0.0, 0.5, 1.0] {
        let (x, y) = (field.x(share), field.y(0.0) + 18.0);
        add(
            page,
            format_args!("<text class=\"middle\" x=\"{x:.1}\" y=\"{y:.1}\">{:.0} %</text>", 100.0 * share),
        );
    }
    add(
        page,
        format_args!(
            "<text class=\"middle\" x=\"{:.1}\" y=\"396\">told</text><line class=\"even\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" \
             y2=\"{:.1}\"/>",
            field.x(0.5),
            field.x(0.0),
            field.y(0.0),
            field.x(1.0),
            field.y(1.0)
        ),
    );
    for bin in bins {
        mark(field, 0.5 * (bin.from + bin.to), bin.observed, page);
    }
    close(
        "Shares of visits that ended with a purchase, by the probability that was told; bars are 95 % intervals.",
        page,
    );
}

/// Click-through, window by window, with the floor where there is one.
pub(super) fn clicks(windows: &[ClickWindow], floor: f64, page: &mut String) {
    let windows = &windows[windows.len().saturating_sub(WINDOWS)..];
    let (Some(first), Some(last)) = (windows.first(), windows.last()) else { return };
    let field = Field { left: 46.0, top: 12.0, width: 580.0, height: 180.0 };
    let told = format!(
        "From {:.1} % in window {} to {:.1} % in window {}.",
        100.0 * first.share.value,
        first.window,
        100.0 * last.share.value,
        last.window
    );
    open("clicks-plot", "plot", (640.0, 240.0), "Click-through by window", &told, page);
    axes(field, page);
    if floor > 0.0 {
        let (y, from, to) = (field.y(floor), field.x(0.0), field.x(1.0));
        add(
            page,
            format_args!(
                "<line class=\"floor\" x1=\"{from:.1}\" y1=\"{y:.1}\" x2=\"{to:.1}\" y2=\"{y:.1}\"/>"
            ),
        );
    }
    let step = 1.0 / windows.len() as f64;
    for (at, window) in windows.iter().enumerate() {
        let place = (at as f64 + 0.5) * step;
        mark(field, place, window.share, page);
        if at == 0 || at + 1 == windows.len() || windows.len() <= 8 {
            let (x, y) = (field.x(place), field.y(0.0) + 18.0);
            add(
                page,
                format_args!("<text class=\"middle\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", window.window),
            );
        }
    }
    add(page, format_args!("<text class=\"middle\" x=\"{:.1}\" y=\"232\">window</text>", field.x(0.5)));
    let line = if floor > 0.0 { " The dashed line is the configured floor." } else { "" };
    close(&format!("Shares of visitors who opened something; bars are 95 % intervals.{line}"), page);
}

fn open(id: &str, class: &str, (width, height): (f64, f64), name: &str, told: &str, page: &mut String) {
    add(
        page,
        format_args!(
            "<figure><svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id} {id}-told\">\
             <title id=\"{id}\">{name}</title><desc id=\"{id}-told\">{told}</desc>"
        ),
    );
}

fn close(caption: &str, page: &mut String) {
    add(page, format_args!("</svg><figcaption>{caption}</figcaption></figure>\n"));
}

fn axes(field: Field, page: &mut String) {
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (y, from, to) = (field.y(share), field.x(0.0), field.x(1.0));
        add(
            page,
            format_args!(
                "<line class=\"grid\" x1=\"{from:.1}\" y1=\"{y:.1}\" x2=\"{to:.1}\" y2=\"{y:.1}\"/>"
            ),
        );
        if share != 0.25 && share != 0.75 {
            let (x, y) = (from - 6.0, y + 4.0);
            add(
                page,
                format_args!("<text class=\"end\" x=\"{x:.1}\" y=\"{y:.1}\">{:.0} %</text>", 100.0 * share),
            );
        }
    }
}

fn mark(field: Field, at: f64, share: Estimate, page: &mut String) {
    let (x, low, high, y) = (field.x(at), field.y(share.low), field.y(share.high), field.y(share.value));
    add(
        page,
        format_args!(
            "<line class=\"bar\" x1=\"{x:.1}\" y1=\"{low:.1}\" x2=\"{x:.1}\" y2=\"{high:.1}\"/>\
             <circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>"
        ),
    );
}

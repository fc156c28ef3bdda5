//! How large segments are: the newest window in full, those before in a row each.

use super::parts::{close, none, percent, rail, table, window};
use crate::audience::{Audience, SegmentEntry, SegmentsWindow};
use crate::estimate::Estimate;
use crate::serve::document::{add, escape};

/// Earlier windows that are listed.
const EARLIER: usize = 12;

pub(super) fn write(audience: &Audience, page: &mut String) {
    super::open("segments", page);
    let Some((newest, earlier)) = audience.segments.split_first() else { return none(page, "segments") };
    add(page, format_args!("<p>{}</p>\n", window(&newest.sum)));
    table(page, "Newest window", &["Segment", "Share", "0 to 100 %", "Since the window before"]);
    for segment in &newest.segments {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">{}<td>{}<td class=\"drawn\">{}<td>{}\n",
                name(segment),
                percent(segment.share),
                rail(segment.share, None),
                change(segment)
            ),
        );
    }
    close(page);
    let alike = |window: &&SegmentsWindow| window.sum.task == newest.sum.task;
    let earlier: Vec<&SegmentsWindow> = earlier.iter().filter(alike).take(EARLIER).collect();
    if !earlier.is_empty() {
        before(newest, &earlier, page);
    }
    page.push_str("</section>\n");
}

fn before(newest: &SegmentsWindow, earlier: &[&SegmentsWindow], page: &mut String) {
    let names: Vec<String> = newest.segments.iter().map(name).collect();
    let mut columns = vec!["Window"];
    columns.extend(names.iter().map(String::as_str));
    table(page, "Windows before", &columns);
    for one in earlier {
        add(page, format_args!("<tr><th scope=\"row\">{}", window(&one.sum)));
        for segment in &one.segments {
            add(page, format_args!("<td>{}", percent(segment.share)));
        }
        page.push('\n');
    }
    close(page);
}

fn name(segment: &SegmentEntry) -> String {
    segment.name.as_deref().map_or_else(|| "without one".to_owned(), escape)
}

fn change(segment: &SegmentEntry) -> String {
    let Some(Estimate { value, low, high }) = segment.change else { return "–".to_owned() };
    let (shown, low, high) = (100.0 * value, 100.0 * low, 100.0 * high);
    let mark = match segment.is_changed {
        true if value > 0.0 => " <span class=\"mark coming\">grew</span>",
        true => " <span class=\"mark rejected\">shrank</span>",
        false => "",
    };
    format!("<data value=\"{value}\">{shown:+.1}</data>{mark} <small>{low:+.1} to {high:+.1}</small>")
}

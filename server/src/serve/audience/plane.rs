//! Where segments lie among visitors: a drawing, its numbers, and what the axes mean.

use super::parts::{close, none, percent, rail, table, window};
use super::scatter;
use crate::audience::{Audience, AxisEntry, Loading, PlaneEntry};
use crate::serve::document::{add, escape, number as whole};

pub(super) fn write(audience: &Audience, page: &mut String) {
    super::open("plane", page);
    let Some(plane) = &audience.plane else { return none(page, "second_moments") };
    add(page, format_args!("<p>{}</p>\n", window(&plane.sum)));
    facts(plane, page);
    match plane.places.is_empty() {
        true => page
            .push_str("<p class=\"none\">No segments are published, so that there are none to draw.</p>\n"),
        false => {
            scatter::write(plane, page);
            places(plane, page);
        }
    }
    axes(plane, page);
    page.push_str("</section>\n");
}

fn facts(plane: &PlaneEntry, page: &mut String) {
    let fact = |page: &mut String, name: &str, value: &str| {
        add(page, format_args!("<div><dt>{name}<dd>{value}</div>"));
    };
    page.push_str("<dl class=\"facts\">");
    let between = plane.between.map_or_else(|| "–".to_owned(), percent);
    fact(page, "Of the variance between segments", &between);
    let ratio = plane.ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    fact(page, "Scatter between to within", &ratio);
    fact(page, "Features that differ", &plane.varying.len().to_string());
    fact(page, "Devices", &whole(plane.sum.reports));
    page.push_str("</dl>\n");
}

fn places(plane: &PlaneEntry, page: &mut String) {
    table(page, "Segments in the drawing", &["Segment", "Share", "Axis 1", "Axis 2"]);
    for (place, number) in plane.places.iter().zip(1..) {
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">{number} {}<td>{:.1} %<td>{:+.2}<td>{:+.2}\n",
                escape(&place.name),
                100.0 * place.share,
                place.x,
                place.y
            ),
        );
    }
    close(page);
}

fn axes(plane: &PlaneEntry, page: &mut String) {
    table(page, "Axes", &["Axis", "Of the variance", "0 to 100 %", "Features that speak most in it"]);
    for (axis, number) in plane.axes.iter().zip(1..) {
        let AxisEntry { explained, is_beyond, loadings } = axis;
        let mark = if *is_beyond { "" } else { " <span class=\"mark\">may be noise</span>" };
        add(
            page,
            format_args!(
                "<tr><th scope=\"row\">Axis {number}{mark}<td>{}<td class=\"drawn\">{}<td class=\"said\">{}\n",
                percent(*explained),
                rail(*explained, None),
                said(loadings)
            ),
        );
    }
    close(page);
}

fn said(loadings: &[Loading]) -> String {
    let one =
        |Loading { feature, weight }: &Loading| format!("<code>{}</code> {weight:+.2}", escape(feature));
    loadings.iter().map(one).collect::<Vec<_>>().join(", ")
}

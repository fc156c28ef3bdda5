//! Segments on two axes, as a drawing. The table beside it has the same numbers.

use crate::audience::{Place, PlaneEntry};
use crate::serve::document::{add, escape};

/// Size of the drawing, and of the field within the legends of its axes.
const SIZE: (f64, f64) = (360.0, 280.0);
const FIELD: (f64, f64, f64, f64) = (34.0, 12.0, 348.0, 246.0);
/// Radius of the circle of a segment that all visitors are in, and of the smallest one that holds a number.
const LARGEST: f64 = 34.0;
const SMALLEST: f64 = 9.0;

/// The drawing: largest circles first, so that small ones lie on them.
pub(super) fn write(plane: &PlaneEntry, page: &mut String) {
    let reach = reach(&plane.places);
    add(
        page,
        format_args!(
            "<figure class=\"scatter\"><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"scatter-title scatter-text\">\
             <title id=\"scatter-title\">Segments on the two axes along which visitors differ most</title>\
             <desc id=\"scatter-text\">{}</desc>",
            SIZE.0,
            SIZE.1,
            in_words(&plane.places)
        ),
    );
    grid(plane, reach, page);
    let mut places: Vec<(usize, &Place)> = plane.places.iter().enumerate().collect();
    places.sort_by(|(_, left), (_, right)| right.share.total_cmp(&left.share));
    for (number, place) in places {
        let (x, y) = at(place.x, place.y, reach);
        let radius = (LARGEST * place.share.max(0.0).sqrt()).max(SMALLEST);
        add(
            page,
            format_args!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/><text class=\"number\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                y + 3.5,
                number + 1
            ),
        );
    }
    page.push_str(
        "</svg><figcaption>A circle is as large as its segment. The cross is the mean of all visitors; one unit is a \
         standard deviation.</figcaption></figure>\n",
    );
}

/// Lines through the mean of all visitors, and what the axes are.
fn grid(plane: &PlaneEntry, reach: f64, page: &mut String) {
    let (left, top, right, bottom) = FIELD;
    let (x, y) = at(0.0, 0.0, reach);
    add(
        page,
        format_args!(
            "<rect class=\"field\" x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\"/>\
             <path class=\"mean\" d=\"M{left} {y:.1}H{right}M{x:.1} {top}V{bottom}\"/>",
            right - left,
            bottom - top
        ),
    );
    let share = |axis: usize| plane.axes.get(axis).map_or(0.0, |axis| 100.0 * axis.explained.value);
    let middle = (top + bottom) / 2.0;
    add(
        page,
        format_args!(
            "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\">Axis 1, {:.0} % of the variance</text>\
             <text class=\"axis\" transform=\"translate(13 {middle:.1}) rotate(-90)\">Axis 2, {:.0} % of the variance</text>",
            (left + right) / 2.0,
            bottom + 26.0,
            share(0),
            share(1)
        ),
    );
    for end in [-reach, reach] {
        let ((x, _), (_, y)) = (at(end, 0.0, reach), at(0.0, end, reach));
        add(
            page,
            format_args!(
                "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\">{end:+.1}</text>\
                 <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\">{end:+.1}</text>",
                x,
                bottom + 12.0,
                left - 2.0 - 8.0,
                y + 3.0
            ),
        );
    }
}

/// How far the field goes from its middle, in standard deviations, on both axes alike.
fn reach(places: &[Place]) -> f64 {
    places.iter().flat_map(|place| [place.x.abs(), place.y.abs()]).fold(1.0, f64::max).min(1e3)
}

/// On paper; the farthest circle still fits.
fn at(x: f64, y: f64, reach: f64) -> (f64, f64) {
    let (left, top, right, bottom) = FIELD;
    let half = |from: f64, to: f64| (to - from) / 2.0 - LARGEST * 0.6;
    let along = |value: f64| (value / reach).clamp(-1.0, 1.0);
    ((left + right) / 2.0 + along(x) * half(left, right), (top + bottom) / 2.0 - along(y) * half(top, bottom))
}

/// What somebody is told who does not see it.
fn in_words(places: &[Place]) -> String {
    let one = |(place, number): (&Place, u32)| {
        format!(
            "{number} {} ({:.0} %) at {:+.1}, {:+.1}",
            escape(&place.name),
            100.0 * place.share,
            place.x,
            place.y
        )
    };
    places.iter().zip(1..).map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, share: f64, x: f64, y: f64) -> Place {
        Place { name: name.to_owned(), share, x, y }
    }

    #[test]
    fn every_circle_is_in_the_field_and_small_ones_lie_on_large_ones() {
        let (left, top, right, bottom) = FIELD;
        for (x, y) in [(9.0, 9.0), (-9.0, 2.0), (0.0, -9.0), (1e9, f64::NAN)] {
            let (x, y) = at(x, y, 9.0);
            assert!(x.is_finite() && (left..=right).contains(&x), "{x}");
            assert!(y.is_nan() || (top..=bottom).contains(&y), "{y}");
        }
        let plane = PlaneEntry {
            places: vec![place("<few>", 0.1, 1.0, 1.0), place("many", 0.9, 1.1, 1.0)],
            ..PlaneEntry::default()
        };
        let mut page = String::new();
        write(&plane, &mut page);
        let circles: Vec<&str> = page.split("<text class=\"number\"").skip(1).collect();
        assert!(circles[0].contains(">2</text>") && circles[1].contains(">1</text>"), "{page}");
        assert!(page.contains("1 &lt;few&gt; (10 %) at +1.0, +1.0; 2 many"), "{page}");
        assert!(!page.contains("style="), "the policy allows no style of an element");
    }
}

//! Line charts as SVG.

use std::fmt::Write;

/// A point of a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dot {
    /// Across.
    pub x: f64,
    /// Up.
    pub y: f64,
    /// How far the truth may lie from it: lowest and highest y.
    pub range: Option<(f64, f64)>,
    /// Words beside it.
    pub label: String,
}

/// A line of a chart, by rising x.
pub type Line = Vec<Dot>;

/// The scale of an axis: from and to multiples of its step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
/// Most steps of an axis.
const STEPS: f64 = 6.0;
/// Told from one another and from black by people who do not see all colours too (Okabe & Ito 2008).
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// The chart of one line, see [`lines`].
pub fn svg(title: &str, across: &str, line: &Line) -> String {
    lines(title, across, std::slice::from_ref(line))
}

/// The chart, on a white ground of its own, so that it reads the same on light and dark pages. Axes need not begin at 0.
/// Lines are named by the label of their last dot; of more than six, colours repeat.
pub fn lines(title: &str, across: &str, lines: &[Line]) -> String {
    let dots = || lines.iter().flatten();
    let xs = Axis::of(dots().map(|dot| dot.x));
    let ends = |dot: &Dot| dot.range.map_or([dot.y, dot.y, dot.y], |(low, high)| [low, dot.y, high]);
    let ys = Axis::of(dots().flat_map(ends));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" \
         fill=\"#fff\"/>\n"
    );
    text(&mut out, LEFT, TOP - 16.0, "start", title);
    text(&mut out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0, "middle", across);
    for value in xs.ticks() {
        text(&mut out, xs.right(value), HEIGHT - BOTTOM + 18.0, "middle", &xs.number(value));
    }
    for value in ys.ticks() {
        text(&mut out, LEFT - 8.0, ys.up(value) + 4.0, "end", &ys.number(value));
        let _ = writeln!(out, "<path d=\"M{LEFT} {:.1}H{}\" stroke=\"#ddd\"/>", ys.up(value), WIDTH - RIGHT);
    }
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        draw(&mut out, line, colour, xs, ys);
    }
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, line: &Line, colour: &str, xs: Axis, ys: Axis) {
    let points: Vec<String> =
        line.iter().map(|dot| format!("{:.1},{:.1}", xs.right(dot.x), ys.up(dot.y))).collect();
    let _ = writeln!(out, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\"/>", points.join(" "));
    for dot in line {
        let (x, y) = (xs.right(dot.x), ys.up(dot.y));
        if let Some((low, high)) = dot.range {
            let (low, high) = (ys.up(low), ys.up(high));
            let _ = writeln!(
                out,
                "<path d=\"M{x:.1} {low:.1}V{high:.1}\" stroke=\"{colour}\" stroke-opacity=\".4\"/>"
            );
        }
        let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
        if !dot.label.is_empty() {
            text(out, x + 6.0, y - 6.0, "start", &dot.label);
        }
    }
}

impl Axis {
    /// Steps of 1, 2 or 5 times a power of ten around all values, apart even where all are alike.
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let start = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = values.fold(start, |(low, high), value| (value.min(low), value.max(high)));
        let (low, high) = match (low.is_finite(), high > low) {
            (false, _) => (0.0, 1.0),
            (true, false) => (low - 0.5, low + 0.5),
            (true, true) => (low, high),
        };
        let least = (high - low) / STEPS;
        let power = 10f64.powf(least.log10().floor());
        let step = [1.0, 2.0, 5.0].map(|factor| factor * power).into_iter().find(|step| *step >= least);
        let step = step.unwrap_or(10.0 * power);
        // A value that is a multiple of the step but for rounding is no reason for one more.
        let slack = 1e-9;
        let (low, high) = ((low / step + slack).floor() * step, (high / step - slack).ceil() * step);
        Self { low, high, step }
    }

    fn share(self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    fn right(self, value: f64) -> f64 {
        LEFT + self.share(value) * (WIDTH - LEFT - RIGHT)
    }

    fn up(self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.share(value) * (HEIGHT - TOP - BOTTOM)
    }

    fn ticks(self) -> impl Iterator<Item = f64> {
        let steps = ((self.high - self.low) / self.step).round() as u32;
        (0..=steps).map(move |tick| self.low + f64::from(tick) * self.step)
    }

    /// With as many decimals as the step has.
    fn number(self, value: f64) -> String {
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        format!("{value:.decimals$}")
    }
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(x: f64, y: f64) -> Dot {
        Dot { x, y, ..Dot::default() }
    }

    #[test]
    fn every_point_is_inside_and_names_are_escaped() {
        let last = Dot { label: "a<b".to_owned(), range: Some((0.2, 0.4)), ..dot(1.0, 0.3) };
        let drawn = svg("t & u", "x", &vec![dot(0.0, 0.1), last]);
        assert!(drawn.contains("points=\"64.0,312.0 600.0,130.7\""), "{drawn}");
        assert!(drawn.contains("M600.0 221.3V40.0"), "{drawn}");
        assert!(drawn.contains("a&lt;b") && drawn.contains("t &amp; u"));
    }

    #[test]
    fn axes_have_round_numbers_around_all_values() {
        let words = |values: [f64; 2]| {
            let axis = Axis::of(values.into_iter());
            axis.ticks().map(|tick| axis.number(tick)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words([0.0823, 0.0941]), "0.082 0.084 0.086 0.088 0.090 0.092 0.094 0.096");
        assert_eq!(words([109.0, 400.0]), "100 150 200 250 300 350 400");
        assert_eq!(words([0.0, 1.0]), "0.0 0.2 0.4 0.6 0.8 1.0");
        assert_eq!(words([3.0, 3.0]), "2.4 2.6 2.8 3.0 3.2 3.4 3.6");
    }

    #[test]
    fn flat_and_empty_charts_have_no_nan() {
        assert!(!svg("", "", &vec![dot(1.0, 2.0)]).contains("NaN"));
        assert!(!svg("", "", &Line::new()).contains("NaN"));
    }
}

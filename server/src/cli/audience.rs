//! `audience`: what released sums say of visitors on the whole.

use super::commands::print;
use super::output::Failure;
use super::report::Report;
use crate::Error;
use crate::audience::{Audience, PlaneEntry, SegmentEntry, SegmentsWindow, VarietyWindow};
use crate::config::Config;
use crate::estimate::Estimate;
use crate::store::Store;
use crate::train::Narrowing;

/// Says it, the newest window of each task in words, all of them as JSON.
pub(super) fn show(as_json: bool, config: &Config) -> Result<(), Failure> {
    let store = Store::open(&config.data_dir).map_err(Error::from)?;
    let audience = Audience::draw(&store, &config.site, config.audience).map_err(Error::from)?;
    let value = serde_json::to_value(&audience).unwrap_or_default();
    print(as_json, &Report { text: text(&audience), value });
    Ok(())
}

fn text(audience: &Audience) -> String {
    let alarm = audience.narrowing.iter().filter(|looked| looked.is_alarm());
    let alarm = alarm.map(|looked: &Narrowing| format!("NARROW: {}", looked.told()));
    let variety = audience.variety.iter().take(1).map(variety);
    let segments = audience.segments.iter().take(1).flat_map(segments);
    let plane = audience.plane.iter().flat_map(plane);
    let lines: Vec<String> = alarm.chain(variety).chain(segments).chain(plane).collect();
    if lines.is_empty() { "nothing is released of visitors yet".to_owned() } else { lines.join("\n") }
}

fn variety(VarietyWindow { sum, told }: &VarietyWindow) -> String {
    match told {
        Some(told) => format!(
            "lists of {} devices in window {} of {}: entropy {}, Gini {}",
            told.devices,
            sum.window,
            sum.name,
            number(told.entropy),
            number(told.gini)
        ),
        None => format!("too few devices say how varied lists are in window {} of {}", sum.window, sum.name),
    }
}

fn segments(SegmentsWindow { sum, segments }: &SegmentsWindow) -> Vec<String> {
    let line = |segment: &SegmentEntry| {
        let change = segment.change.filter(|_| segment.is_changed);
        let change = change
            .map_or_else(String::new, |by| format!(", {:+.1} since the window before", 100.0 * by.value));
        format!("  {}: {}{change}", segment.name.as_deref().unwrap_or("none"), percent(segment.share))
    };
    let title = format!("segments of {} devices in window {} of {}", sum.reports, sum.window, sum.name);
    std::iter::once(title).chain(segments.iter().map(line)).collect()
}

fn plane(plane: &PlaneEntry) -> Vec<String> {
    let axes = plane.axes.iter().filter(|axis| axis.is_beyond).zip(1..).map(|(axis, number)| {
        let said: Vec<String> = axis
            .loadings
            .iter()
            .map(|loading| format!("{} {:+.2}", loading.feature, loading.weight))
            .collect();
        format!(
            "axis {number}: {} of what tells visitors apart ({})",
            percent(axis.explained),
            said.join(", ")
        )
    });
    let between = plane.between.map(|share| format!("{} of it lies between segments", percent(share)));
    axes.chain(between).collect()
}

fn number(Estimate { value, low, high }: Estimate) -> String {
    format!("{value:.2} ({low:.2} to {high:.2})")
}

fn percent(Estimate { value, low, high }: Estimate) -> String {
    format!("{:.1} % ({:.1} to {:.1})", 100.0 * value, 100.0 * low, 100.0 * high)
}

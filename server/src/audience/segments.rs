//! How large segments are, and whether they grew or shrank.

use homebody_learn::from_sums::sizes::{self, Sizes};
use homebody_protocol::models::Segments;
use homebody_protocol::task::Measurement;
use serde::Serialize;
use utoipa::ToSchema;

use super::sums::{Read, Sum};
use crate::estimate::Estimate;

/// A window of a `segments` task.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SegmentsWindow {
    /// The sum.
    pub sum: Sum,
    /// Segment by segment; those without one last.
    pub segments: Vec<SegmentEntry>,
}

/// A segment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SegmentEntry {
    /// Its name, where as many segments are published as the task asks for; absent for visitors without one.
    pub name: Option<String>,
    /// Share of the reports, sum 1.
    pub share: Estimate,
    /// That less the share in the window before; absent in a task's first one.
    pub change: Option<Estimate>,
    /// Whether the change is more than luck and noise bring about.
    pub is_changed: bool,
}

/// All windows, newest first.
pub(super) fn windows(all: &[Read], published: &Segments) -> Vec<SegmentsWindow> {
    let mut found = Vec::new();
    for read in all {
        let Measurement::Segments { segments } = &read.task.measurement else { continue };
        let names = names(published, *segments as usize);
        let mut by_age: Vec<(&Sum, Sizes)> = Vec::new();
        for (sum, released) in &read.windows {
            by_age.extend(sizes::of(&read.task, released).map(|sizes| (sum, sizes)));
        }
        by_age.sort_by_key(|(sum, _)| sum.window);
        for (at, (sum, sizes)) in by_age.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| by_age.get(before));
            let segments = entries(sizes, before.map(|(_, sizes)| sizes), &names);
            found.push(SegmentsWindow { sum: (*sum).clone(), segments });
        }
    }
    found.sort_by_key(|window| std::cmp::Reverse((window.sum.ends_at, window.sum.release)));
    found
}

/// Shares of the published segments with their variances, by the newest sum of as many; else what the segments say of
/// themselves.
pub(super) fn weights(all: &[Read], published: &Segments) -> Vec<(f64, f64)> {
    let asks = |read: &&Read| matches!(read.task.measurement, Measurement::Segments { segments } if segments as usize == published.all.len());
    let newest = all.iter().find(asks).and_then(|read| {
        let (_, released) = read.windows.iter().max_by_key(|(sum, _)| sum.window)?;
        sizes::of(&read.task, released)
    });
    let told = newest.map(|sizes| sizes.of_segments()).unwrap_or_default();
    if !told.is_empty() {
        return told;
    }
    let total: f64 = published.all.iter().map(|segment| f64::from(segment.share)).sum();
    published.all.iter().map(|segment| (f64::from(segment.share) / total, 0.0)).collect()
}

fn entries(sizes: &Sizes, before: Option<&Sizes>, names: &[Option<String>]) -> Vec<SegmentEntry> {
    let changes = before.map(|before| sizes.since(before)).unwrap_or_default();
    let entry = |(at, share): (usize, &homebody_learn::from_sums::Estimate)| SegmentEntry {
        name: names.get(at).cloned().flatten(),
        share: (*share).into(),
        change: changes.get(at).map(|change| change.by.into()),
        is_changed: changes.get(at).is_some_and(|change| change.is_beyond),
    };
    sizes.shares.iter().enumerate().map(entry).collect()
}

/// A name for each segment, none for those without one. Other segments than the task asked about have other names.
fn names(published: &Segments, segments: usize) -> Vec<Option<String>> {
    let are_these = published.all.len() == segments;
    let name = |at: usize| {
        let known = published.all.get(at).filter(|_| are_these).map(|segment| segment.name.clone());
        Some(known.unwrap_or_else(|| format!("segment {}", at + 1)))
    };
    (0..segments).map(name).chain([None]).collect()
}

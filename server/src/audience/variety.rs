//! How varied lists are, window by window.

use homebody_learn::from_sums;
use homebody_learn::from_sums::variety;
use homebody_protocol::task::Measurement;
use serde::Serialize;
use utoipa::ToSchema;

use super::sums::{Read, Sum};
use crate::estimate::Estimate;
use crate::train::{Narrowing, NarrowingKind, VarietyLimits};

/// A window of a `diversity` task.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VarietyWindow {
    /// The sum.
    pub sum: Sum,
    /// What it says; absent while too few devices say anything beyond the noise.
    pub told: Option<VarietyTold>,
}

/// What a window says.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VarietyTold {
    /// Devices that were shown enough to say something, estimated.
    pub devices: u64,
    /// Mean entropy of the categories shown, 0 (one category) to 1 (all alike).
    pub entropy: Estimate,
    /// Mean Gini coefficient of the impressions of items, 0 (each as often) to 1.
    pub gini: Estimate,
    /// Devices by entropy, from 0 up.
    pub by_entropy: Vec<Bin>,
    /// Devices by Gini coefficient, from 0 up.
    pub by_gini: Vec<Bin>,
    /// What is beyond today's limits, interval and all.
    pub alarms: Vec<NarrowingKind>,
}

/// A bin of a share from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Bin {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Share of the devices in it.
    pub share: Estimate,
}

/// All windows, newest first.
pub(super) fn windows(all: &[Read], limits: VarietyLimits) -> Vec<VarietyWindow> {
    let mut found = Vec::new();
    for Read { task, windows } in of_variety(all) {
        for (sum, released) in windows {
            let told = variety::of(task, released).map(|variety| told(&variety, limits));
            found.push(VarietyWindow { sum: sum.clone(), told });
        }
    }
    found.sort_by_key(|window| std::cmp::Reverse(window.sum.release));
    found
}

/// The newest window that says anything, held against the limits.
pub(super) fn newest(all: &[Read], limits: VarietyLimits) -> Option<Narrowing> {
    let mut windows: Vec<_> =
        of_variety(all).flat_map(|read| read.windows.iter().map(move |window| (read, window))).collect();
    windows.sort_by_key(|(_, (sum, _))| std::cmp::Reverse(sum.release));
    windows.into_iter().find_map(|(read, (sum, released))| {
        let found = variety::of(&read.task, released)?;
        Some(Narrowing::of(&found, limits).named(
            &sum.task,
            &sum.name,
            sum.window,
            sum.release,
            sum.released_at,
        ))
    })
}

fn of_variety(all: &[Read]) -> impl Iterator<Item = &Read> {
    all.iter().filter(|read| matches!(read.task.measurement, Measurement::Diversity { .. }))
}

fn told(variety: &variety::Variety, limits: VarietyLimits) -> VarietyTold {
    VarietyTold {
        devices: variety.devices.round() as u64,
        entropy: variety.entropy.into(),
        gini: variety.gini.into(),
        by_entropy: bins(&variety.by_entropy),
        by_gini: bins(&variety.by_gini),
        alarms: limits.passed(variety),
    }
}

fn bins(shares: &[from_sums::Estimate]) -> Vec<Bin> {
    let width = 1.0 / shares.len().max(1) as f64;
    let bin = |(number, share): (u32, &from_sums::Estimate)| {
        let from = f64::from(number) * width;
        Bin { from, to: from + width, share: (*share).into() }
    };
    (0..).zip(shares).map(bin).collect()
}

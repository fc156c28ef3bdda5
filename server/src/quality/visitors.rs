//! Visitors: how many open something, and what they grant.

use homebody_learn::from_sums::{clicks, grants};
use serde::Serialize;
use utoipa::ToSchema;

use super::Source;
use super::sums::Sums;
use crate::estimate::Estimate;
use crate::store::{Store, StoreError};
use crate::train::Clicks;

/// Visitors who opened something.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Clicked {
    /// All windows.
    pub source: Source,
    /// Days before a report that are looked at: 1, 7 or 30.
    pub days: u32,
    /// Window by window, oldest first; those that too few told of are left out.
    pub windows: Vec<ClickWindow>,
    /// Whether the newest window that was looked at is too low beyond luck and noise.
    pub is_alarm: bool,
    /// That window in words; absent before one was looked at.
    pub told: Option<String>,
}

/// Visitors of one window who opened something.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClickWindow {
    /// Its number.
    pub window: u32,
    /// When it began, unix seconds.
    pub starts_at: u64,
    /// Visitors who told, less what noise made of them.
    pub visitors: f64,
    /// Share of them.
    pub share: Estimate,
}

/// Purposes that devices say are granted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Grants {
    /// The newest window.
    pub source: Source,
    /// Of those who answer, who are those that let themselves be asked.
    pub purposes: Vec<Granted>,
}

/// One purpose.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Granted {
    /// `personalize`, `contribute`, `share` or `measure`.
    pub purpose: &'static str,
    /// Share of those who answer that granted it.
    pub share: Estimate,
}

pub(super) fn clicks(store: &Store, sums: &Sums) -> Result<Option<Clicked>, StoreError> {
    let of_window = |window: &super::sums::Window| {
        let found = clicks::ClickThrough::of(&sums.task, &window.released)?;
        let starts_at = sums.task.window_starts_at(window.number);
        let share = found.interval().into();
        Some((found.days, ClickWindow { window: window.number, starts_at, visitors: found.visitors, share }))
    };
    let found: Vec<(u32, ClickWindow)> = sums.windows.iter().filter_map(of_window).collect();
    let Some(&(days, _)) = found.last() else { return Ok(None) };
    let source = sums.source(&sums.windows);
    let looked_at = Clicks::latest(store)?.filter(|clicks| clicks.task == source.task);
    Ok(Some(Clicked {
        days,
        windows: found.into_iter().map(|(_, window)| window).collect(),
        is_alarm: looked_at.as_ref().is_some_and(|clicks| clicks.is_alarm),
        told: looked_at.map(|clicks| clicks.told()),
        source,
    }))
}

pub(super) fn grants(sums: &Sums) -> Option<Grants> {
    let newest = sums.windows.len().checked_sub(1)?;
    let window = &sums.windows[newest..];
    let found = grants::grants(&sums.task, &window.first()?.released)?;
    let granted = |grant: grants::Grant| Granted { purpose: grant.purpose, share: grant.share.into() };
    Some(Grants { source: sums.source(window), purposes: found.into_iter().map(granted).collect() })
}

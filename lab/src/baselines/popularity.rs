//! What everybody gets: popularity over all time, and lately.

use super::best;
use crate::dataset::{Clock, Event};
use crate::evaluate::model::{Model, Worker};
use crate::evaluate::split::Case;
use crate::evaluate::{Prepared, Settings};
use anyhow::Result;

const DAY_S: f64 = 86_400.0;
/// Half-life of recent popularity: a week, but no more than this share of the log.
const HALF_LIFE_S: f64 = 7.0 * DAY_S;
const LONGEST_SHARE: f64 = 0.1;

/// Items by a number that is the same for all.
#[derive(Debug)]
struct Common {
    name: &'static str,
    scores: Vec<f32>,
}

/// By number of rows.
pub(super) fn overall(prepared: &Prepared, _: &Settings) -> Result<Box<dyn Model>> {
    let scores = counted(prepared, |_| 1.0);
    Ok(Box::new(Common { name: "popularity", scores }))
}

/// By number of rows, a row counting half after the half-life. Without times it is popularity again.
pub(super) fn recent(prepared: &Prepared, _: &Settings) -> Result<Box<dyn Model>> {
    let times = prepared.split.train.iter().map(|event| event.at);
    let (first, last) =
        times.fold((f64::INFINITY, f64::NEG_INFINITY), |(first, last), at| (at.min(first), at.max(last)));
    let half_life = HALF_LIFE_S.min((last - first) * LONGEST_SHARE).max(1.0);
    let timed = prepared.data.clock == Clock::Seconds;
    let factor = |event: &Event| if timed { (-(last - event.at) / half_life).exp2() } else { 1.0 };
    Ok(Box::new(Common { name: "recent_popularity", scores: counted(prepared, factor) }))
}

fn counted(prepared: &Prepared, weight: impl Fn(&Event) -> f64) -> Vec<f32> {
    let mut counts = vec![0.0f64; prepared.data.items.len()];
    for event in &prepared.split.train {
        counts[event.item as usize] += weight(event);
    }
    counts.into_iter().map(|count| count as f32).collect()
}

impl Model for Common {
    fn name(&self) -> &'static str {
        self.name
    }

    fn bytes_per_candidate(&self) -> f64 {
        size_of::<f32>() as f64
    }

    fn worker(&self) -> Result<Box<dyn Worker + '_>> {
        Ok(Box::new(self))
    }
}

impl Worker for &Common {
    fn rank(&mut self, _: &[Event], case: &Case) -> Vec<u32> {
        best(&self.scores, &case.masked)
    }
}

//! What devices are asked: each task in words and numbers, who adds up, and what was released.

use homebody_protocol::accounting::epsilon;
use homebody_protocol::report::MAX_AGE_WINDOWS;
use homebody_protocol::task::{Bound, Mode, Noise, SignedTask, Task, TaskPurpose};
use serde::Serialize;

use super::{told, words};
use crate::config::Config;
use crate::signing;
use crate::store::{ReleaseSummary, Store, StoreError, StoredTask, TaskRole};

/// δ that ε is told at where noise is Gaussian.
pub(super) const DELTA: f64 = 1e-6;
/// Newest tasks that are over and still listed.
const PAST_LISTED: usize = 100;

/// One question to all devices.
#[derive(Debug, Serialize)]
pub(super) struct TaskEntry {
    /// SHA-256 of the signed text.
    pub(super) id: String,
    pub(super) name: String,
    /// The site that asks; another one where this server is its helper.
    pub(super) site: String,
    /// What is asked, in words that follow from the measurement.
    pub(super) question: String,
    /// What the site says of it.
    pub(super) description: String,
    /// Consent it needs, `contribute` or `measure`.
    pub(super) purpose: TaskPurpose,
    pub(super) mode: &'static str,
    /// Who could read an answer, in words.
    pub(super) mode_words: &'static str,
    /// `coming`, `running`, `over`, `closed`, or `not_asked` where this server takes no contributions.
    pub(super) state: &'static str,
    /// Numbers in one report.
    pub(super) length: u32,
    /// Sums that reports are dealt to; a device answers for one in each window.
    parts: u32,
    bound: Bound,
    pub(super) bound_words: String,
    pub(super) noise: NoiseEntry,
    pub(super) budget: Budget,
    /// Reports below which nothing is released.
    pub(super) min_batch_size: u32,
    /// A device answers once in so many seconds.
    pub(super) window_s: u32,
    time_precision_s: u32,
    pub(super) starts_at: u64,
    pub(super) ends_at: u64,
    pub(super) closed_at: Option<u64>,
    pub(super) aggregators: Vec<Aggregator>,
    /// What this server is to it: `collector`, `leader` or `helper`.
    role: &'static str,
    pub(super) kept: KeptReports,
    pub(super) released: Option<Released>,
    signature: Signature,
}

/// The mechanism.
#[derive(Debug, Serialize)]
pub(super) struct NoiseEntry {
    /// `discrete_gaussian`, `discrete_laplace`, `randomised_response` or `hadamard`.
    mechanism: &'static str,
    /// Standard deviation or scale of what is added to each number; none where answers are random themselves.
    amount: Option<f64>,
    /// How many parties add as much, each by itself.
    parties: u32,
    pub(super) words: String,
}

/// What answering costs a device at the most.
#[derive(Debug, Serialize)]
pub(super) struct Budget {
    pub(super) epsilon_per_report: f64,
    /// Reports of one device, from the first window to the last.
    pub(super) reports_at_most: u32,
    /// ε of all of them together.
    pub(super) epsilon_of_all: f64,
    /// 0 where ε holds without one.
    pub(super) delta: f64,
    /// What the device's ledger debits, in millionths of ρ.
    micro_rho_per_report: u32,
}

/// Who adds up.
#[derive(Debug, Serialize)]
pub(super) struct Aggregator {
    /// `collector`, `leader` or `helper`.
    pub(super) role: &'static str,
    pub(super) operator: String,
    pub(super) url: Option<String>,
}

/// How long what belongs to an answer is kept.
#[derive(Debug, Serialize)]
pub(super) struct KeptReports {
    pub(super) answers: &'static str,
    pub(super) names: String,
    pub(super) sums: &'static str,
}

/// What was released.
#[derive(Debug, Serialize)]
pub(super) struct Released {
    pub(super) sums: u64,
    /// Reports in the smallest sum, rounded down to whole twenties; none where there was no sum.
    pub(super) smallest_batch_at_least: Option<u64>,
    pub(super) last_at: Option<u64>,
}

/// Whose signature devices found under it.
#[derive(Debug, Serialize)]
struct Signature {
    key_id: String,
    public_key: String,
    signature: String,
}

/// Tasks that are asked or will be, and those that are over, both newest first. One that its site did not sign is none.
pub(super) fn entries(
    store: &Store,
    config: &Config,
    now: u64,
) -> Result<(Vec<TaskEntry>, Vec<TaskEntry>), StoreError> {
    let released = store.release_summaries()?;
    let mut all = Vec::new();
    for stored in store.tasks()?.iter().rev() {
        let summary = released.get(&stored.id).copied().unwrap_or_default();
        all.extend(TaskEntry::of(stored, summary, config, now));
    }
    let (current, mut past): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|task| !matches!(task.state, "over" | "closed"));
    past.truncate(PAST_LISTED);
    Ok((current, past))
}

impl TaskEntry {
    fn of(stored: &StoredTask, summary: ReleaseSummary, config: &Config, now: u64) -> Option<Self> {
        let signed: SignedTask = serde_json::from_str(&stored.envelope).ok()?;
        let task = signing::open_task(&signed, &stored.site_key).ok()?;
        Some(Self {
            id: stored.id.clone(),
            question: words::question(&task.measurement),
            mode: task.mode.name(),
            mode_words: words::mode(&task.mode),
            state: state(&task, stored, config, now),
            parts: task.parts(),
            bound_words: words::bound(&task),
            noise: NoiseEntry::of(&task.mode),
            budget: Budget::of(&task),
            closed_at: stored.closed_at,
            aggregators: aggregators(&task),
            role: stored.role.word(),
            kept: KeptReports::of(&task),
            // What a helper's half became is told by its leader.
            released: (stored.role != TaskRole::Helper).then(|| Released::of(summary)),
            signature: Signature {
                key_id: signed.key_id,
                public_key: stored.site_key.clone(),
                signature: signed.signature,
            },
            starts_at: task.starts_at.into(),
            ends_at: task.ends_at.into(),
            name: task.name,
            site: task.site,
            description: task.description,
            purpose: task.purpose,
            length: task.length,
            bound: task.bound,
            min_batch_size: task.min_batch_size,
            window_s: task.window_s,
            time_precision_s: task.time_precision_s,
        })
    }
}

fn state(task: &Task, stored: &StoredTask, config: &Config, now: u64) -> &'static str {
    let takes = match stored.role {
        TaskRole::Helper => config.collect.helper,
        TaskRole::Collector | TaskRole::Leader => config.collect.enabled,
    };
    match () {
        () if stored.closed_at.is_some() => "closed",
        () if now >= task.ends_at.into() => "over",
        () if !takes => "not_asked",
        () if now < task.starts_at.into() => "coming",
        () => "running",
    }
}

fn aggregators(task: &Task) -> Vec<Aggregator> {
    let Mode::Split { aggregators, .. } = &task.mode else {
        // Reports go to the address that asked.
        return vec![Aggregator { role: "collector", operator: task.site.clone(), url: None }];
    };
    let (leader, helper) = (aggregators.leader.clone(), aggregators.helper.clone());
    vec![
        Aggregator { role: "leader", operator: task.site.clone(), url: Some(leader) },
        Aggregator { role: "helper", operator: aggregators.helper_operator.clone(), url: Some(helper) },
    ]
}

impl NoiseEntry {
    fn of(mode: &Mode) -> Self {
        let (mechanism, amount) = match mode {
            Mode::Local { answer, .. } => (words::answer(*answer), None),
            Mode::Trusted { noise } | Mode::Split { noise, .. } => {
                let mechanism = match noise {
                    Noise::Gaussian { .. } => "discrete_gaussian",
                    Noise::Laplace { .. } => "discrete_laplace",
                };
                (mechanism, Some(f64::from(noise.milli()) / 1_000.0))
            }
        };
        Self { mechanism, amount, parties: mode.noise_parties(), words: words::noise(mode) }
    }
}

impl Budget {
    fn of(task: &Task) -> Self {
        let lasts_s = task.ends_at.saturating_sub(task.starts_at);
        let reports = lasts_s.div_ceil(task.window_s.max(1));
        let each = u64::from(task.micro_rho);
        // ρ = ε² / 2 without δ; an unchanged `local` answer is drawn once, but may change with what it is about.
        let pure = (2.0 * each as f64 / 1e6).sqrt();
        let of_all = each.saturating_mul(reports.into());
        let is_pure = !matches!(task.mode.noise(), Some(Noise::Gaussian { .. }));
        let (one, all, delta) = match is_pure {
            true => (pure, pure * f64::from(reports), 0.0),
            false => (epsilon(each, DELTA), epsilon(of_all, DELTA), DELTA),
        };
        Self {
            epsilon_per_report: rounded_up(one),
            reports_at_most: reports,
            epsilon_of_all: rounded_up(all),
            delta,
            micro_rho_per_report: task.micro_rho,
        }
    }
}

/// To thousandths, against the site.
pub(super) fn rounded_up(value: f64) -> f64 {
    // A value that is a thousandth already stays one.
    (value * 1_000.0 - 1e-6).ceil() / 1_000.0
}

impl KeptReports {
    fn of(task: &Task) -> Self {
        let late = words::duration(MAX_AGE_WINDOWS * u64::from(task.window_s));
        let (answers, sums) = match task.mode {
            Mode::Split { .. } => (
                "Each half, sealed, until both aggregators have checked its proof and added it; then it is gone",
                "Half a sum an hour at each aggregator, until the sum is released with its noise, once; then for good",
            ),
            _ => (
                "Not at all: an answer is added to the sum within the same write, and gone",
                "One running sum a window, until it is released with its noise, once, or dropped as too small; what is released stays",
            ),
        };
        Self {
            answers,
            names: format!(
                "The random name of a report, until {late} after its window: so that none counts twice"
            ),
            sums,
        }
    }
}

impl Released {
    fn of(summary: ReleaseSummary) -> Self {
        Self {
            sums: summary.sums,
            smallest_batch_at_least: told(summary.least_reports),
            last_at: (summary.sums > 0).then_some(summary.last_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epsilon_is_told_against_the_site() {
        for (value, expected) in [(0.1, 0.1), (0.100_01, 0.101), (0.0, 0.0), (1.2714, 1.272)] {
            assert!((rounded_up(value) - expected).abs() < 1e-9, "{value}: {}", rounded_up(value));
        }
    }
}

//! A part of a task, ready for reports.

use std::sync::Arc;

use homebody_protocol::dap::{Dialect, HpkeConfig, Interval, ReportError, TaskConfiguration, VdafConfig};
use homebody_protocol::report::{CLOCK_SKEW_S, MAX_AGE_WINDOWS};
use homebody_protocol::split::{KeyPair, Vdaf, configuration};
use homebody_protocol::task::{Noise, SignedTask, Task};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{BareTask, CollectError, SplitSettings};
use crate::signing;
use crate::store::{StoredTask, TaskRole};

/// A part of a task, with all that is needed to add up its reports.
#[derive(Debug)]
pub struct Part {
    /// The task; none where only the protocol's parameters are known ([`BareTask`]).
    pub task: Option<Arc<Task>>,
    /// Its id, 64 hexadecimal digits.
    pub task_id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Seconds for which the name of a report is kept after it was made, so that none is counted twice.
    pub max_age_s: u64,
    /// The part's number.
    pub number: u32,
    /// The part's id.
    pub id: [u8; 32],
    /// What this server is to it.
    pub role: TaskRole,
    /// Whether nobody is asked any more.
    pub is_closed: bool,
    /// Of `split` tasks.
    pub split: Option<SplitPart>,
}

/// What a part of a `split` task has besides.
#[derive(Debug)]
pub struct SplitPart {
    /// The task as both aggregators know it.
    pub wire: TaskConfiguration,
    /// What is summed, and how it is proved.
    pub vdaf: Vdaf,
    /// The key that proofs are checked with.
    pub verify_key: [u8; 32],
    /// What a leader must show us, or we a helper.
    pub token: Token,
    /// What a collector must show us.
    pub collector_token: Option<Token>,
    /// Whom halves of sums are sealed to.
    pub collector: HpkeConfig,
    /// The key to open them with, where we collect for ourselves.
    pub collector_key: Option<KeyPair>,
    /// Base address of the helper, as we reach it.
    pub helper_url: String,
    /// How the helper has aggregation jobs laid out.
    pub dialect: Dialect,
}

/// A secret that is shown as `Authorization: Bearer …`.
#[derive(Clone)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token")
    }
}

impl Token {
    /// As it is shown.
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// Whether somebody showed it. Takes as long whatever differs.
    #[must_use]
    pub fn is(&self, shown: &str) -> bool {
        Sha256::digest(self.0.as_bytes()).ct_eq(&Sha256::digest(shown.as_bytes())).into()
    }

    /// What is shown to others.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Part {
    /// All parts of a stored task. The signature is checked again: a task in the data folder that its site did not sign
    /// is none.
    ///
    /// # Errors
    /// [`CollectError`] when it is not signed by its site, or its secrets cannot be.
    pub fn of(stored: &StoredTask) -> Result<Vec<Self>, CollectError> {
        let damaged = |error: serde_json::Error| CollectError::Invitation(format!("not readable: {error}"));
        if stored.envelope.is_empty() {
            let bare: BareTask =
                serde_json::from_str(stored.split.as_deref().unwrap_or_default()).map_err(damaged)?;
            return Ok(vec![bare.part(stored)?]);
        }
        let signed: SignedTask = serde_json::from_str(&stored.envelope).map_err(damaged)?;
        let task = Arc::new(signing::open_task(&signed, &stored.site_key)?);
        let settings: Option<SplitSettings> =
            stored.split.as_deref().map(serde_json::from_str).transpose().map_err(damaged)?;
        let (task_id, name): (Arc<str>, Arc<str>) = (stored.id.as_str().into(), stored.name.as_str().into());
        let max_age_s = (1 + MAX_AGE_WINDOWS) * u64::from(task.window_s) + CLOCK_SKEW_S;
        let mut parts = Vec::new();
        for number in 0..task.parts() {
            let split =
                settings.as_ref().map(|settings| SplitPart::of(&task, number, settings)).transpose()?;
            parts.push(Self {
                task: Some(Arc::clone(&task)),
                task_id: Arc::clone(&task_id),
                name: Arc::clone(&name),
                max_age_s,
                number,
                id: task.id().part(number).0,
                role: stored.role,
                is_closed: stored.closed_at.is_some(),
                split,
            });
        }
        Ok(parts)
    }

    /// Whether a report of this time (in the task's units) may be taken now.
    ///
    /// # Errors
    /// [`ReportError`] as an aggregator says it.
    pub fn is_timely(&self, time: u64, now: u64) -> Result<(), ReportError> {
        let interval = self.split.as_ref().and_then(|split| split.wire.interval);
        if interval.is_some_and(|interval| time < interval.start) {
            return Err(ReportError::TaskNotStarted);
        }
        if interval.is_some_and(|interval| !interval.contains(time)) {
            return Err(ReportError::TaskExpired);
        }
        if time.saturating_mul(self.precision_s()) > now + CLOCK_SKEW_S {
            return Err(ReportError::ReportTooEarly);
        }
        if time < self.oldest(now) { Err(ReportError::ReportDropped) } else { Ok(()) }
    }

    /// The oldest unit of time that reports are taken of; names of older ones are forgotten.
    #[must_use]
    pub fn oldest(&self, now: u64) -> u64 {
        now.saturating_sub(self.max_age_s) / self.precision_s()
    }

    /// Seconds of a unit of time.
    fn precision_s(&self) -> u64 {
        self.split.as_ref().map_or(1, |split| split.wire.time_precision_s.max(1))
    }

    /// A window of a task in its units.
    #[must_use]
    pub fn interval(&self, task: &Task, window: u32) -> Interval {
        let precision = self.precision_s();
        Interval {
            start: task.window_starts_at(window) / precision,
            duration: u64::from(task.window_s) / precision,
        }
    }

    /// The task as its site signed it.
    ///
    /// # Errors
    /// [`CollectError::NotSigned`] where only the protocol's parameters are known.
    pub fn signed(&self) -> Result<&Task, CollectError> {
        self.task.as_deref().ok_or(CollectError::NotSigned)
    }

    /// What is added to a sum when it is released.
    #[must_use]
    pub fn noise(&self) -> Option<Noise> {
        self.task.as_ref().and_then(|task| task.mode.noise())
    }

    /// Bytes of an upload: eight reports of this task fit, or as many small ones as make half a megabyte.
    #[must_use]
    pub fn upload_bytes(&self) -> usize {
        const REPORTS: usize = 8;
        const LEAST: usize = 512 << 10;
        /// Seals, names and the proof's fixed parts.
        const REST: usize = 2_048;
        let Some(split) = &self.split else { return 0 };
        // An element of the field a bit of the vector, and at most as many for the proof.
        LEAST.max(REPORTS * (2 * 16 * split.elements() + REST))
    }
}

impl SplitPart {
    /// Elements of the field in a report's vector.
    fn elements(&self) -> usize {
        let bits = |largest: u64| (u64::BITS - largest.leading_zeros()) as usize;
        match self.wire.vdaf {
            VdafConfig::Histogram { length, .. } => length as usize,
            VdafConfig::MultihotCountVec { length, max_weight, .. } => length as usize + bits(max_weight),
            VdafConfig::SumVec { length, max_measurement, .. } => length as usize * bits(max_measurement),
            VdafConfig::L1BoundSum { length, max_measurement, .. } => {
                (length as usize + 1) * bits(max_measurement)
            }
            // None is made by a task of ours.
            _ => 0,
        }
    }

    fn of(task: &Task, number: u32, settings: &SplitSettings) -> Result<Self, CollectError> {
        let (id, wire) = configuration(task, number).ok_or(CollectError::NotSplit("aggregator"))?;
        let url = settings.helper_url.clone().unwrap_or_else(|| wire.helper_endpoint.clone());
        Ok(Self {
            vdaf: Vdaf::new(&wire.vdaf)?,
            verify_key: settings.verify_key_of(&id.0)?,
            token: Token(settings.token.clone()),
            collector_token: settings.collector_token.clone().map(Token),
            collector: settings.collector_config()?,
            collector_key: settings.collector_pair(),
            helper_url: url.trim_end_matches('/').to_owned(),
            dialect: if settings.transitional { Dialect::Transitional } else { Dialect::Draft18 },
            wire,
        })
    }
}

//! Whether it is time for a new model.

use super::alarm::Drift;
use super::clicks::Clicks;
use super::evidence::Summed;
use super::options::Triggers;
use crate::store::{ModelSummary, Store, StoreError};

/// Why a model is made now; none when nothing asks for one. `all`: what was released, something of which is news.
pub(super) fn cause(
    store: &Store,
    triggers: &Triggers,
    all: &[Summed],
    last: Option<&ModelSummary>,
    now: u64,
) -> Result<Option<String>, StoreError> {
    let (made_at, learned_to) = last.map_or((0, 0), |model| (model.created_at, model.learned_to));
    if let Some(drift) = Drift::latest(store)?.filter(|drift| drift.is_alarm && drift.release > learned_to) {
        return Ok(Some(format!("drift: {}", drift.told())));
    }
    if let Some(clicks) = Clicks::latest(store)?.filter(|known| known.is_alarm && known.release > learned_to)
    {
        return Ok(Some(format!("click-through: {}", clicks.told())));
    }
    if triggers.new_reports > 0 {
        let teaches = |task: &str| all.iter().any(|known| known.id == task && Summed::teaches(&known.task));
        let since = store.reports_since(learned_to)?;
        let reports: u64 = since.iter().filter(|(task, _)| teaches(task)).map(|(_, reports)| reports).sum();
        if reports >= triggers.new_reports {
            return Ok(Some(format!("count: {reports} new reports")));
        }
    }
    let is_due = triggers.every_s > 0 && now >= made_at.saturating_add(triggers.every_s);
    Ok(is_due.then(|| match last {
        None => "schedule: the first".to_owned(),
        Some(_) => format!("schedule: {} hours after the last", (now - made_at) / 3_600),
    }))
}

//! Released sums, cell by cell.

use std::collections::BTreeMap;

use homebody_learn::from_sums::Released;
use homebody_protocol::mechanism::Totals;
use homebody_protocol::task::Task;

use super::{Column, SumsError, Value};
use crate::collect::Part;
use crate::store::{Release, Store, StoreError};

/// `value` is what was released, `estimate` what the cell adds up to: the same but for `local` tasks, whose values are
/// answers at random. `sigma` is the standard deviation of the noise in `estimate`. Of a task whose terms this release
/// cannot read all that is told by its terms is missing.
pub(super) const COLUMNS: &[Column] = &[
    Column::text("task"),
    Column::text("name"),
    Column::text("mode"),
    Column::text("measurement"),
    Column::whole("part"),
    Column::whole("window"),
    Column::whole("window_starts_at"),
    Column::whole("window_ends_at"),
    Column::whole("released_at"),
    Column::whole("reports"),
    Column::whole("cell"),
    Column::whole("value"),
    Column::number("estimate"),
    Column::number("sigma"),
];

/// Terms of the tasks that sums are of, by id.
#[derive(Debug)]
pub(super) struct Tasks(BTreeMap<String, Terms>);

#[derive(Debug)]
struct Terms {
    name: String,
    task: Option<Task>,
    measurement: String,
}

impl Tasks {
    pub(super) fn read(store: &Store) -> Result<Self, StoreError> {
        let terms = |stored: crate::store::StoredTask| {
            let parts = Part::of(&stored).unwrap_or_default();
            let task = parts.first().and_then(|part| part.signed().ok()).cloned();
            let measurement = task.as_ref().map(kind).unwrap_or_default();
            (stored.id, Terms { name: stored.name, task, measurement })
        };
        Ok(Self(store.tasks()?.into_iter().map(terms).collect()))
    }

    /// Hands on one row a cell.
    pub(super) fn rows(
        &self,
        release: &Release,
        take: &mut dyn FnMut(&[Value<'_>]) -> Result<(), SumsError>,
    ) -> Result<(), SumsError> {
        let terms = self.0.get(&release.task);
        let task = terms.and_then(|terms| terms.task.as_ref());
        let totals = Totals { reports: release.reports, cells: release.cells.clone() };
        let released = task.map(|task| Released::of(task, &totals));
        let starts_at = task.map(|task| task.window_starts_at(release.window));
        let ends_at = task.zip(starts_at).map(|(task, starts_at)| starts_at + u64::from(task.window_s));
        let sigma = released.as_ref().map_or(Value::Missing, |released| Value::Number(released.sigma()));
        let estimate = |cell: usize| released.as_ref().and_then(|released| released.cells.get(cell)).copied();
        let mut row = [
            Value::text(&release.task),
            Value::text_if(terms.map(|terms| terms.name.as_str())),
            Value::text_if(task.map(|task| task.mode.name())),
            Value::text_if(task.and(terms).map(|terms| terms.measurement.as_str())),
            Value::count(release.part.into()),
            Value::count(release.window.into()),
            Value::count_if(starts_at),
            Value::count_if(ends_at),
            Value::count(release.at),
            Value::count(release.reports),
            Value::Missing,
            Value::Missing,
            Value::Missing,
            sigma,
        ];
        for (cell, value) in release.cells.iter().enumerate() {
            row[10] = Value::count(cell as u64);
            row[11] = Value::Whole(*value);
            row[12] = estimate(cell).map_or(Value::Missing, Value::Number);
            take(&row)?;
        }
        Ok(())
    }
}

/// The word of what is measured, as tasks write it.
fn kind(task: &Task) -> String {
    let measurement = serde_json::to_value(&task.measurement).unwrap_or_default();
    measurement.as_object().and_then(|kinds| kinds.keys().next()).cloned().unwrap_or_default()
}

//! What the tables hold at a moment.

use std::collections::BTreeMap;

use super::models::Model;
use super::releases::Tasks;
use super::{SumsError, Table, Value, consent};
use crate::consent::figures::Row;
use crate::consent::{day, figures_of};
use crate::store::{Store, StoreError};

/// What the tables hold at a moment, by day. Sums themselves are read when their day is written: they can be large.
#[derive(Debug)]
pub struct Snapshot {
    tasks: Tasks,
    /// Numbers of releases.
    releases: BTreeMap<String, Vec<u64>>,
    consent: BTreeMap<String, Vec<Row>>,
    models: BTreeMap<String, Vec<Model>>,
}

impl Snapshot {
    /// Reads a store at unix second `now`.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn read(store: &Store, now: u64) -> Result<Self, StoreError> {
        let releases = by_day(store.release_times()?, |(_, at)| day(*at));
        let numbers = |(day, releases): (String, Vec<(u64, u64)>)| {
            (day, releases.into_iter().map(|(seq, _)| seq).collect())
        };
        Ok(Self {
            tasks: Tasks::read(store)?,
            releases: releases.into_iter().map(numbers).collect(),
            // Of all days, whichever are asked for: figures of a few days join other groups, and would tell by the
            // difference what both of them hide.
            consent: by_day(figures_of(store, now)?.rows, consent::day_of),
            models: by_day(Model::all(store)?, |model| day(model.summary.created_at)),
        })
    }

    /// Days of a table's partitions, `YYYY-MM-DD`, oldest first.
    #[must_use]
    pub fn days(&self, table: Table) -> Vec<&str> {
        match table {
            Table::Releases => self.releases.keys().map(String::as_str).collect(),
            Table::Consent => self.consent.keys().map(String::as_str).collect(),
            Table::Models => self.models.keys().map(String::as_str).collect(),
        }
    }

    /// Hands on the rows of a day, and says how many they were; none for a day without a partition.
    ///
    /// # Errors
    /// As `take` says, or [`SumsError::Store`] when a sum cannot be read.
    pub fn rows(
        &self,
        store: &Store,
        table: Table,
        day: &str,
        take: &mut dyn FnMut(&[Value<'_>]) -> Result<(), SumsError>,
    ) -> Result<u64, SumsError> {
        let mut count = 0;
        let mut counted = |row: &[Value<'_>]| {
            count += 1;
            take(row)
        };
        match table {
            Table::Releases => {
                for seq in self.releases.get(day).into_iter().flatten() {
                    let Some(release) = store.released(*seq)? else { continue };
                    self.tasks.rows(&release, &mut counted)?;
                }
            }
            Table::Consent => {
                let mut rows = self.consent.get(day).into_iter().flatten();
                rows.try_for_each(|row| counted(&consent::values(row)))?;
            }
            Table::Models => {
                let mut models = self.models.get(day).into_iter().flatten();
                models.try_for_each(|model| counted(&model.values()))?;
            }
        }
        Ok(count)
    }
}

fn by_day<T>(all: Vec<T>, day: impl Fn(&T) -> String) -> BTreeMap<String, Vec<T>> {
    let mut days: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for each in all {
        days.entry(day(&each)).or_default().push(each);
    }
    days
}

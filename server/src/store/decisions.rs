//! How many decided how. Sums are all there is: nothing here could say who.

use std::collections::BTreeMap;

use super::{Store, StoreError};

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// SHA-256 of the notice.
    pub notice: String,
    /// ISO 3166 code; empty when unknown.
    pub region: String,
    /// BCP 47 tag; empty where a page has not said.
    pub language: String,
    /// Arm of the experiment; empty without one.
    pub variant: String,
    /// A word of `homebody_protocol::consent::DecisionAction`, `served` or `served-gpc`.
    pub action: String,
    /// `YYYY-MM-DD`, UTC.
    pub day: String,
}

/// Counts by cell.
pub type Counts = BTreeMap<Cell, u64>;

impl Store {
    /// Adds counts to what is there, all of them or none.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn add_decisions(&self, counts: &Counts) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO decision_counts (notice, region, language, variant, action, day, count)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO UPDATE SET count = count + excluded.count",
            )?;
            for (cell, count) in counts {
                let Cell { notice, region, language, variant, action, day } = cell;
                statement.execute((notice, region, language, variant, action, day, count))?;
            }
            Ok(())
        })
    }

    /// All counts, exact. What leaves the server goes through [`crate::consent::figures`].
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn decisions(&self) -> Result<Counts, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT notice, region, language, variant, action, day, count FROM decision_counts")?;
        let counts = statement.query_map([], |row| {
            let cell = Cell {
                notice: row.get(0)?,
                region: row.get(1)?,
                language: row.get(2)?,
                variant: row.get(3)?,
                action: row.get(4)?,
                day: row.get(5)?,
            };
            Ok((cell, row.get(6)?))
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }
}

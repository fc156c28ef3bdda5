//! Reports of `split` tasks at the leader, until both aggregators have them.

use homebody_protocol::dap::{Decode as _, Encode as _, Interval, Report, ReportId};
use rusqlite::{Transaction, params};

use super::{Store, StoreError};

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// It waits for aggregation.
    Added,
    /// It was there before.
    Known,
    /// Its batch is collected.
    Collected,
}

/// Reports that go to the helper together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregationJob {
    /// Number of the job.
    pub job: u64,
    /// The part's id.
    pub part: [u8; 32],
    /// How often the helper was asked in vain.
    pub attempts: u32,
    /// The reports, by name.
    pub reports: Vec<Report>,
}

impl Store {
    /// Keeps reports for aggregation, each once, all in one transaction; what became of each, in the same order.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written; then none is kept.
    pub fn take_uploads(&self, reports: &[([u8; 32], &Report)]) -> Result<Vec<Uploaded>, StoreError> {
        self.write(|transaction| {
            let mut outcomes = Vec::with_capacity(reports.len());
            for (part, report) in reports {
                outcomes.push(take_upload(transaction, part, report)?);
            }
            Ok(outcomes)
        })
    }

    /// Puts waiting reports of a part into jobs of at most `size`; how many jobs were made.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn make_aggregation_jobs(&self, part: &[u8; 32], size: u32, now: u64) -> Result<usize, StoreError> {
        let mut made = 0;
        loop {
            let taken = self.write(|transaction| make_job(transaction, part, size, now))?;
            if taken == 0 {
                return Ok(made);
            }
            made += 1;
        }
    }

    /// The next job that is due; none when nothing is.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn due_aggregation_job(&self, now: u64) -> Result<Option<AggregationJob>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT job, part, attempts FROM aggregation_jobs WHERE next_at <= ?1 ORDER BY next_at, job LIMIT 1",
        )?;
        let mut rows = statement.query([now])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (job, part, attempts) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let mut statement =
            connection.prepare_cached("SELECT report FROM uploads WHERE job = ?1 ORDER BY id")?;
        let bytes = statement.query_map([job], |row| row.get::<_, Vec<u8>>(0))?;
        let reports =
            bytes.map(|bytes| Report::get_decoded(&bytes?).map_err(|e| StoreError::damaged("report", e)));
        Ok(Some(AggregationJob { job, part, attempts, reports: reports.collect::<Result<_, _>>()? }))
    }

    /// Tries a job again later.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn postpone_aggregation_job(&self, job: u64, next_at: u64) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE aggregation_jobs SET attempts = attempts + 1, next_at = ?2 WHERE job = ?1";
            transaction.execute(sql, (job, next_at))?;
            Ok(())
        })
    }

    /// Makes all jobs and collections due: whoever starts the server again may have mended what was in their way.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn hurry(&self) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("UPDATE aggregation_jobs SET attempts = 0, next_at = 0", [])?;
            let sql = "UPDATE collection_jobs SET attempts = 0, next_at = 0 WHERE state = 'waiting'";
            transaction.execute(sql, [])?;
            Ok(())
        })
    }

    /// Ends a job: its reports are scrubbed, their names stay. `false` when it had ended before, and nothing may be
    /// added. In the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn end_aggregation_job(transaction: &Transaction<'_>, job: u64) -> Result<bool, StoreError> {
        transaction.execute("UPDATE uploads SET report = NULL, job = NULL WHERE job = ?1", [job])?;
        Ok(transaction.execute("DELETE FROM aggregation_jobs WHERE job = ?1", [job])? > 0)
    }

    /// Puts a report of a job back, to be aggregated another time. In the caller's transaction, before the job ends.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn release_upload(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        id: &ReportId,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE uploads SET job = NULL WHERE part = ?1 AND id = ?2";
        transaction.execute(sql, params![part, id.0])?;
        Ok(())
    }

    /// Whether reports of an interval still wait or are on their way. In the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn has_uploads(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        interval: &Interval,
    ) -> Result<bool, StoreError> {
        let sql =
            "SELECT 1 FROM uploads WHERE part = ?1 AND time >= ?2 AND time - ?2 < ?3 AND report IS NOT NULL";
        let (start, duration) = (interval.start.min(i64::MAX as u64), interval.duration.min(i64::MAX as u64));
        Ok(transaction.prepare_cached(sql)?.exists(params![part, start, duration])?)
    }
}

fn take_upload(
    transaction: &Transaction<'_>,
    part: &[u8; 32],
    report: &Report,
) -> Result<Uploaded, StoreError> {
    let (id, time) = (report.metadata.report_id, report.metadata.time);
    let known = "SELECT 1 FROM uploads WHERE part = ?1 AND id = ?2";
    if transaction.prepare_cached(known)?.exists(params![part, id.0])? {
        return Ok(Uploaded::Known);
    }
    if Store::is_collected(transaction, part, time)? {
        return Ok(Uploaded::Collected);
    }
    let bytes = report.get_encoded().map_err(|error| StoreError::damaged("report", error))?;
    transaction
        .prepare_cached("INSERT INTO uploads (part, id, time, report) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![part, id.0, time, bytes])?;
    Ok(Uploaded::Added)
}

/// A job of the first waiting reports; how many it has.
fn make_job(
    transaction: &Transaction<'_>,
    part: &[u8; 32],
    size: u32,
    now: u64,
) -> Result<usize, StoreError> {
    let sql = "SELECT id FROM uploads WHERE part = ?1 AND job IS NULL AND report IS NOT NULL ORDER BY time LIMIT ?2";
    let mut statement = transaction.prepare_cached(sql)?;
    let ids = statement.query_map(params![part, size], |row| row.get::<_, [u8; 16]>(0))?;
    let ids: Vec<[u8; 16]> = ids.collect::<Result<_, _>>()?;
    if ids.is_empty() {
        return Ok(0);
    }
    transaction
        .prepare_cached("INSERT INTO aggregation_jobs (part, attempts, next_at) VALUES (?1, 0, ?2)")?
        .execute(params![part, now])?;
    let job = transaction.last_insert_rowid();
    let mut update = transaction.prepare_cached("UPDATE uploads SET job = ?3 WHERE part = ?1 AND id = ?2")?;
    for id in &ids {
        update.execute(params![part, id, job])?;
    }
    Ok(ids.len())
}

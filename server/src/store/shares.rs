//! Halves of sums of `split` tasks, which both aggregators keep alike: one a part and unit of time, added to until it is
//! collected.

use homebody_protocol::dap::{Interval, ReportError, ReportId};
use homebody_protocol::split::{HalfSum, OutputShare, SplitError};
use rusqlite::{OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::{Store, StoreError};

/// A proved half of a report.
#[derive(Clone, Debug)]
pub struct ProvedShare {
    /// The report's name.
    pub report: ReportId,
    /// Its time, in the task's units.
    pub time: u64,
    /// This aggregator's half.
    pub share: OutputShare,
}

/// What lies in an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// Reports.
    pub reports: u64,
    /// Exclusive or of the SHA-256 of their names.
    pub checksum: [u8; 32],
    /// This aggregator's half of their sum.
    pub share: HalfSum,
    /// The smallest interval around their times; none without reports.
    pub span: Option<Interval>,
}

struct Bucket {
    reports: u64,
    checksum: [u8; 32],
    share: HalfSum,
}

impl Store {
    /// Adds the half of a report to its bucket. The caller has made sure that it is new, and that its time is not
    /// collected. In the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn add_share(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        length: usize,
        proved: &ProvedShare,
    ) -> Result<(), StoreError> {
        let sql = "SELECT reports, checksum, share FROM buckets WHERE part = ?1 AND time = ?2";
        let found: Option<(u64, [u8; 32], Vec<u8>)> = transaction
            .prepare_cached(sql)?
            .query_row(params![part, proved.time], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let mut bucket = match found {
            Some((reports, checksum, share)) => {
                Bucket { reports, checksum, share: HalfSum::from_bytes(&share, length).map_err(damaged)? }
            }
            None => Bucket { reports: 0, checksum: [0; 32], share: HalfSum::zero(length) },
        };
        bucket.reports += 1;
        mix(&mut bucket.checksum, &Sha256::digest(proved.report.0).into());
        bucket.share.add(&proved.share);
        transaction
            .prepare_cached(
                "INSERT INTO buckets (part, time, reports, checksum, share) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET reports = excluded.reports, checksum = excluded.checksum,
                 share = excluded.share",
            )?
            .execute(params![
                part,
                proved.time,
                bucket.reports,
                bucket.checksum,
                bucket.share.to_bytes().map_err(damaged)?
            ])?;
        Ok(())
    }

    /// Adds halves as the helper does, each report once; for each, in the same order, why it was not added.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn add_shares_once(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        length: usize,
        proved: &[ProvedShare],
    ) -> Result<Vec<Option<ReportError>>, StoreError> {
        let mut outcomes = Vec::with_capacity(proved.len());
        for share in proved {
            if Self::is_collected(transaction, part, share.time)? {
                outcomes.push(Some(ReportError::BatchCollected));
                continue;
            }
            let is_new = transaction
                .prepare_cached(
                    "INSERT INTO aggregated (part, id, time) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                )?
                .execute(params![part, share.report.0, share.time])?;
            if is_new == 0 {
                outcomes.push(Some(ReportError::ReportReplayed));
                continue;
            }
            Self::add_share(transaction, part, length, share)?;
            outcomes.push(None);
        }
        Ok(outcomes)
    }

    /// What lies in an interval. In the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn gather(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        length: usize,
        interval: &Interval,
    ) -> Result<Collected, StoreError> {
        let mut all = Collected { reports: 0, checksum: [0; 32], share: HalfSum::zero(length), span: None };
        let mut statement = transaction.prepare_cached(
            "SELECT time, reports, checksum, share FROM buckets WHERE part = ?1 AND time >= ?2 AND time < ?3
             ORDER BY time",
        )?;
        let end = interval.end().unwrap_or(u64::MAX).min(i64::MAX as u64);
        let start = interval.start.min(i64::MAX as u64);
        let rows = statement.query_map(params![part, start, end], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        for row in rows {
            let (time, reports, checksum, share): (u64, u64, [u8; 32], Vec<u8>) = row?;
            all.reports += reports;
            mix(&mut all.checksum, &checksum);
            all.share.merge(&HalfSum::from_bytes(&share, length).map_err(damaged)?);
            let start = all.span.map_or(time, |span| span.start);
            all.span = Some(Interval { start, duration: time + 1 - start });
        }
        Ok(all)
    }

    /// Closes an interval for good: nothing is added to it again, and its buckets are wiped.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn mark_collected(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        interval: &Interval,
        now: u64,
    ) -> Result<(), StoreError> {
        transaction.execute(
            "INSERT INTO collected (part, start, duration, at) VALUES (?1, ?2, ?3, ?4)",
            params![part, interval.start, interval.duration, now],
        )?;
        transaction.execute(
            "DELETE FROM buckets WHERE part = ?1 AND time >= ?2 AND time - ?2 < ?3",
            params![part, interval.start, interval.duration],
        )?;
        Ok(())
    }

    /// Whether a unit of time was collected.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn is_collected(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        time: u64,
    ) -> Result<bool, StoreError> {
        Self::overlaps_collected(transaction, part, &Interval { start: time, duration: 1 })
    }

    /// Whether some of an interval was collected.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub fn overlaps_collected(
        transaction: &Transaction<'_>,
        part: &[u8; 32],
        interval: &Interval,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM collected WHERE part = ?1 AND start < ?3 AND start + duration > ?2";
        let end = interval.end().unwrap_or(u64::MAX).min(i64::MAX as u64);
        let start = interval.start.min(i64::MAX as u64);
        Ok(transaction.prepare_cached(sql)?.exists(params![part, start, end])?)
    }

    /// Forgets the names of reports that are too old to be taken, and answers to leaders that are as old.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub fn forget_shares(&self, part: &[u8; 32], before: u64, answers_before: u64) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .execute("DELETE FROM aggregated WHERE part = ?1 AND time < ?2", params![part, before])?;
            transaction.execute(
                "DELETE FROM uploads WHERE part = ?1 AND time < ?2 AND report IS NULL",
                params![part, before],
            )?;
            transaction.execute(
                "DELETE FROM helper_answers WHERE part = ?1 AND at < ?2",
                params![part, answers_before],
            )?;
            Ok(())
        })
    }
}

fn mix(checksum: &mut [u8; 32], other: &[u8; 32]) {
    checksum.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
}

fn damaged(error: SplitError) -> StoreError {
    StoreError::damaged("half of a sum", error)
}

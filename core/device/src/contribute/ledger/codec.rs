//! The ledger as bytes: versioned, bounded, with a checksum.
//!
//! Little-endian; the checksum is the first 8 bytes of the SHA-256 of all bytes before it.
//!
//! ```text
//! "HBLG" | u16 version | u16 0 | 32 secret | u64 sequence
//! u16 days:  { u16 day, u32 released, u32 told, u16 reports }
//! u16 tasks: { 32 id, u16 length, name, u8 mode, u32 next window, u32 reports, u64 released, u64 told, u32 ends at,
//!              u16 cells: { u16 } }
//! u16 sent:  { 32 task, u64 at, u32 part, u32 window, u32 released, u32 told }
//! 2 × visit: { u8 is there, u64 at, u8 purchased, f32 predicted, 16 × f32 features }
//! 8 checksum
//! ```

use homebody_protocol::mechanism::Secret;
use homebody_protocol::task::{TaskId, checksum};
use homebody_protocol::wire::{Reader, put_count, put_text};

use super::{Day, Ledger, MAX_DAYS, MAX_SENT, MAX_TASKS, MAX_TOLD, Sent, TaskEntry, Witness};
use crate::contribute::visit::VisitNote;

/// The version this crate writes; it reads every version up to this one.
pub const VERSION: u16 = 1;

const MAGIC: [u8; 4] = *b"HBLG";
/// Longest name of a task.
const MAX_NAME_BYTES: usize = 64;

/// Why there is no ledger to go on with. Nothing is sent then; erasing what is stored begins anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The ledger is gone, and there was one.
    #[error(
        "the ledger is gone; what was spent cannot be known, so nothing is sent until everything is erased"
    )]
    Missing,
    /// An older ledger was put back.
    #[error(
        "the ledger ends at debit `{found}`, but `{known}` were made; nothing is sent until everything is erased"
    )]
    RolledBack {
        /// Debits the ledger knows of.
        found: u64,
        /// Debits there were.
        known: u64,
    },
    /// Cut off or changed.
    #[error("the ledger is damaged; nothing is sent until everything is erased")]
    Damaged,
    /// Written by a newer release.
    #[error("ledger version `{0}` is newer than this release reads; nothing is sent until it is updated")]
    Version(u16),
}

impl LedgerError {
    /// Stable code for programs and documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "ledger_missing",
            Self::RolledBack { .. } => "ledger_rolled_back",
            Self::Damaged => "ledger_damaged",
            Self::Version(_) => "ledger_version",
        }
    }
}

impl Ledger {
    /// Opens what is stored: the ledger and, from another place, its witness. With neither, this is a device that never
    /// contributed, and `fresh` becomes its secret (32 bytes of the system's generator of random numbers).
    ///
    /// # Errors
    /// [`LedgerError`]; nothing is to be sent then.
    pub fn open(
        bytes: Option<&[u8]>,
        witness: Option<Witness>,
        fresh: [u8; 32],
    ) -> Result<Self, LedgerError> {
        let known = witness.map_or(0, |Witness(known)| known);
        let Some(bytes) = bytes else {
            return if witness.is_none() { Ok(Self::new(fresh)) } else { Err(LedgerError::Missing) };
        };
        let ledger = Self::decode(bytes)?;
        if ledger.sequence < known {
            return Err(LedgerError::RolledBack { found: ledger.sequence, known });
        }
        Ok(ledger)
    }

    /// The ledger's bytes, to be stored before anything is sent.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(VERSION.to_le_bytes());
        out.extend([0; 2]);
        out.extend(self.secret.bytes());
        out.extend(self.sequence.to_le_bytes());
        put_count(&mut out, self.days.len());
        for day in &self.days {
            out.extend(day.day.to_le_bytes());
            out.extend(day.released.to_le_bytes());
            out.extend(day.told.to_le_bytes());
            out.extend(day.reports.to_le_bytes());
        }
        put_count(&mut out, self.tasks.len());
        self.tasks.iter().for_each(|entry| entry.write(&mut out));
        put_count(&mut out, self.sent.len());
        for sent in &self.sent {
            out.extend(sent.task.0);
            out.extend(sent.at_s.to_le_bytes());
            for number in [sent.part, sent.window, sent.released, sent.told] {
                out.extend(number.to_le_bytes());
            }
        }
        self.visits.write(&mut out);
        let sum = checksum(&out);
        out.extend(sum);
        out
    }

    fn decode(bytes: &[u8]) -> Result<Self, LedgerError> {
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or(LedgerError::Damaged)?;
        if !body.starts_with(&MAGIC) {
            return Err(LedgerError::Damaged);
        }
        let mut input = Reader::new(&body[MAGIC.len()..]);
        let version = input.u16();
        // A newer one may have another checksum.
        if version > VERSION {
            return Err(LedgerError::Version(version));
        }
        let zero = input.u16();
        input.ensure(version > 0 && zero == 0 && checksum(body) == *sum);
        let (secret, sequence) = (Secret::new(input.take()), u64::from_le_bytes(input.take()));
        let days = (0..input.count(MAX_DAYS)).map(|_| Day::read(&mut input)).collect::<Vec<_>>();
        input.ensure(days.windows(2).all(|two| two[0].day < two[1].day));
        let tasks = (0..input.count(MAX_TASKS)).map(|_| TaskEntry::read(&mut input)).collect();
        let sent = (0..input.count(MAX_SENT)).map(|_| Sent::read(&mut input)).collect();
        let visits = VisitNote::read(&mut input);
        if input.is_done() {
            Ok(Self { secret, sequence, days, tasks, sent, visits })
        } else {
            Err(LedgerError::Damaged)
        }
    }
}

impl Day {
    fn read(input: &mut Reader<'_>) -> Self {
        Self { day: input.u16(), released: input.u32(), told: input.u32(), reports: input.u16() }
    }
}

impl Sent {
    fn read(input: &mut Reader<'_>) -> Self {
        let task = TaskId(input.take());
        let at_s = u64::from_le_bytes(input.take());
        Self { task, at_s, part: input.u32(), window: input.u32(), released: input.u32(), told: input.u32() }
    }
}

impl TaskEntry {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.id.0);
        put_text(out, &self.name);
        out.push(self.mode);
        out.extend(self.next_window.to_le_bytes());
        out.extend(self.reports.to_le_bytes());
        out.extend(self.released.to_le_bytes());
        out.extend(self.told.to_le_bytes());
        out.extend(self.ends_at.to_le_bytes());
        put_count(out, self.cells.len());
        self.cells.iter().for_each(|cell| out.extend(cell.to_le_bytes()));
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let entry = Self {
            id: TaskId(input.take()),
            name: input.text(),
            mode: input.u8(),
            next_window: input.u32(),
            reports: input.u32(),
            released: u64::from_le_bytes(input.take()),
            told: u64::from_le_bytes(input.take()),
            ends_at: input.u32(),
            cells: (0..input.count(MAX_TOLD)).map(|_| input.u16()).collect(),
        };
        input.ensure(entry.mode <= 2 && entry.name.len() <= MAX_NAME_BYTES);
        entry
    }
}

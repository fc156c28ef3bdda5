//! Group commit: reports wait for the next transaction, which takes all that came meanwhile, and are acknowledged when
//! it is on disk.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use homebody_protocol::dap;
use homebody_protocol::report::Report;
use homebody_protocol::task::Task;
use tokio::sync::oneshot;

use super::Part;
use crate::store::{Store, StoreError, Taken, Uploaded};

/// Most reports of one transaction: it stays short enough for other writers.
const GROUP: usize = 2_048;

/// A checked report on its way to disk.
#[derive(Debug)]
pub enum Item {
    /// Of a `trusted` or `local` task.
    Plain(Arc<Task>, Report),
    /// Of a `split` task.
    Sealed(Arc<Part>, Box<dap::Report>),
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is on disk.
    Kept,
    /// It was there before; nothing is counted twice.
    Known,
    /// Its batch takes no more.
    Closed,
}

/// Why a report could not be kept; it may come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More waits than is allowed to.
    #[error("more reports wait than can be written")]
    Busy,
    /// The data folder takes nothing.
    #[error("the data folder takes no reports")]
    Store,
}

type Waiting = (Item, oneshot::Sender<Result<Answer, Refused>>);

/// The way to disk, with room for so many.
#[derive(Clone, Debug)]
pub struct Intake {
    sender: SyncSender<Waiting>,
}

impl Intake {
    /// Starts the writer: a thread that ends when the last sender is gone.
    #[must_use]
    pub fn start(store: Arc<Store>, room: usize) -> Self {
        let (sender, receiver) = sync_channel(room.max(1));
        std::thread::spawn(move || write_groups(&store, &receiver));
        Self { sender }
    }

    /// Waits until the report is on disk.
    ///
    /// # Errors
    /// [`Refused`]; nothing was kept, or it cannot be said: a report that comes again is counted once.
    pub async fn take(&self, item: Item) -> Result<Answer, Refused> {
        let (sender, receiver) = oneshot::channel();
        self.sender.try_send((item, sender)).map_err(|error| match error {
            TrySendError::Full(_) => Refused::Busy,
            TrySendError::Disconnected(_) => Refused::Store,
        })?;
        receiver.await.unwrap_or(Err(Refused::Store))
    }
}

fn write_groups(store: &Store, receiver: &Receiver<Waiting>) {
    let mut is_stuck = false;
    while let Ok(first) = receiver.recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            let Ok(next) = receiver.try_recv() else { break };
            group.push(next);
        }
        let written = write_group(store, &group);
        if let (Err(error), false) = (&written, is_stuck) {
            tracing::error!(code = error.code(), "reports are refused: {error}");
        }
        is_stuck = written.is_err();
        let answers = written.map_or_else(
            |_| vec![Err(Refused::Store); group.len()],
            |answers| answers.into_iter().map(Ok).collect(),
        );
        for ((_, sender), answer) in group.into_iter().zip(answers) {
            // Whoever does not wait any more comes again.
            let _gone = sender.send(answer);
        }
    }
}

/// Plain and sealed reports in a transaction each; a failure of the second leaves the first on disk, whose senders come
/// again and find them known.
fn write_group(store: &Store, group: &[Waiting]) -> Result<Vec<Answer>, StoreError> {
    let mut plain = Vec::new();
    let mut sealed = Vec::new();
    for (item, _) in group {
        match item {
            Item::Plain(task, report) => plain.push((&**task, report)),
            Item::Sealed(part, report) => sealed.push((part.id, &**report)),
        }
    }
    let plain = if plain.is_empty() { Vec::new() } else { store.take_reports(&plain)? };
    let sealed = if sealed.is_empty() { Vec::new() } else { store.take_uploads(&sealed)? };
    let mut plain = plain.into_iter().map(|taken| match taken {
        Taken::Added => Answer::Kept,
        Taken::Known => Answer::Known,
        Taken::Closed => Answer::Closed,
    });
    let mut sealed = sealed.into_iter().map(|taken| match taken {
        Uploaded::Added => Answer::Kept,
        Uploaded::Known => Answer::Known,
        Uploaded::Collected => Answer::Closed,
    });
    let answer = |(item, _): &Waiting| match item {
        Item::Plain(..) => plain.next(),
        Item::Sealed(..) => sealed.next(),
    };
    Ok(group.iter().filter_map(answer).collect())
}

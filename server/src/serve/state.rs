//! What both planes share.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;

use super::collect::Collecting;
use super::library::{Library, LibraryError};
use super::metrics::Metrics;
use super::notices::Notices;
use super::site::Site;
use super::transparency::{Account, Ready, Sources};
use super::unix_now;
use crate::config::Config;
use crate::consent::{NoticeError, Tally};
use crate::signing::Signer;
use crate::store::{Cell, Store, StoreError};

/// Everything a running server knows; shared by all requests.
#[derive(Debug)]
pub struct ServeState {
    /// The configuration it was started with.
    pub config: Config,
    /// The site's signing key.
    pub signer: Signer,
    /// Counters for operators.
    pub metrics: Metrics,
    pub(crate) site: Site,
    library: ArcSwap<Library>,
    notices: ArcSwap<Notices>,
    account: ArcSwap<Ready>,
    tally: Tally,
    /// Whether what was counted could not be written the last time.
    tally_stuck: AtomicBool,
    /// Whether the newest notice could not be served the last time.
    notices_stuck: AtomicBool,
    /// Whether the store could not be read for the account the last time.
    account_stuck: AtomicBool,
    /// Contributions, once they are taken; never when this server takes none.
    pub(crate) collecting: OnceLock<Collecting>,
    public_key: String,
    draining: AtomicBool,
    /// Held while a publication is loaded, so that an older one never replaces a newer one.
    loading: Mutex<()>,
}

impl ServeState {
    /// A state with nothing published yet.
    #[must_use]
    pub fn new(config: Config, signer: Signer, site: Site) -> Arc<Self> {
        let public_key = signer.public_key_base64();
        let account = ArcSwap::from_pointee(Ready::of_nothing(&config, &public_key));
        Arc::new(Self {
            config,
            signer,
            metrics: Metrics::new(),
            site,
            library: ArcSwap::from_pointee(Library::default()),
            notices: ArcSwap::from_pointee(Notices::default()),
            account,
            tally: Tally::default(),
            tally_stuck: AtomicBool::new(false),
            notices_stuck: AtomicBool::new(false),
            account_stuck: AtomicBool::new(false),
            collecting: OnceLock::new(),
            public_key,
            draining: AtomicBool::new(false),
            loading: Mutex::new(()),
        })
    }

    /// The folder that holds everything.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.config.data_dir.clone()
    }

    /// What is served right now.
    pub(crate) fn library(&self) -> arc_swap::Guard<Arc<Library>> {
        self.library.load()
    }

    /// What visitors are asked right now.
    pub(crate) fn notices(&self) -> arc_swap::Guard<Arc<Notices>> {
        self.notices.load()
    }

    /// Counts one event; it is on disk after the next write.
    pub(crate) fn count(&self, cell: Cell) {
        if !self.tally.add(cell) {
            self.metrics.decisions_dropped.inc();
        }
    }

    /// Writes what was counted. Writes the disk: not for the threads that answer requests.
    ///
    /// # Errors
    /// [`StoreError`], which is also logged when it begins; the counts wait for the next time.
    pub fn write_counts(&self, store: &Store) -> Result<(), StoreError> {
        let written = self.tally.write(store);
        let was_stuck = self.tally_stuck.swap(written.is_err(), Ordering::Relaxed);
        if let (Err(error), false) = (&written, was_stuck) {
            tracing::error!(code = error.code(), "counts of decisions wait in memory: {error}");
        }
        written
    }

    /// Takes over what visitors are asked when it has changed; the rest is as for [`Self::refresh`].
    ///
    /// # Errors
    /// [`NoticeError`], which is also logged when it begins; the old notice stays.
    pub fn refresh_notices(&self, store: &Store) -> Result<(), NoticeError> {
        let _one_at_a_time = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = self.take_over_notices(store);
        let was_stuck = self.notices_stuck.swap(outcome.is_err(), Ordering::Relaxed);
        if let (Err(error), false) = (&outcome, was_stuck) {
            tracing::error!(code = error.code(), "notice is broken, the old one stays: {error}");
        }
        outcome
    }

    /// What anybody may know right now.
    pub(crate) fn account(&self) -> arc_swap::Guard<Arc<Ready>> {
        self.account.load()
    }

    /// Draws the public account up anew when something it tells of has changed, after publication and notice were looked
    /// at. Reads the disk: not for the threads that answer requests.
    ///
    /// # Errors
    /// [`StoreError`], which is also logged when it begins; the old account stays.
    pub fn refresh_account(&self, store: &Store) -> Result<(), StoreError> {
        let outcome = self.draw_account(store);
        let was_stuck = self.account_stuck.swap(outcome.is_err(), Ordering::Relaxed);
        if let (Err(error), false) = (&outcome, was_stuck) {
            tracing::error!(code = error.code(), "the public account stays as it was: {error}");
        }
        outcome
    }

    fn draw_account(&self, store: &Store) -> Result<(), StoreError> {
        let (library, notices, now) = (self.library.load_full(), self.notices.load_full(), unix_now());
        let stamp = (library.version, notices.seq, Some(store.account_stamp()?));
        if self.account.load().is_current(&stamp, now) {
            return Ok(());
        }
        let sources = Sources {
            config: &self.config,
            public_key: &self.public_key,
            manifest: library.content.as_ref(),
            blob: &|sha256| library.bytes(sha256),
            notice: notices.current().map(|served| &served.notice.config),
            now,
        };
        let account = Account::draw(&sources, store)?;
        self.account.store(Arc::new(Ready::of(&account, stamp, now)));
        Ok(())
    }

    /// The key that browsers verify with, base64.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// Version that is served right now; none before the first publication.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.library().version
    }

    /// Whether traffic should come here: something is published and the server is not shutting down.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.draining.load(Ordering::Relaxed) && self.version().is_some()
    }

    /// Whether the server is shutting down.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Answers "not ready" from now on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.metrics.ready.set(0);
    }

    /// Takes over the newest publication of the store if it is not the served one. Reads the disk: not for the
    /// threads that answer requests. When it cannot be served, the old one stays.
    ///
    /// # Errors
    /// [`LibraryError`], which is also logged and counted.
    pub fn refresh(&self, store: &Store) -> Result<(), LibraryError> {
        let _one_at_a_time = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = self.take_over(store);
        match &outcome {
            Ok(changed) => {
                self.metrics.publication_broken.set(0);
                self.metrics.ready.set(i64::from(self.is_ready()));
                if *changed {
                    tracing::info!(version = self.version(), "publication is served");
                }
            }
            Err(error) => {
                // Logged when it breaks, not every second after.
                if self.metrics.publication_broken.set(1) == 0 {
                    self.metrics.publication_failures.inc();
                    let served = self.version();
                    tracing::error!(
                        code = error.code(),
                        served,
                        "publication is broken, the old one stays: {error}"
                    );
                }
            }
        }
        outcome.map(|_| ())
    }

    fn take_over_notices(&self, store: &Store) -> Result<(), NoticeError> {
        let served = self.notices.load_full();
        if store.notice_seq()? != served.seq {
            self.notices.store(Arc::new(Notices::load(store, &served)?));
            tracing::info!("notice is served");
        }
        Ok(())
    }

    fn take_over(&self, store: &Store) -> Result<bool, LibraryError> {
        let served = self.library.load_full();
        let (found, known) = (store.current_version()?, served.version);
        if found == known {
            return Ok(false);
        }
        if found < known {
            let (found, served) = (found.unwrap_or(0), known.unwrap_or(0));
            return Err(LibraryError::Older { found, served });
        }
        let library = Library::load(store, &self.public_key, &served)?;
        self.metrics.publication_version.set(i64::try_from(library.version.unwrap_or(0)).unwrap_or(i64::MAX));
        self.library.store(Arc::new(library));
        Ok(true)
    }
}

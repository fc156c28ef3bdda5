//! What both planes share.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::library::{Library, LibraryError};
use super::metrics::Metrics;
use super::site::Site;
use crate::config::Config;
use crate::signing::Signer;
use crate::store::Store;

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
        Arc::new(Self {
            config,
            signer,
            metrics: Metrics::new(),
            site,
            library: ArcSwap::from_pointee(Library::default()),
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

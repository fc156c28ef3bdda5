//! The running server: two listeners over one state.
//!
//! - The *data plane* (public) answers from memory what is the same for everybody, and counts decisions.
//! - The *API plane* (private, loopback by default) imports, publishes and reports.

mod api;
mod asset;
mod audience;
mod auth;
mod collect;
mod compress;
mod consent;
mod contents;
mod dap;
mod data;
mod document;
mod encoding;
mod experiments;
mod gpc;
pub mod library;
mod listener;
mod metrics;
mod notices;
mod per_address;
pub mod problem;
mod quality;
mod rates;
mod region;
pub mod routes;
mod signals;
mod site;
mod stack;
mod stall;
mod state;
mod transparency;
mod watcher;

pub(crate) use api::unix_now;
pub use asset::{Asset, Encodings};
pub use encoding::{Accepted, Encoding};
pub use metrics::{Metrics, Plane, PlaneMetrics};
pub use routes::{admin_app, app};
pub use site::{Site, SiteError};
pub use state::ServeState;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::listener::Listener;
use crate::cli::train::options;
use crate::collect::CollectError;
use crate::config::Config;
use crate::signing::{Signer, SigningError};
use crate::store::{Store, StoreError};
use crate::train::{self, Outcome, TrainError};

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error("cannot listen on `{address}`: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The runtime cannot be built.
    #[error("cannot start the runtime: {0}")]
    Runtime(io::Error),
    /// The data folder cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signing key cannot be had.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The static files cannot be read.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// Contributions cannot be taken.
    #[error(transparent)]
    Collect(#[from] CollectError),
}

impl ServeError {
    /// Stable code for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bind { source, .. } if source.kind() == io::ErrorKind::AddrInUse => "address_in_use",
            Self::Bind { .. } => "cannot_listen",
            Self::Runtime(_) => "runtime",
            Self::Store(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::Site(_) => "www_unreadable",
            Self::Collect(error) => error.code(),
        }
    }
}

/// Where the server listens, with the ports the system chose when 0 was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// Public side.
    pub data: SocketAddr,
    /// Private side.
    pub admin: SocketAddr,
}

/// Serves until SIGTERM or SIGINT. `listening` is called once both addresses are open.
///
/// # Errors
/// [`ServeError`] when it cannot start. A broken publication is no reason: it is logged, and served when repaired.
pub fn run(
    config: Config,
    signing_key: Option<&str>,
    listening: impl FnOnce(Addresses),
) -> Result<(), ServeError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Runtime)?;
    runtime.block_on(async {
        let stop = signals::stop_requested().map_err(ServeError::Runtime)?;
        run_until(config, signing_key, listening, stop).await
    })
}

/// Serves until `stop`; the rest is as for [`run`].
///
/// # Errors
/// As for [`run`].
pub async fn run_until(
    config: Config,
    signing_key: Option<&str>,
    listening: impl FnOnce(Addresses),
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let store = Store::open(&config.data_dir)?;
    let state = open_state(config, signing_key)?;
    // Loaded before the ports open, so that the first visitor finds it; a broken one is logged there.
    let _logged = state.refresh(&store);
    let _logged = state.refresh_notices(&store);
    let _logged = state.refresh_account(&store);
    let store = Arc::new(store);
    let jobs = collect::start(&state)?;
    let learner = learn(&state, &store);
    let data = bind(Plane::Data, &state).await?;
    let admin = bind(Plane::Admin, &state).await?;
    let watcher = tokio::spawn(watcher::watch(Arc::clone(&state), Arc::clone(&store)));
    let writer = tokio::spawn(watcher::write_counts(Arc::clone(&state), Arc::clone(&store)));
    let addresses = Addresses { data: address(&data, &state)?, admin: address(&admin, &state)? };
    tracing::info!(data = %addresses.data, admin = %addresses.admin, files = state.site.len(), "listening");
    listening(addresses);

    let (close_data, data_closes) = watch::channel(false);
    let (close_admin, admin_closes) = watch::channel(false);
    let data = tokio::spawn(data.run(closed(data_closes)));
    let admin = tokio::spawn(admin.run(closed(admin_closes)));
    stop.await;
    state.drain();
    tracing::info!("shutting down: not ready, running requests finish");
    tokio::time::sleep(Duration::from_millis(state.config.limits.drain_delay_ms)).await;
    // The private side goes last: it is where load balancers read that we are not ready.
    let _receiver_alive = close_data.send(true);
    let cut = data.await.unwrap_or_default();
    let _receiver_alive = close_admin.send(true);
    let cut = cut + admin.await.unwrap_or_default();
    watcher.abort();
    writer.abort();
    jobs.abort();
    learner.abort();
    // What was counted since the last write; nobody is left to count more.
    watcher::write_once(&state, &store).await;
    tracing::info!(cut_connections = cut, "stopped");
    Ok(())
}

/// What anybody may know, as files of an exported site: their names in its folder, and what is in them.
///
/// # Errors
/// [`LibraryError`](library::LibraryError) when what is published is damaged, or cannot be read.
pub fn account_files(
    store: &Store,
    config: &Config,
    public_key: &str,
) -> Result<[(&'static str, String); 2], library::LibraryError> {
    transparency::files(store, config, public_key, unix_now())
}

/// Learns from contributions, where the configuration says so.
fn learn(state: &Arc<ServeState>, store: &Arc<Store>) -> JoinHandle<()> {
    if !state.config.train.enabled {
        return tokio::spawn(async {});
    }
    let every = Duration::from_millis(state.config.train.interval_ms);
    let (state, store) = (Arc::clone(state), Arc::clone(store));
    let told = Mutex::new(train::Told::default());
    tokio::spawn(train::work(every, move || {
        let now = unix_now();
        let options = options(&state.config, now);
        let outcome = train::round(&store, &state.signer, &options, now, &mut |unreleased| {
            state.metrics.learning.unreleased.set(i64::try_from(unreleased.len()).unwrap_or(i64::MAX));
            told.lock().unwrap_or_else(PoisonError::into_inner).tell(unreleased);
        });
        count_learning(&state.metrics, &outcome);
        let is_alarm = train::Drift::latest(&store)?.is_some_and(|drift| drift.is_alarm);
        state.metrics.drift_alarm.set(is_alarm.into());
        let is_low = train::Clicks::latest(&store)?.is_some_and(|clicks| clicks.is_alarm);
        state.metrics.click_through_alarm.set(is_low.into());
        let is_alarm = train::Narrowing::latest(&store)?.is_some_and(|looked| looked.is_alarm());
        state.metrics.narrowing_alarm.set(is_alarm.into());
        outcome
    }))
}

fn count_learning(metrics: &Metrics, outcome: &Result<Outcome, TrainError>) {
    match outcome {
        Ok(Outcome::Promoted { .. }) => metrics.learning.promoted.inc(),
        Ok(Outcome::Rejected { .. }) => metrics.learning.rejected.inc(),
        Ok(Outcome::TakenBack { .. }) => metrics.learning.taken_back.inc(),
        Err(_) => metrics.learning.failures.inc(),
        Ok(_) => return,
    };
}

fn open_state(config: Config, signing_key: Option<&str>) -> Result<Arc<ServeState>, ServeError> {
    let signer = Signer::load_or_create(&config.data_dir, signing_key)?;
    let site = match &config.www {
        Some(folder) => Site::from_folder(folder, &config.content_security_policy)?,
        None => Site::embedded(&config.content_security_policy),
    };
    Ok(ServeState::new(config, signer, site))
}

async fn bind(plane: Plane, state: &Arc<ServeState>) -> Result<Listener, ServeError> {
    let (address, router) = match plane {
        Plane::Data => (state.config.listen, app(Arc::clone(state))),
        Plane::Admin => (state.config.admin.listen, admin_app(Arc::clone(state))),
    };
    let bound = Listener::bind(address, plane, router, Arc::clone(state)).await;
    bound.map_err(|source| ServeError::Bind { address, source })
}

fn address(listener: &Listener, state: &ServeState) -> Result<SocketAddr, ServeError> {
    listener.address().map_err(|source| ServeError::Bind { address: state.config.listen, source })
}

/// Ends when `true` is sent, or when the sender is gone.
async fn closed(mut signal: watch::Receiver<bool>) {
    let _sender_gone = signal.wait_for(|closed| *closed).await;
}

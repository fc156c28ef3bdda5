//! The running server: two listeners over one state.
//!
//! - The *data plane* (public) answers from memory what is the same for everybody.
//! - The *API plane* (private, loopback by default) imports, publishes and reports.

mod api;
mod asset;
mod auth;
mod compress;
mod data;
mod encoding;
pub mod library;
mod listener;
mod metrics;
mod per_address;
pub mod problem;
pub mod routes;
mod signals;
mod site;
mod stack;
mod stall;
mod state;
mod watcher;

pub use asset::{Asset, Encodings};
pub use encoding::{Accepted, Encoding};
pub use metrics::{Metrics, Plane, PlaneMetrics};
pub use routes::{admin_app, app};
pub use site::{Site, SiteError};
pub use state::ServeState;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::listener::Listener;
use crate::config::Config;
use crate::signing::{Signer, SigningError};
use crate::store::{Store, StoreError};

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
    let data = bind(Plane::Data, &state).await?;
    let admin = bind(Plane::Admin, &state).await?;
    let watcher = tokio::spawn(watcher::watch(Arc::clone(&state), store));
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
    tracing::info!(cut_connections = cut, "stopped");
    Ok(())
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

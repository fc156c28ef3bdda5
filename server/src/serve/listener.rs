//! The accept loop: own, because every limit on a connection is set where it is opened.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::http::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service as _;

use super::metrics::{Plane, PlaneMetrics};
use super::per_address::{PerAddress, Ticket};
use super::stall::StallGuard;
use super::state::ServeState;
use crate::config::LimitsConfig;

/// Bytes of a request head; ours have no cookies and fit many times.
const HEAD_BYTES: usize = 16 * 1024;

/// Headers of a request.
const HEADERS: usize = 64;

/// Pause after a failed accept: out of file descriptors, and trying at once would only burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A bound listener with what it answers.
pub(crate) struct Listener {
    tcp: TcpListener,
    router: Router,
    plane: Plane,
    state: Arc<ServeState>,
}

impl Listener {
    pub(crate) async fn bind(
        address: SocketAddr,
        plane: Plane,
        router: Router,
        state: Arc<ServeState>,
    ) -> io::Result<Self> {
        Ok(Self { tcp: TcpListener::bind(address).await?, router, plane, state })
    }

    /// The address, with the port the system chose when 0 was asked for.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Accepts connections until `stop`, then lets running requests finish, at most for `limits.drain_timeout_ms`.
    /// Returns how many connections had to be cut.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) -> usize {
        let limits = &self.state.config.limits;
        let slots = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
        let addresses = PerAddress::new(limits.connections_per_ip);
        let protocol = protocol(limits);
        let graceful = GracefulShutdown::new();
        let mut stop = pin!(stop);
        loop {
            // A slot first: when all are taken, further connections wait in the kernel's queue, unread.
            let slot = tokio::select! {
                slot = Arc::clone(&slots).acquire_owned() => slot,
                () = &mut stop => break,
            };
            let Ok(slot) = slot else { break };
            let accepted = tokio::select! {
                accepted = self.tcp.accept() => accepted,
                () = &mut stop => break,
            };
            let Some((stream, ticket)) = self.admit(accepted, &addresses).await else { continue };
            let connection = self.connection(&protocol, stream);
            let watched = graceful.watch(connection);
            let state = Arc::clone(&self.state);
            let plane = self.plane;
            tokio::spawn(async move {
                let _held_while_open = (slot, ticket);
                let metrics = state.metrics.plane(plane);
                metrics.connections.inc();
                // A client that goes away, stalls or sends nonsense ends its connection; there is nobody to tell.
                let _ended = watched.await;
                metrics.connections.dec();
            });
        }
        drop(self.tcp);
        drain(graceful, Duration::from_millis(limits.drain_timeout_ms)).await
    }

    async fn admit(
        &self,
        accepted: io::Result<(TcpStream, SocketAddr)>,
        addresses: &PerAddress,
    ) -> Option<(TcpStream, Ticket)> {
        match accepted {
            Ok((stream, peer)) => {
                let ticket = addresses.enter(peer.ip());
                if ticket.is_none() {
                    self.state.metrics.plane(self.plane).refused.inc();
                }
                ticket.map(|ticket| (stream, ticket))
            }
            Err(error) => {
                tracing::warn!("cannot accept a connection: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                None
            }
        }
    }

    fn connection(
        &self,
        protocol: &http1::Builder,
        stream: TcpStream,
    ) -> impl hyper_util::server::graceful::GracefulConnection + Send + use<> {
        // Answers are written whole: waiting for more to fill a packet only delays them.
        let _best_effort = stream.set_nodelay(true);
        let patience = Duration::from_millis(self.state.config.limits.write_timeout_ms);
        let (router, state, plane) = (self.router.clone(), Arc::clone(&self.state), self.plane);
        let service = service_fn(move |request| {
            let state = Arc::clone(&state);
            let answer = answer(router.clone(), request);
            async move {
                let response = answer.await?;
                count(state.metrics.plane(plane), &response);
                Ok::<_, Infallible>(response)
            }
        });
        protocol.serve_connection(TokioIo::new(StallGuard::new(stream, patience)), service)
    }
}

fn answer(
    mut router: Router,
    request: hyper::Request<Incoming>,
) -> impl Future<Output = Result<Response<Body>, Infallible>> {
    router.call(request)
}

/// The data plane's whole middleware: two additions.
fn count(metrics: &PlaneMetrics, response: &Response<Body>) {
    metrics.answered(response.status(), response.body().size_hint().lower());
}

fn protocol(limits: &LimitsConfig) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // Without a timer hyper's timeout is inert and a silent connection stays open for ever.
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.header_timeout_ms))
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES)
        .half_close(false);
    builder
}

async fn drain(graceful: GracefulShutdown, deadline: Duration) -> usize {
    let (left, shutdown) = (graceful.count(), graceful.shutdown());
    match tokio::time::timeout(deadline, shutdown).await {
        Ok(()) => 0,
        Err(_elapsed) => left,
    }
}

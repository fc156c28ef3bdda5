//! Counters for operators. No label ever depends on who asks or what they look at.

use std::sync::atomic::AtomicU64;

use axum::http::StatusCode;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// The two listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Plane {
    /// Public: manifest, blobs, static files.
    Data,
    /// Private: imports, publications, health.
    Admin,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    plane: Plane,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PlaneLabels {
    plane: Plane,
}

const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// All metrics of a server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    data: PlaneMetrics,
    admin: PlaneMetrics,
    /// Version that is served; 0 before the first publication.
    pub publication_version: Gauge,
    /// 1 while the newest publication in the store cannot be served.
    pub publication_broken: Gauge,
    /// Publications that could not be loaded.
    pub publication_failures: Counter,
    /// 1 while ready for traffic.
    pub ready: Gauge,
    /// Decisions that were not counted because too much waits to be written.
    pub decisions_dropped: Counter,
    /// 1 while visitors are not those the model was made of.
    pub drift_alarm: Gauge,
    /// 1 while too few visitors open something.
    pub click_through_alarm: Gauge,
    /// 1 while lists are an echo chamber for visitors on the whole.
    pub narrowing_alarm: Gauge,
    /// Models by what became of them.
    pub learning: LearningMetrics,
}

/// What the loop of learning did since the process began.
#[derive(Debug, Default)]
pub struct LearningMetrics {
    /// Steps that failed; the next one tries again.
    pub failures: Counter,
    /// Models that devices chose.
    pub promoted: Counter,
    /// Models that devices did not choose.
    pub rejected: Counter,
    /// Models that turned out worse after they were published.
    pub taken_back: Counter,
    /// Sums that are due and cannot be released.
    pub unreleased: Gauge,
}

/// Metrics of one listener, resolved once: counting is one atomic addition.
#[derive(Debug)]
pub struct PlaneMetrics {
    answers: [Counter; 5],
    /// Bytes of bodies handed to the network.
    pub body_bytes: Counter<u64, AtomicU64>,
    /// Open connections.
    pub connections: Gauge,
    /// Connections closed at once because their address had too many.
    pub refused: Counter,
}

impl Metrics {
    /// Registers everything.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("homebody");
        registry.register("build", "Release", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let answers = Family::<AnswerLabels, Counter>::default();
        let bytes = Family::<PlaneLabels, Counter>::default();
        let connections = Family::<PlaneLabels, Gauge>::default();
        let refused = Family::<PlaneLabels, Counter>::default();
        let plane = |plane| PlaneMetrics {
            answers: STATUS_CLASSES
                .map(|status| answers.get_or_create_owned(&AnswerLabels { plane, status })),
            body_bytes: bytes.get_or_create_owned(&PlaneLabels { plane }),
            connections: connections.get_or_create_owned(&PlaneLabels { plane }),
            refused: refused.get_or_create_owned(&PlaneLabels { plane }),
        };
        let (data, admin) = (plane(Plane::Data), plane(Plane::Admin));
        registry.register("answers", "Answers by listener and class of status", answers);
        registry.register("body_bytes", "Bytes of bodies answered", bytes);
        registry.register("connections", "Open connections", connections);
        registry.register("connections_refused", "Connections over the limit of their address", refused);
        let mut metrics = Self {
            registry,
            data,
            admin,
            publication_version: Gauge::default(),
            publication_broken: Gauge::default(),
            publication_failures: Counter::default(),
            ready: Gauge::default(),
            decisions_dropped: Counter::default(),
            drift_alarm: Gauge::default(),
            click_through_alarm: Gauge::default(),
            narrowing_alarm: Gauge::default(),
            learning: LearningMetrics::default(),
        };
        metrics.register_publication();
        metrics.register_learning();
        metrics
    }

    /// Metrics of one listener.
    #[must_use]
    pub fn plane(&self, plane: Plane) -> &PlaneMetrics {
        match plane {
            Plane::Data => &self.data,
            Plane::Admin => &self.admin,
        }
    }

    /// The OpenMetrics text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _infallible = encode(&mut text, &self.registry);
        text
    }

    fn register_publication(&mut self) {
        let registry = &mut self.registry;
        let (version, broken) = (self.publication_version.clone(), self.publication_broken.clone());
        registry.register("publication_version", "Version that is served, 0 before the first", version);
        registry.register("publication_broken", "1 while the newest publication cannot be served", broken);
        let failures = self.publication_failures.clone();
        registry.register("publication_failures", "Publications that could not be loaded", failures);
        registry.register("ready", "1 while ready for traffic", self.ready.clone());
        let dropped = self.decisions_dropped.clone();
        registry.register(
            "decisions_dropped",
            "Decisions not counted: too much waits to be written",
            dropped,
        );
    }
}

impl Metrics {
    fn register_learning(&mut self) {
        let registry = &mut self.registry;
        let alarm = self.drift_alarm.clone();
        registry.register("drift_alarm", "1 while visitors are not those the model was made of", alarm);
        let low = self.click_through_alarm.clone();
        registry.register("click_through_alarm", "1 while too few visitors open something", low);
        let alarm = self.narrowing_alarm.clone();
        registry.register(
            "narrowing_alarm",
            "1 while lists are an echo chamber for visitors on the whole",
            alarm,
        );
        let LearningMetrics { failures, promoted, rejected, taken_back, unreleased } = &self.learning;
        registry.register("unreleased_sums", "Sums that are due and cannot be released", unreleased.clone());
        registry.register("train_failures", "Steps of learning that failed", failures.clone());
        registry.register("models_promoted", "Models that devices chose", promoted.clone());
        registry.register("models_rejected", "Models that devices did not choose", rejected.clone());
        registry.register(
            "models_taken_back",
            "Models that turned out worse once published",
            taken_back.clone(),
        );
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl PlaneMetrics {
    /// Counts one answer.
    pub fn answered(&self, status: StatusCode, body_bytes: u64) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.answers[class].inc();
        self.body_bytes.inc_by(body_bytes);
    }
}

//! Log lines on standard error: what happened to the server, never who asked.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{LogConfig, LogFormat, LogLevel};

/// Starts logging. A second call in one process changes nothing.
pub fn start(log: &LogConfig) {
    let level = level(log.level);
    // Dependencies may log peer addresses at debug level: only our own lines are written.
    let targets = Targets::new().with_target("homebody_server", level).with_default(LevelFilter::ERROR);
    let registry = tracing_subscriber::registry();
    let _already_started = match log.format {
        LogFormat::Json => registry.with(json_layer().with_filter(targets)).try_init(),
        LogFormat::Text => registry.with(text_layer().with_filter(targets)).try_init(),
    };
}

fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    }
}

fn json_layer<S>() -> impl tracing_subscriber::Layer<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(io::stderr)
}

fn text_layer<S>() -> impl tracing_subscriber::Layer<S>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let colour = io::IsTerminal::is_terminal(&io::stderr());
    tracing_subscriber::fmt::layer().compact().with_target(false).with_ansi(colour).with_writer(io::stderr)
}

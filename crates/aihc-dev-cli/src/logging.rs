//! The log on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::options::LogLevel;
use crate::terminal::takes_escapes;

/// Crates whose logs are known to contain no secrets. The crates on which these depend may log the
/// data that is sent.
const OURS: [&str; 6] = [
    "aihc",
    "aihc_dev",
    "aihc_emulator",
    "bce_auth",
    "bce_http",
    "bce_sts",
];

/// Starts logging the events of our crates that have at least this level. If `level` is `None`,
/// logs errors and warnings, except for those about failed or slow calls and attempts.
pub(crate) fn start(level: Option<LogLevel>) {
    let is_default = level.is_none();
    let level = match level.unwrap_or(LogLevel::Warn) {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && !plain && takes_escapes());
    tracing_subscriber::registry()
        .with(lines)
        .with(Targets::new().with_targets(OURS.map(|name| (name, level))))
        // Failed attempts and slow responses do not matter if the call succeeds in the end. If it
        // fails, its error contains the reason and the number of attempts.
        .with(filter_fn(move |record| {
            let fields = record.fields();
            let is_about_attempt = record.target().starts_with("bce_http")
                && (fields.field("error").is_some() || fields.field("elapsed_ms").is_some());
            !(is_default && is_about_attempt)
        }))
        .init();
}

//! Logs, on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::options::LogLevel;
use crate::terminal::takes_escapes;

/// Crates whose logs are known to hold no secrets. Those below them may log what they send.
const OURS: [&str; 6] = [
    "aihc",
    "aihc_dev",
    "aihc_emulator",
    "bce_auth",
    "bce_http",
    "bce_sts",
];

/// Logs what our crates say, from this level on.
pub(crate) fn start(level: LogLevel) {
    let level = match level {
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
        .init();
}

//! Tests of logging within one process and by several processes.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "helpers of tests may fail the test, and scenes write to standard output"
)]

mod common;
mod disk;
mod env;
mod files;
mod format;
mod loggers;
#[cfg(unix)]
mod planted;
mod processes;
mod stress;
mod thresholds;

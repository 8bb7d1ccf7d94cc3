//! What is logged within one process.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod disk;
mod env;
mod files;
mod format;
mod loggers;
#[cfg(unix)]
mod planted;
mod stress;
mod thresholds;

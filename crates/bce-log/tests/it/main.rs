//! What is logged within one process.

#![allow(clippy::unwrap_used)]

mod common;
mod disk;
mod env;
mod files;
mod format;
mod loggers;
mod stress;
mod thresholds;

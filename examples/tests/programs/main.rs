//! The small programs as people run them: processes, their output and their exit codes.

#![allow(clippy::unwrap_used)]

mod common;
mod credentials;
mod everyday;
mod logging;

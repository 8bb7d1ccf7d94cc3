//! Tests of the small programs as processes, with their output and exit codes.

mod common;
mod credentials;
mod everyday;
mod logging;

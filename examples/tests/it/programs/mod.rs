//! Tests of the small programs as processes, with their output and their exit codes.

mod common;
mod credentials;
mod everyday;
mod logging;

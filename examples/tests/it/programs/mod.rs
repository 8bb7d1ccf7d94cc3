//! The small programs: processes, their output and their exit codes.

mod common;
mod credentials;
mod everyday;
mod logging;

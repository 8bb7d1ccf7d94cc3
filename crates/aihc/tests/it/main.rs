//! Tests of the public API of the client.
//!
//! A `conflict` in the file `xtask/spec/aihc.json` is a place where the official sources of the API
//! disagree. If a test concerns a conflict, its name begins with that of the conflict:
//! `job_nesting_…` for `job-nesting`.

// Helpers outside of `#[test]` functions are test code as well.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod datasets;
mod follow;
mod headers;
mod jobs;
mod pages;
mod pools;
mod secrets;
mod services;
mod waits;

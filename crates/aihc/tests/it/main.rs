//! Tests of the public API of the client. Some tests concern a `conflict` in
//! `xtask/spec/aihc.json`, a place where the official sources of the API disagree. The name of such
//! a test begins with the name of the conflict: `job_nesting_…` for `job-nesting`.

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

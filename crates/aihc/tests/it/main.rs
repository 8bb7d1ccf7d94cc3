//! Tests of the client from outside. Where the sources of the API disagree (`conflict` in
//! `xtask/spec/aihc.json`), a test has the name of the place: `job_nesting_…` for `job-nesting`.

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

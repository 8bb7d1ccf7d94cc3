//! Tests of the client from outside. Where the sources of the API disagree (`conflict` in
//! `xtask/spec/aihc.json`), a test has the name of the place: `job_nesting_…` for `job-nesting`.

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

//! Tests of the tasks as people run them: a release of a small workspace, and crates generated from
//! API descriptions.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod examples;
mod hostile;
mod metadata;
mod packages;
mod readme;
mod release;
mod third_service;

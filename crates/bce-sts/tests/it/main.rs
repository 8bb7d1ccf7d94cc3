//! Tests of the public API of the crate.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

mod decode;
mod endpoint;
mod provider;
mod wire;

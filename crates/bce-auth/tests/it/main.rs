//! Tests of the public API of the crate.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests may fail the test"
)]

mod cache;
mod common;
mod presign;
#[cfg(feature = "profile")]
mod providers;
mod secrets;
mod sign;
mod signatures;
mod vectors;
mod verify;

//! The credential cache, from outside: a scripted provider, a clock that is set by hand.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests may fail the test"
)]

mod cold;
mod concurrency;
mod failure;
mod invalidate;
mod properties;
mod support;
mod windows;

//! The request stack as a downstream crate sees it.

// Helpers outside of `#[test]` functions are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bounds;
mod calls;
mod common;
mod configuration;
mod layers;
mod retry;
mod skew;
mod traces;
mod transport;

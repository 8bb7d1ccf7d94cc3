//! Tests of the client and its tower layers through the public API, as a downstream crate uses it.

// Helpers outside of `#[test]` functions are also test code.
#![allow(clippy::unwrap_used, clippy::panic)]

mod addresses;
mod bounds;
mod budget;
mod calls;
mod common;
mod configuration;
mod connect_timeout;
mod dead_connections;
mod doubts;
mod lasting;
mod layers;
mod long_answers;
mod looks;
mod nested;
mod openssl;
mod pager;
mod pool;
mod proxy;
mod quoted_secrets;
mod raw;
mod renewal;
mod retry;
mod runtimes;
mod skew;
mod starvation;
mod tls;
mod traces;
mod transport;
mod waits;
mod words;

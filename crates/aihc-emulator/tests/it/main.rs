//! Tests of the program, and of an emulator that is called over TCP and whose clock the tests set.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests may fail the test"
)]

mod access;
#[cfg(feature = "cli")]
mod binary;
mod catalog;
mod client;
mod contract;
mod control;
mod described;
mod events;
mod everywhere;
mod faults;
mod http;
mod image_pack;
mod job_reads;
mod jobs;
mod life;
mod lists;
mod official_calls;
mod official_requests;
mod pools;
mod profiles;
mod requests;
mod robust;
mod server;
mod services;
mod signatures;
mod sts;

//! Tests of the quickstart and the small programs, as users run them.

#![allow(clippy::unwrap_used)]

mod programs;
mod quickstart;

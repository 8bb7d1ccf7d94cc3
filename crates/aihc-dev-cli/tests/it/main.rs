//! Tests of the command-line tool as users run it: as a process, with an emulator. They check its
//! output and its exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod apply;
mod arguments;
mod completed_values;
mod completion;
mod contexts;
mod contract;
mod copies;
mod create;
mod credentials;
mod doctor;
mod edit;
mod emulator;
mod events;
mod failures;
mod golden;
mod help;
mod holes;
mod installing;
mod interrupt;
mod jobs;
mod language;
mod leaks;
mod life;
mod list;
mod manual;
mod names;
mod output;
mod pack;
mod places;
mod profiles;
mod questions;
mod restart;
mod results;
mod scalars;
mod services;
mod show;
mod ssh;
mod support;
mod terminal;
mod texts;
mod update;
mod waits;
mod watch;

#![doc = include_str!("../README.md")]

mod app;
mod auth;
mod builder;
mod delays;
mod emulator;
mod error;
mod generated;
mod handle;
mod handler;
mod journal;
mod operation;
mod query;
mod random;
mod response;
mod server;
mod state;
mod validate;

pub use self::builder::{Builder, StartError};
pub use self::delays::Delays;
pub use self::emulator::Emulator;
pub use self::handle::{Failure, Handle, ImagePackJobSnapshot, InstanceSnapshot, SessionSnapshot};
pub use self::journal::RequestRecord;

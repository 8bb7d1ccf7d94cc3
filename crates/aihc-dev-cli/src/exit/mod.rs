//! How a command ends: exit codes, failures and their messages, signals.

mod code;
mod failure;
pub(crate) mod hint;
mod report;
pub(crate) mod signal;

pub(crate) use self::code::Exit;
pub(crate) use self::failure::Failure;
pub(crate) use self::signal::{Signal, Signals};

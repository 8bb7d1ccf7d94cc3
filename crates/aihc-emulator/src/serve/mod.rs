//! HTTP: connections, requests, answers.

mod body;
mod handler;
mod limits;
mod response;
mod server;
mod stall;

pub(crate) use self::body::Body;
pub(crate) use self::handler::{read, run_aside};
pub use self::limits::Limits;
pub(crate) use self::response::{iso8601, json};
pub(crate) use self::server::{Closed, Server, Service};

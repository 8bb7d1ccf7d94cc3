//! HTTP: connections, requests and responses.

mod body;
mod handler;
mod limits;
mod response;
mod server;
mod stall;

pub(crate) use self::body::{Body, Closed};
pub(crate) use self::handler::{read, run_aside};
pub use self::limits::Limits;
pub(crate) use self::response::json;
pub(crate) use self::server::{Server, Service};

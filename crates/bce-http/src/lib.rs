#![doc = include_str!("../README.md")]
//!
//! # The three parts of this crate
//!
//! Applications use the root of the crate, mostly through their client crate:
//!
//! | topic | see |
//! |---|---|
//! | configuration and its defaults | [`ClientBuilder`], [`connect`] |
//! | errors, and whether a call may be repeated | [`Error`], [`Idempotency`], [`retry`] |
//! | lists that are read page by page | [`pager`] |
//! | waiting for a state | [`wait`] |
//! | many concurrent calls | [`Pace`] |
//! | tests without a network | [`from_service`] |
//!
//! [`layer`] contains the tower layers, their order, and the transport. Use it to write layers
//! around calls or attempts, or to use one of these layers around a service of your own.
//!
//! [`rt`] is the runtime of generated code, and not meant for applications.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod codec;
pub mod connect;
mod context;
mod endpoint;
mod error;
mod few;
mod headers;
mod json;
pub mod layer;
mod limit;
mod mask;
mod message;
pub mod pager;
pub mod retry;
pub mod rt;
mod service;
mod timestamp;
mod transport;
mod uuid;
pub mod wait;

pub use self::client::{Client, ClientBuilder, from_service};
pub use self::endpoint::Endpoint;
pub use self::error::{BoxError, Error, ErrorKind, ServiceError};
pub use self::json::{Json, JsonError};
pub use self::message::{Body, JsonReply, Reply};
pub use self::retry::{Pace, RetryBudget, RetryPolicy};
pub use self::service::Idempotency;
pub use self::timestamp::{Timestamp, TimestampError};

#![doc = include_str!("../README.md")]
//!
//! # Three rooms
//!
//! Applications use what stands at the root of the crate, most of it through their client crate:
//!
//! | for | see |
//! |---|---|
//! | configuration and its defaults | [`ClientBuilder`], [`connect`] |
//! | errors, and whether a call may be repeated | [`Error`], [`Idempotency`], [`retry`] |
//! | lists that are read page by page | [`pager`] |
//! | waiting for a state | [`wait`] |
//! | many calls at once | [`Pace`] |
//! | tests without a network | [`from_service`] |
//!
//! [`layer`] has the tower layers, the order they are in, and the transport: for layers of one's own around
//! calls or attempts, and for one of ours around a service of one's own.
//!
//! [`rt`] is what generated code is made of. Not for applications.

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

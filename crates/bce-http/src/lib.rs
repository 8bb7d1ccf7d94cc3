#![doc = include_str!("../README.md")]
//!
//! # Where to find what
//!
//! | for | see |
//! |---|---|
//! | configuration and its defaults | [`ClientBuilder`] |
//! | the way of a request through the layers | [`layer`] |
//! | lists that are read page by page | [`pager`] |
//! | many calls at once | [`map_concurrent`], [`Pace`] |
//! | errors, and whether a call may be repeated | [`Error`], [`Idempotency`], [`retry`] |
//! | whether a change was made whose answer was lost | [`SettledBy`] |
//! | what the answers of a service mean | [`Envelope`], [`Operation::answered_with`] |
//! | one layer around a service of your own | [`layer::Sign`] |
//! | tests without a network | [`from_service`] |
//! | what generated models are made of | [`codec`], [`check`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod body;
mod builder;
mod call;
pub mod check;
mod client;
pub mod codec;
mod concurrent;
pub mod connect;
mod current;
mod endpoint;
mod error;
mod http_date;
pub mod layer;
mod mask;
mod operation;
mod pace;
pub mod pager;
mod progress;
mod reply;
pub mod retry;
mod service;
mod settle;
mod stack;
mod timer;
mod timestamp;
mod transport;
mod user_agent;
mod user_layer;
pub mod wait;
mod way;

pub use self::body::Body;
pub use self::builder::{ClientBuilder, from_service};
pub use self::call::Call;
pub use self::client::Client;
pub use self::concurrent::map_concurrent;
pub use self::endpoint::Endpoint;
pub use self::error::{BoxError, Error, ErrorKind, ServiceError, one_line};
pub use self::operation::{CallOptions, Idempotency, Operation};
pub use self::pace::{Pace, Turn};
pub use self::reply::{ApiResponse, Reply};
pub use self::retry::{RetryBudget, RetryPolicy};
pub use self::service::{Envelope, Service, ServiceClient};
pub use self::settle::SettledBy;
pub use self::timestamp::Timestamp;
pub use self::transport::{Transport, TransportConfig};
pub use self::user_layer::{AttemptService, CallService};

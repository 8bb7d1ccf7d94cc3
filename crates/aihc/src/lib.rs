#![doc = include_str!("../README.md")]
//!
//! # Where to find what
//!
//! | for | see |
//! |---|---|
//! | the operations | the methods of [`Client`] |
//! | their optional members, requests and responses | [`pools`], [`queues`], [`datasets`], [`models`], [`jobs`], [`services`] |
//! | configuration and its defaults | [`ClientBuilder`] |
//! | lists of any length | [`pager`] |
//! | logs as they grow | [`Client::follow_job_logs`] |
//! | waiting for a state | [`wait`] |
//! | errors | [`Error`], [`error_code`] |
//! | tests without a network | [`Client::from_service`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod follow;
mod generated;
pub mod wait;

pub use bce_auth::{Credentials, Secret, SigningOptions};
pub use bce_http::connect::{Proxy, Resolver, TlsRoots};
pub use bce_http::pager;
pub use bce_http::retry::{Backoff, ExponentialBackoff};
pub use bce_http::{
    Body, ClientBuilder, Endpoint, Error, ErrorKind, Json, Pace, RetryBudget, RetryPolicy,
    ServiceError, Timestamp, TimestampError,
};

pub use self::follow::FollowedLogs;
pub use self::generated::{
    AcceleratorCard, Client, JobPriority, ParseEnumError, Region, SERVICE, SortOrder, UnknownValue,
    VisibilityScope, datasets, error_code, jobs, models, pools, queues, services, waiter,
};
pub use self::wait::{WaitError, WaitErrorKind};

#![doc = include_str!("../README.md")]
//!
//! # Endpoint
//!
//! The endpoint is `https://sts.bj.baidubce.com` for every region, unless the builder or the
//! environment variable `BCE_STS_ENDPOINT` names another endpoint.
//!
//! Responses contain secrets, so an `http://` URL alone does not enable plain http: see
//! [`ClientBuilder::allow_plain_http`].
//!
//! # Credentials that renew themselves
//!
//! [`SessionTokenProvider`] and [`AssumeRoleProvider`] supply credentials to a client of any
//! service. They ask STS again before a credential expires, or when the service no longer accepts
//! it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod credential;
mod generated;
mod provider;

pub use bce_auth::{Credentials, Secret, SigningOptions};
pub use bce_http::connect::{Proxy, Resolver, TlsRoots};
pub use bce_http::{ClientBuilder, Error, ErrorKind, RetryBudget, RetryPolicy, ServiceError};

pub use self::generated::{Client, SERVICE, error_code, model, operation};
pub use self::provider::{AssumeRoleProvider, SessionTokenProvider, StsProvider};

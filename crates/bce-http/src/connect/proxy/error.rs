//! Why there is no connection through a proxy.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::server::Server;
use crate::connect::resolver::UnknownHostError;
use crate::error::BoxError;

/// A proxy that cannot be reached, or that does not let a connection through.
///
/// `Display` names the proxy (host and port, never its login) and says what it did.
#[derive(Debug)]
pub struct ProxyError {
    proxy: String,
    problem: Problem,
}

#[derive(Debug)]
pub(super) enum Problem {
    Unreachable(BoxError),
    Io(std::io::Error),
    Closed,
    Answered(StatusCode),
    NotHttp,
    Socks(String),
    /// A SOCKS proxy that does not want this login, or that this login may not use.
    SocksRefused(String),
}

impl ProxyError {
    pub(super) fn new(proxy: &Server, problem: Problem) -> Self {
        Self {
            proxy: proxy.to_string(),
            problem,
        }
    }

    /// A proxy that answers a request in the place of the target.
    pub(crate) fn answered(proxy: &Server, status: StatusCode) -> Self {
        Self::new(proxy, Problem::Answered(status))
    }

    /// Whether another attempt would end the same way: the proxy turned this login or this target
    /// away, or there is no proxy of this name.
    pub(crate) fn is_lasting(&self) -> bool {
        match &self.problem {
            Problem::Answered(status) => matches!(status.as_u16(), 401 | 403 | 407),
            Problem::SocksRefused(_) => true,
            Problem::Unreachable(cause) => {
                causes(cause).any(|cause| cause.is::<UnknownHostError>())
            }
            Problem::Io(_) | Problem::Closed | Problem::NotHttp | Problem::Socks(_) => false,
        }
    }

    /// Host and port of the proxy.
    pub fn proxy(&self) -> &str {
        &self.proxy
    }

    /// What the proxy answered, when it answered: 407 means that it wants another login.
    pub fn status(&self) -> Option<StatusCode> {
        match self.problem {
            Problem::Answered(status) => Some(status),
            _ => None,
        }
    }
}

/// The whole text: the cause is part of it, and so is not a `source()`.
impl Error for ProxyError {}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = &self.proxy;
        match &self.problem {
            Problem::Unreachable(cause) => {
                write!(f, "cannot connect to proxy {proxy}: {}", root_cause(cause))
            }
            Problem::Io(cause) => write!(f, "the connection to proxy {proxy} failed: {cause}"),
            Problem::Closed => write!(f, "proxy {proxy} closed the connection"),
            Problem::Answered(status) => write!(f, "proxy {proxy} answered {status}"),
            Problem::NotHttp => write!(f, "proxy {proxy} answered with something that is not HTTP"),
            Problem::Socks(text) | Problem::SocksRefused(text) => {
                write!(f, "no connection through SOCKS proxy {proxy}: {text}")
            }
        }
    }
}

/// The innermost error: the outer ones only say which step it was.
fn root_cause(error: &BoxError) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The error and its sources.
fn causes(error: &BoxError) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = &**error;
    std::iter::successors(Some(first), |&error| error.source())
}

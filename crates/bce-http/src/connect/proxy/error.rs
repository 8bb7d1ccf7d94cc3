//! Why there is no connection through a proxy.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::server::Server;
use super::socks_error::SocksError;
use crate::connect::resolver::UnknownHostError;
use crate::error::BoxError;

/// A proxy that cannot be reached, or that does not let a connection through.
///
/// `Display` names the proxy (host and port, never its login) and says what it did.
#[derive(Debug)]
pub struct ProxyError {
    proxy: String,
    /// Whether it got a login.
    login: bool,
    problem: Problem,
}

#[derive(Debug)]
pub(super) enum Problem {
    Unreachable(BoxError),
    Io(std::io::Error),
    Closed,
    Answered(StatusCode),
    NotHttp,
    /// Bytes of SOCKS.
    NotHttpButSocks,
    /// A page in the place of a tunnel.
    NoTunnel,
    Socks(SocksError),
}

impl From<SocksError> for Problem {
    fn from(error: SocksError) -> Self {
        Self::Socks(error)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

impl ProxyError {
    pub(super) fn new(proxy: &Server, problem: Problem) -> Self {
        Self {
            proxy: proxy.to_string(),
            login: proxy.login().is_some(),
            problem,
        }
    }

    /// Creates a proxy that answers a request in the place of the target.
    pub(crate) fn answered(proxy: &Server, status: StatusCode) -> Self {
        Self::new(proxy, Problem::Answered(status))
    }

    /// Returns whether another attempt would end the same way: the proxy turned this login or this
    /// target away, or there is no proxy of this name.
    pub(crate) fn is_permanent(&self) -> bool {
        match &self.problem {
            Problem::Answered(status) => matches!(status.as_u16(), 401 | 403 | 407),
            Problem::Socks(error) => error.is_permanent(),
            Problem::Unreachable(cause) => {
                causes(cause).any(|cause| cause.is::<UnknownHostError>())
            }
            Problem::Io(_)
            | Problem::Closed
            | Problem::NotHttp
            | Problem::NotHttpButSocks
            | Problem::NoTunnel => false,
        }
    }

    /// Host and port of the proxy.
    pub fn proxy(&self) -> &str {
        &self.proxy
    }

    /// Returns what the proxy answered, when it answered: 407 means that it wants another login.
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
            Problem::Closed => write!(f, "proxy {proxy} closed the connection without an answer"),
            Problem::Answered(status) => {
                write!(f, "proxy {proxy} answered {status}")?;
                match next_step(*status, self.login) {
                    Some(text) => write!(f, ": {text}"),
                    None => Ok(()),
                }
            }
            Problem::NotHttp => write!(
                f,
                "proxy {proxy} answered with something that is not HTTP; check its address and its \
                 port"
            ),
            Problem::NotHttpButSocks => write!(
                f,
                "proxy {proxy} answers in SOCKS; write socks5:// in place of http://"
            ),
            Problem::NoTunnel => write!(
                f,
                "proxy {proxy} answered with a page of its own and not with a tunnel; it may want \
                 a login in a browser, or be no proxy"
            ),
            Problem::Socks(error) => {
                write!(f, "no connection through SOCKS proxy {proxy}: {error}")
            }
        }
    }
}

/// Returns what a response means that a proxy gives in the place of a tunnel, and what to do about
/// it.
fn next_step(status: StatusCode, login: bool) -> Option<&'static str> {
    Some(match status.as_u16() {
        // tinyproxy means the same with 401.
        401 | 407 if login => "it refuses the login; check user and password in its address",
        401 | 407 => "it wants a login; write user:password@ before its host",
        403 => {
            "it does not allow connections to this host and port; ask those who run it, or except \
             the host with NO_PROXY"
        }
        300..=399 => "it leads elsewhere, as to a page for a login in a browser",
        400 | 404 | 405 | 501 => "it does not open tunnels; is it an HTTP proxy?",
        502..=504 => "it could not reach the host",
        _ => return None,
    })
}

/// Returns the innermost error: the outer ones only say which step it was.
fn root_cause(error: &BoxError) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Returns the error and its sources.
fn causes(error: &BoxError) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = &**error;
    std::iter::successors(Some(first), |&error| error.source())
}

//! Errors about connections through a proxy.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use super::server::Server;
use super::socks_error::SocksError;
use crate::connect::resolver::UnknownHostError;
use crate::error::BoxError;

/// The error for a proxy that cannot be reached, that refuses a connection or a request, or that
/// does not behave like a proxy.
///
/// `Display` names the proxy (host and port, never its login) and states what it did.
#[derive(Debug)]
pub struct ProxyError {
    proxy: String,
    /// Whether the address of the proxy contains a login.
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
    /// The proxy responded to an HTTP request in the SOCKS protocol.
    NotHttpButSocks,
    /// The proxy agreed to open a tunnel, but sent data of its own right after that, such as an
    /// HTML page.
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

    /// Creates the error for a proxy that responds to a request itself, in place of the target.
    pub(crate) fn answered(proxy: &Server, status: StatusCode) -> Self {
        Self::new(proxy, Problem::Answered(status))
    }

    /// Returns whether another attempt would end in the same way, for example because the proxy
    /// refused this login or this target, or because the host name of the proxy does not exist.
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

    /// Returns the host and the port of the proxy.
    pub fn proxy(&self) -> &str {
        &self.proxy
    }

    /// Returns the HTTP status with which the proxy refused the connection or the request; `None`
    /// if it failed in another way. 407 means that the proxy requires a login, or refuses the one
    /// that it got.
    pub fn status(&self) -> Option<StatusCode> {
        match self.problem {
            Problem::Answered(status) => Some(status),
            _ => None,
        }
    }
}

/// `Display` includes the cause, so `source()` does not return it as well.
impl Error for ProxyError {}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = &self.proxy;
        match &self.problem {
            Problem::Unreachable(cause) => {
                write!(f, "cannot connect to proxy {proxy}: {}", root_cause(cause))
            }
            Problem::Io(cause) => write!(f, "the connection to proxy {proxy} failed: {cause}"),
            Problem::Closed => write!(f, "proxy {proxy} closed the connection without responding"),
            Problem::Answered(status) => {
                write!(f, "proxy {proxy} responded with {status}")?;
                match next_step(*status, self.login) {
                    Some(text) => write!(f, ": {text}"),
                    None => Ok(()),
                }
            }
            Problem::NotHttp => write!(
                f,
                "proxy {proxy} responded with something other than HTTP; check its address and its \
                 port"
            ),
            Problem::NotHttpButSocks => write!(
                f,
                "proxy {proxy} speaks SOCKS; use socks5:// instead of http://"
            ),
            Problem::NoTunnel => write!(
                f,
                "proxy {proxy} responded with a page instead of opening a tunnel; it may require a \
                 login in a browser, or it may not be a proxy"
            ),
            Problem::Socks(error) => {
                write!(f, "no connection through SOCKS proxy {proxy}: {error}")
            }
        }
    }
}

/// Explains the status of a response that comes from the proxy itself and not from the target, and
/// what to do about it. Returns `None` for a status without an explanation.
fn next_step(status: StatusCode, login: bool) -> Option<&'static str> {
    Some(match status.as_u16() {
        // tinyproxy uses 401 for the same purpose.
        401 | 407 if login => {
            "it refuses the login; check the user and the password in its address"
        }
        401 | 407 => "it requires a login; add user:password@ before its host",
        403 => {
            "it does not allow connections to this host and port; ask its administrator, or \
             exclude the host with NO_PROXY"
        }
        300..=399 => "it redirects, perhaps to a page for logging in with a browser",
        400 | 404 | 405 | 501 => "it does not open tunnels; is it an HTTP proxy?",
        502..=504 => "it could not reach the host",
        _ => return None,
    })
}

/// Returns the message of the innermost error, because the outer errors only name the step that
/// failed.
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

//! Proxies: the choice of a proxy for a request, and its use.

mod bypass;
mod connector;
mod environment;
mod error;
mod server;
mod socks;
mod socks_error;
mod stream;
mod tunnel;

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use http::uri::Scheme;
use http::{HeaderValue, Uri};

pub use self::connector::ProxyConnector;
use self::environment::Environment;
pub use self::error::ProxyError;
use self::server::Server;
pub use self::stream::ProxyStream;
use crate::error::Error;
use crate::mask::ProxyLogin;

/// The proxy that requests are sent through. The target and the scheme of the proxy's address
/// determine what the proxy sees:
///
/// | target | through `http://` | through `socks5://` |
/// |---|---|---|
/// | https | `CONNECT`: the proxy sees only host and port | the proxy sees only host and port |
/// | http | the proxy gets the whole request and forwards it | the proxy sees host and port, and the data that is sent |
///
/// With `socks5://` and `socks5h://` alike, the proxy resolves host names. A proxy that is itself
/// reached over TLS (`https://`) is refused. `Debug` does not show the login of a proxy, and error
/// messages mask it.
///
/// ```
/// use bce_http::connect::Proxy;
///
/// let proxy = Proxy::url("http://user:p%40ss@proxy.corp:3128")?;
/// assert_eq!(format!("{proxy:?}"), "Proxy(http://***@proxy.corp:3128)");
/// # Ok::<(), bce_http::Error>(())
/// ```
#[derive(Clone)]
pub struct Proxy(Rules);

#[derive(Clone)]
enum Rules {
    Direct,
    Always(Arc<Server>),
    Environment(Arc<Environment>),
}

impl Proxy {
    /// Returns the setting that uses the proxies configured in the environment. This is the
    /// default. The variables are read once, by this function.
    ///
    /// `HTTPS_PROXY` applies to https targets and `HTTP_PROXY` to http targets; if the variable for
    /// a target is unset, `ALL_PROXY` applies. Lower-case names take precedence, and empty
    /// variables count as unset. `HTTP_PROXY` in upper case is ignored if `REQUEST_METHOD` is set,
    /// because in a CGI program it comes from a header of the request. `localhost` and loopback
    /// addresses are never proxied.
    ///
    /// `NO_PROXY` is a list, separated by commas or spaces:
    ///
    /// | entry | not proxied |
    /// |---|---|
    /// | `*` | everything |
    /// | `corp` or `.corp` | `corp` and every name below it |
    /// | `*.corp` | every name below `corp` |
    /// | `192.0.2.7`, `2001:db8::7` | that address |
    /// | `192.0.2.0/24`, `2001:db8::/32` | addresses of that network |
    /// | any of these names and addresses with a port, `corp:8443`, `[2001:db8::7]:8443` | on that port only |
    ///
    /// IP addresses match only targets that are given as IP addresses; host names are not resolved
    /// for this. If a variable contains no usable address, building a client that would use it
    /// fails. The proxy settings of the operating system are not read.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::Proxy;
    ///
    /// let proxy = Proxy::from_env();
    /// # let _ = proxy;
    /// ```
    pub fn from_env() -> Self {
        Self::from_lookup(|name| std::env::var_os(name))
    }

    /// Does the same as [`Proxy::from_env`], but gets the variables from `lookup`: for tests, and
    /// for programs that keep their settings elsewhere.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::Proxy;
    ///
    /// let proxy = Proxy::from_lookup(|name| match name {
    ///     "HTTPS_PROXY" => Some("http://proxy.example.com:3128".into()),
    ///     _ => None,
    /// });
    /// # let _ = proxy;
    /// ```
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        Self(Rules::Environment(Arc::new(Environment::read(lookup))))
    }

    /// Returns the setting that uses no proxy, regardless of the environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::Proxy;
    ///
    /// let proxy = Proxy::none();
    /// # let _ = proxy;
    /// ```
    pub const fn none() -> Self {
        Self(Rules::Direct)
    }

    /// Returns the setting that uses this proxy for every target. The address consists of
    /// `http://`, `socks5://` or `socks5h://`; `user:password@`, if the proxy requires a login; the
    /// host; and the port. The default scheme is http; the default port is 80 for http and 1080 for
    /// SOCKS. The user and the password are percent-decoded.
    ///
    /// # Errors
    ///
    /// If the address is not valid: [`ErrorKind::Config`](crate::ErrorKind::Config). The message
    /// names the rule that the address breaks, but not the address, which may contain a password.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::connect::Proxy;
    ///
    /// let proxy = Proxy::url("http://proxy.example.com:3128")?;
    /// # let _ = proxy;
    /// # Ok::<(), bce_http::Error>(())
    /// ```
    pub fn url(url: impl AsRef<str>) -> Result<Self, Error> {
        let server = Server::parse(url.as_ref())
            .map_err(|rule| Error::config(format!("the proxy address {rule}")))?;
        Ok(Self(Rules::Always(Arc::new(server))))
    }

    /// Returns the `proxy-authorization` header that each request to this target needs, or `None`
    /// if the requests need none. They need it if an HTTP proxy with a login forwards them.
    /// Requests to https targets do not need it, because the login is sent with `CONNECT`.
    ///
    /// [`Transport`](crate::layer::Transport) adds this header. Add it yourself only if you use a
    /// [`ProxyConnector`] in another client.
    pub fn authorization(&self, target: &Uri) -> Option<HeaderValue> {
        self.forwarder(target)?.authorization().cloned()
    }

    /// Returns the login of the proxy for a target; `None` if there is no usable proxy or no login.
    /// Messages must not contain the login.
    pub(crate) fn login(&self, target: &Uri) -> Option<Arc<ProxyLogin>> {
        self.server_for(target).ok().flatten()?.login().cloned()
    }

    /// Returns the proxy that receives and forwards whole requests to this target; `None` if there
    /// is none, or if its address is not valid.
    pub(crate) fn forwarder(&self, target: &Uri) -> Option<&Server> {
        if target.scheme() != Some(&Scheme::HTTP) {
            return None;
        }
        self.server_for(target)
            .ok()
            .flatten()
            .filter(|server| server.is_http())
    }

    /// Returns the proxy for a target, or `None` if the target is reached directly. Fails if the
    /// environment variable that names the proxy contains no valid address.
    pub(crate) fn server_for(&self, target: &Uri) -> Result<Option<&Server>, Error> {
        match &self.0 {
            Rules::Direct => Ok(None),
            Rules::Always(server) => Ok(Some(server)),
            Rules::Environment(environment) => environment.server_for(target),
        }
    }
}

impl Default for Proxy {
    fn default() -> Self {
        Self::from_env()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rules::Direct => f.write_str("Proxy(none)"),
            Rules::Always(server) => write!(f, "Proxy({server:?})"),
            Rules::Environment(environment) => environment.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forwarded_requests_carry_the_login() {
        let proxy = Proxy::url("http://u:p@127.0.0.1:1").unwrap();
        let header = proxy.authorization(&Uri::from_static("http://a/")).unwrap();
        assert_eq!(header, "Basic dTpw");
        assert!(header.is_sensitive());
        assert_eq!(proxy.authorization(&Uri::from_static("https://a/")), None);
        let socks = Proxy::url("socks5://u:p@127.0.0.1:1").unwrap();
        assert_eq!(socks.authorization(&Uri::from_static("http://a/")), None);
        let target = Uri::from_static("http://a/");
        assert_eq!(Proxy::none().authorization(&target), None);
    }

    #[test]
    fn a_refused_address_is_not_repeated() {
        for url in [
            "ftp://user:hunter2@host",
            "https://user:hunter2@host",
            "http://user:hunter2",
            "http://user:hunter2@host/path",
            "http://user:hunter2@",
        ] {
            let error = Proxy::url(url).unwrap_err();
            assert_eq!(error.kind(), crate::error::ErrorKind::Config);
            let text = format!("{error} {error:?}");
            assert!(text.contains("the proxy address "), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}

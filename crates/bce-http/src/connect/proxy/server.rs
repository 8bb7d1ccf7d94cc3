//! The address of a proxy, and how to log in to it.

use std::fmt;
use std::sync::Arc;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Uri};

use crate::endpoint::is_loopback;
use crate::mask::ProxyLogin;

/// A proxy. `Display` is `host:port`, and `Debug` includes the scheme; neither shows the login.
#[derive(Clone)]
pub(crate) struct Server {
    protocol: Protocol,
    /// The host and the port. The port is always present.
    authority: Authority,
    login: Option<Arc<ProxyLogin>>,
}

#[derive(Clone, Copy)]
pub(super) enum Protocol {
    Http,
    Socks5,
}

impl Server {
    /// Parses an address. The error is the rule that the address breaks.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (protocol, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Protocol::Http, 80),
            "socks5" | "socks5h" => (Protocol::Socks5, 1080),
            "https" => {
                return Err("must not start with https://: \
                            proxies that are reached over TLS are not supported");
            }
            _ => return Err("must start with http://, socks5:// or socks5h://, or have no scheme"),
        };
        // Split at the last @, because an @ in a password is often not encoded.
        let (user, host) = match rest.rsplit_once('@') {
            Some((user, host)) => (Some(user).filter(|user| !user.is_empty()), host),
            None => (None, rest),
        };
        Ok(Self {
            protocol,
            authority: parse_host(host, default_port)?,
            login: user.map(ProxyLogin::parse).transpose()?.map(Arc::new),
        })
    }

    pub(super) fn login(&self) -> Option<&Arc<ProxyLogin>> {
        self.login.as_ref()
    }

    pub(super) fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub(super) fn is_http(&self) -> bool {
        matches!(self.protocol, Protocol::Http)
    }

    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        let login = self.login.as_ref().filter(|_| self.is_http());
        login.map(|login| login.authorization())
    }

    /// Returns whether the proxy runs on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.authority)
    }

    /// Returns a URI with the address of the proxy, for the inner connector.
    pub(super) fn uri(&self) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_static("/"));
        // All three parts are present, so they form a valid URI.
        Uri::from_parts(parts).unwrap_or_default()
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.authority.as_str())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            Protocol::Http => "http",
            Protocol::Socks5 => "socks5",
        };
        let user = if self.login.is_some() { "***@" } else { "" };
        write!(f, "{scheme}://{user}{}", self.authority)
    }
}

fn parse_host(text: &str, default_port: u16) -> Result<Authority, &'static str> {
    let text = text.strip_suffix('/').unwrap_or(text);
    if text.contains(['/', '?', '#']) {
        return Err("must not contain a path, query or fragment");
    }
    let authority: Authority = text.parse().map_err(|_| "has no valid host")?;
    let host = authority.host();
    if host.is_empty() {
        return Err("has no valid host");
    }
    let port = match text.strip_prefix(host).unwrap_or_default() {
        "" => default_port,
        port => port
            .strip_prefix(':')
            .and_then(|port| port.parse().ok())
            .filter(|port| *port != 0)
            .ok_or("has no valid port")?,
    };
    format!("{host}:{port}")
        .parse()
        .map_err(|_| "has no valid host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, &'static str> {
        Server::parse(text).map(|server| format!("{server:?}"))
    }

    #[test]
    fn a_bare_address_means_http_and_ports_have_defaults() {
        for (text, expected) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            (" proxy ", "http://proxy:80"),
            ("HTTP://proxy:3128/", "http://proxy:3128"),
            ("socks5://proxy", "socks5://proxy:1080"),
            ("socks5h://proxy:80", "socks5://proxy:80"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("[::1]", "http://[::1]:80"),
            ("http://@proxy", "http://proxy:80"),
            ("user@proxy", "http://***@proxy:80"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "http://",
            "://host",
            "ftp://host",
            "https://host",
            "socks4://host",
            "host:",
            "host:0",
            "host:65536",
            "host:x",
            "http://host/path",
            "http://host?x",
            "::1",
            "a b",
            "host\r\nx: y",
            "u%ff:p@host",
        ] {
            assert!(shown(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_login_is_percent_decoded_and_never_shown() {
        let parse = |text| Server::parse(text).unwrap();
        let header = |text| parse(text).authorization().unwrap().clone();
        // Aladdin:open@sesame
        assert_eq!(
            header("http://Aladdin:open%40sesame@h"),
            "Basic QWxhZGRpbjpvcGVuQHNlc2FtZQ=="
        );
        assert_eq!(
            header("Aladdin:open@sesame@h"),
            header("Aladdin:open%40sesame@h")
        );
        assert_eq!(header("http://u@h"), "Basic dTo=");
        let socks = parse("socks5://us%3Aer:p%2Fw@h");
        let login = socks.login().unwrap();
        assert_eq!(socks.authorization(), None);
        assert_eq!((&*login.user, login.password.expose()), ("us:er", "p/w"));
        for text in [
            format!("{socks:?} {socks}"),
            format!("{:?}", header("u:p%2Fw@h")),
        ] {
            assert!(!text.contains("p/w") && !text.contains("us:er"), "{text}");
        }
    }
}

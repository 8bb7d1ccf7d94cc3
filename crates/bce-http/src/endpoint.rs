//! The address of a service: scheme, host and port.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use http::uri::{Authority, Scheme};

use crate::error::Error;

/// The address of a service: scheme, host and, if it differs from the default of the scheme, the
/// port.
///
/// ```
/// use bce_http::Endpoint;
///
/// let endpoint: Endpoint = "aihc.bj.baidubce.com".parse()?;
/// assert_eq!(endpoint.to_string(), "https://aihc.bj.baidubce.com");
/// let local: Endpoint = "http://127.0.0.1:7070/".parse()?;
/// assert_eq!(local.to_string(), "http://127.0.0.1:7070");
/// # Ok::<(), bce_http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
}

impl Endpoint {
    /// Creates the endpoint of a region: replaces `{region}` in the host with `region`.
    ///
    /// # Errors
    ///
    /// If the template contains `{region}`, and the region is empty or contains anything but
    /// lower-case letters, digits and hyphens, because it could then direct requests to another
    /// host: [`ErrorKind::Config`](crate::ErrorKind::Config). Also if the result is not a valid
    /// address.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Endpoint;
    ///
    /// let endpoint = Endpoint::for_region("bcc.{region}.baidubce.com", "gz")?;
    /// assert_eq!(endpoint.authority().as_str(), "bcc.gz.baidubce.com");
    /// # Ok::<(), bce_http::Error>(())
    /// ```
    pub fn for_region(template: &str, region: &str) -> Result<Self, Error> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if template.contains("{region}") && (region.is_empty() || !region.bytes().all(plain)) {
            return Err(Error::config(format!(
                "region {} is not a region code such as \"bj\"",
                Shown(region)
            )));
        }
        template.replace("{region}", region).parse()
    }

    /// Returns the scheme: `http` if this was specified explicitly, and `https` otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Endpoint;
    ///
    /// let endpoint: Endpoint = "bcc.bj.baidubce.com".parse()?;
    /// assert_eq!(endpoint.scheme().as_str(), "https");
    /// # Ok::<(), bce_http::Error>(())
    /// ```
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the host and the port as in the `host` header. The default port of the scheme is
    /// omitted.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Endpoint;
    ///
    /// let endpoint: Endpoint = "http://127.0.0.1:7070".parse()?;
    /// assert_eq!(endpoint.authority().as_str(), "127.0.0.1:7070");
    /// # Ok::<(), bce_http::Error>(())
    /// ```
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Parses an endpoint. The error states which rule is broken and never quotes the input, so
    /// that a password or a signature in a mistaken URL does not reach a log.
    pub(crate) fn read(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = match text.split_once("://") {
            None => (Scheme::HTTPS, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::HTTPS, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::HTTP, rest),
            Some(_) => return Err("must start with https:// or http://, or have no scheme"),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('@') {
            return Err("must not contain user information");
        }
        if rest.contains(['/', '?', '#']) {
            return Err("must not contain a path, query or fragment");
        }
        let (host, port) = split_port(rest).ok_or("has no valid port")?;
        if !is_host(&host) {
            return Err(NO_HOST);
        }
        let default = if scheme == Scheme::HTTPS { 443 } else { 80 };
        let authority = match port.filter(|port| *port != default) {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        let authority = authority.parse().map_err(|_| NO_HOST)?;
        Ok(Self { scheme, authority })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// Returns whether the host is `localhost` or a loopback address, so that requests stay on the
    /// local machine, unless they are sent through a proxy.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Endpoint;
    ///
    /// let endpoint: Endpoint = "http://127.0.0.1:7070".parse()?;
    /// assert!(endpoint.is_loopback());
    /// # Ok::<(), bce_http::Error>(())
    /// ```
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.authority)
    }
}

const NO_HOST: &str = "has no valid host name or address";

/// Returns whether the host is `localhost` or a loopback address.
pub(crate) fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || (address.parse()).is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

impl FromStr for Endpoint {
    type Err = Error;

    /// Parses `host`, `host:port` or an IPv6 address with or without brackets, each optionally
    /// preceded by `https://` or `http://` and followed by one `/`. The default scheme is https.
    ///
    /// # Errors
    ///
    /// If the string breaks a rule: [`ErrorKind::Config`](crate::ErrorKind::Config). The message
    /// names the rule but never quotes the string, which may contain a password or a signature.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::read(text).map_err(|rule| Error::config(format!("the endpoint {rule}")))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// Splits an address into the host and, if there is one, the port. A name is converted to lower
/// case, and an IPv6 address gets brackets. Returns `None` if the port is not valid; the host is
/// not checked.
fn split_port(text: &str) -> Option<(String, Option<u16>)> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return Some((format!("[{text}]"), None));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let digits = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let port = match port {
        Some(port) if digits(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
        Some(_) => return None,
        None => None,
    };
    Some((host.to_ascii_lowercase(), port))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let label = |label: &str| !label.is_empty() && label.len() <= 63 && label.bytes().all(legal);
    let digits_and_dots = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if digits_and_dots {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}

/// Displays a region. A string that is too long for a region, or contains unusual characters, may
/// be a URL or a key that was passed by mistake: `(not a word)` is displayed in its place.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b"-_. ".contains(&b);
        if self.0.len() <= 24 && self.0.bytes().all(is_word) {
            write!(f, "{:?}", self.0)
        } else {
            f.write_str("(not a word)")
        }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, String> {
        text.parse::<Endpoint>()
            .map(|e| e.to_string())
            .map_err(|e| e.to_string())
    }

    #[test]
    fn scheme_less_means_https_and_default_ports_vanish() {
        for (text, expected) in [
            ("aihc.bj.baidubce.com", "https://aihc.bj.baidubce.com"),
            ("AIHC.BJ.baidubce.com/", "https://aihc.bj.baidubce.com"),
            ("HTTP://localhost", "http://localhost"),
            ("https://host:443", "https://host"),
            ("http://host:80/", "http://host"),
            ("http://host:443", "http://host:443"),
            ("127.0.0.1:8080", "https://127.0.0.1:8080"),
            ("http://[::1]:7070/", "http://[::1]:7070"),
            ("[::1]", "https://[::1]"),
            ("::1", "https://[::1]"),
            ("my_host.", "https://my_host."),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_by_address() {
        let is_loopback = |text: &str| text.parse::<Endpoint>().unwrap().is_loopback();
        for text in ["localhost:7070", "127.0.0.1", "127.9.8.7:1", "[::1]:7070"] {
            assert!(is_loopback(text), "{text}");
        }
        for text in [
            "sts.bj.baidubce.com",
            "localhost.example",
            "10.0.0.1",
            "[::2]",
        ] {
            assert!(!is_loopback(text), "{text}");
        }
    }

    #[test]
    fn anything_else_is_a_clear_error() {
        for text in [
            "",
            " ",
            "/",
            "https://",
            "ftp://host",
            "://host",
            "host/path",
            "host?x=1",
            "host#f",
            "host:",
            "host:0",
            "host:65536",
            "host:1a",
            "host:+1",
            "a b",
            "host\r\nx: y",
            "[::1",
            "[zz]",
            "[::1]x",
            "..",
            "a..b",
            "1.2.3",
            "256.1.1.1",
            "名字.com",
            "http://user:pw@host",
            "https://http://x",
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.starts_with("the endpoint "), "{error}");
            // A single character cannot be distinguished from the words of the rule.
            assert!(text.len() < 2 || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn nothing_of_a_refused_endpoint_is_repeated() {
        for text in [
            "http://user:hunter2@host",
            "user:hunter2@host",
            "hunter2@host",
            "https://host/?authorization=bce-auth-v1%2Fak%2F2026-08-20T00%3A00%3A00Z%2F1800%2Fhost%2Fhunter2",
            "https://host/path/hunter2",
            "host?token=hunter2",
            "host#hunter2",
            "hunter2://host",
            "host:hunter2",
            "hunter2 ",
            "\u{feff}hunter2",
            "https://hunter2!",
            "[hunter2]",
        ] {
            let error = text.parse::<Endpoint>().expect_err(text);
            let shown = format!("{error} {error:?} {error:#?}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_region_that_may_be_a_secret_is_not_repeated() {
        for (region, shown) in [
            ("BJ", true),
            ("cn-north 1", true),
            ("u:hunter2@h", false),
            ("Ahunter2hunter2hunter2hunter2", false),
            ("hunter2\n", false),
        ] {
            let error = Endpoint::for_region("aihc.{region}.baidubce.com", region).unwrap_err();
            assert_eq!(error.to_string().contains(region), shown, "{error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_region_cannot_lead_to_another_host() {
        let template = "aihc.{region}.baidubce.com";
        let endpoint = Endpoint::for_region(template, "bj").unwrap();
        assert_eq!(endpoint.to_string(), "https://aihc.bj.baidubce.com");
        for region in ["", "evil.com/", "a.b", "BJ", "bj:80", "b j"] {
            assert!(Endpoint::for_region(template, region).is_err(), "{region}");
        }
        let sts = Endpoint::for_region("sts.bj.baidubce.com", "").unwrap();
        assert_eq!(sts.to_string(), "https://sts.bj.baidubce.com");
    }
}

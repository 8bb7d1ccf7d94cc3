//! The check that a request is sent to the host that was signed.

use http::request::Parts;
use http::uri::Authority;

use super::error::VerifyError;
use crate::host_header::{MalformedHost, authority};
use crate::protocol::HOST;

/// Checks that each `Host` header is well-formed and, if the URI has a host, names the same host
/// and port.
///
/// The signature covers the header, but a server may use the host of the URI: that of the absolute
/// form of HTTP/1.1, or `:authority` of HTTP/2.
pub(super) fn check(parts: &Parts) -> Result<(), VerifyError> {
    for value in parts.headers.get_all(HOST) {
        let host = authority(value.as_bytes())?;
        let Some(of_uri) = parts.uri.authority() else {
            continue;
        };
        let same = host.is_some_and(|host| {
            let usual = match parts.uri.scheme_str() {
                Some("https") => Some(443),
                Some("http") => Some(80),
                _ => None,
            };
            let port = |authority: &Authority| authority.port_u16().or(usual);
            host.host().eq_ignore_ascii_case(of_uri.host()) && port(&host) == port(of_uri)
        });
        if !same {
            return Err(VerifyError::HostMismatch);
        }
    }
    Ok(())
}

impl From<MalformedHost> for VerifyError {
    fn from(MalformedHost: MalformedHost) -> Self {
        Self::HostMalformed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(uri: &str, hosts: &[&str]) -> Result<(), VerifyError> {
        let mut request = http::Request::get(uri);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        check(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn case_and_the_port_of_the_scheme_do_not_matter() {
        for (uri, host) in [
            ("http://good.example/", "good.example"),
            ("http://good.example/", "GOOD.example:80"),
            ("http://Good.Example:80/", " good.example "),
            ("https://good.example/", "good.example:443"),
            ("https://good.example:443/", "good.example:"),
            ("https://good.example:8443/", "good.example:8443"),
            ("http://[::1]:7070/", "[::1]:7070"),
            ("http://user:pw@good.example/", "good.example"),
        ] {
            assert_eq!(outcome(uri, &[host]), Ok(()), "{uri} {host}");
        }
    }

    #[test]
    fn a_uri_without_a_host_or_a_request_without_the_header_says_nothing() {
        assert_eq!(outcome("/", &["good.example"]), Ok(()));
        assert_eq!(outcome("/", &[""]), Ok(()));
        assert_eq!(outcome("http://good.example/", &[]), Ok(()));
    }

    #[test]
    fn another_host_or_port_is_a_mismatch() {
        for (uri, hosts) in [
            ("http://evil.example/", &["good.example"][..]),
            ("http://good.example@evil.example/", &["good.example"]),
            ("http://good.example.evil.example/", &["good.example"]),
            ("http://good.example:81/", &["good.example"]),
            ("http://good.example/", &["good.example:443"]),
            ("https://good.example/", &["good.example:80"]),
            ("http://good.example/", &["good.example."]),
            ("http://good.example/", &[""]),
            ("http://good.example/", &["good.example", "evil.example"]),
        ] {
            let refused = Err(VerifyError::HostMismatch);
            assert_eq!(outcome(uri, hosts), refused, "{uri} {hosts:?}");
        }
    }

    #[test]
    fn what_is_no_host_is_malformed_whatever_the_uri() {
        for uri in ["/", "http://good.example/"] {
            let refused = Err(VerifyError::HostMalformed);
            assert_eq!(outcome(uri, &["user@good.example"]), refused, "{uri}");
        }
    }
}

//! The canonical request: the text that is signed, and that the signer and the verifier both
//! compute.
//!
//! ```text
//! METHOD \n path \n query \n headers
//! ```
//!
//! Everything is appended to a buffer that the caller provides. The request itself is not changed.

mod headers;
mod pieces;
mod query;

use std::cmp::Ordering;

use http::{Method, Uri};

use crate::encode::{is_plain, push_normalised_path};

pub(crate) use self::headers::{HeaderLines, RepeatedHeader};
pub(crate) use self::query::{push_query, query_pieces};

/// Appends the method and the path, each followed by a line end.
pub(crate) fn push_method_and_path(out: &mut Vec<u8>, method: &Method, uri: &Uri) {
    let start = out.len();
    out.extend_from_slice(method.as_str().as_bytes());
    out.get_mut(start..)
        .unwrap_or_default()
        .make_ascii_uppercase();
    out.push(b'\n');
    let path = uri.path();
    if path == "/" {
        return out.extend_from_slice(b"/\n");
    }
    if !path.starts_with('/') {
        out.push(b'/');
    }
    push_normalised_path(out, path.as_bytes());
    out.push(b'\n');
}

/// Returns the value of a `Host` header for this URI: without user information, and with the port
/// only if it differs from the default port of the scheme. Returns `None` if the URI has no host.
pub(crate) fn host_of(uri: &Uri) -> Option<&str> {
    let authority = uri.authority()?;
    let text = authority.as_str();
    // The authority has neither a port nor user information.
    if is_plain(text.as_bytes()) {
        return Some(text).filter(|text| !text.is_empty());
    }
    let usual = match uri.scheme_str() {
        Some("https") => Some(443),
        Some("http") => Some(80),
        _ => None,
    };
    let host = match authority.port_u16() {
        Some(port) if Some(port) != usual => text.rsplit_once('@').map_or(text, |(_, host)| host),
        _ => authority.host(),
    };
    Some(host).filter(|host| !host.is_empty())
}

/// Compares two slices. The result is that of `a.cmp(b)`, but the first eight bytes are compared in
/// one step.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    if let (Some(first), Some(second)) = (a.first_chunk(), b.first_chunk()) {
        let order = u64::from_be_bytes(*first).cmp(&u64::from_be_bytes(*second));
        if order != Ordering::Equal {
            return order;
        }
    }
    a.cmp(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str) -> String {
        let uri: Uri = uri.parse().unwrap();
        let mut out = Vec::new();
        push_method_and_path(&mut out, &Method::GET, &uri);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_path_is_normalised_segment_by_segment() {
        assert_eq!(target("http://h"), "GET\n/\n");
        assert_eq!(target("/a+b//%2f/%7e/./.."), "GET\n/a%2Bb//%2F/~/./..\n");
        assert_eq!(target("*"), "GET\n/%2A\n");
    }

    #[test]
    fn the_method_is_written_in_upper_case() {
        let method = Method::from_bytes(b"get").unwrap();
        let mut out = Vec::new();
        push_method_and_path(&mut out, &method, &Uri::from_static("/"));
        assert_eq!(out, b"GET\n/\n");
    }

    #[test]
    fn the_host_has_its_port_only_when_that_is_unusual() {
        for (uri, host) in [
            ("https://h.example/", Some("h.example")),
            ("https://h.example:443/", Some("h.example")),
            ("http://h.example:80", Some("h.example")),
            ("http://h.example:443/", Some("h.example:443")),
            ("http://user:pw@h.example:8080/", Some("h.example:8080")),
            ("http://user:pw@h.example/", Some("h.example")),
            ("http://[::1]:8080/", Some("[::1]:8080")),
            ("http://[::1]/", Some("[::1]")),
            ("/only/a/path", None),
        ] {
            assert_eq!(host_of(&uri.parse().unwrap()), host, "{uri}");
        }
    }
}

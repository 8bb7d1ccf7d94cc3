//! The canonical request: the text that signer and verifier both compute and that is signed.
//!
//! ```text
//! METHOD \n path \n query \n headers
//! ```
//!
//! Everything is appended to one buffer of the caller. The request itself is only read.

use std::cmp::Ordering;

use http::{HeaderMap, Method, Uri};

use crate::encode::{is_plain, plain_len, push_encoded, push_normalised, push_normalised_path};
use crate::protocol::{AUTHORIZATION, SECURITY_TOKEN};
use crate::small_list::SmallList;

/// More headers or query parameters than this are rare; they cost an allocation.
const INLINE: usize = 8;

/// A header that is to be signed has more than one value.
#[derive(Debug)]
pub(crate) struct RepeatedHeader<'a>(pub(crate) &'a str);

/// Appends method and path, each with its line end.
pub(crate) fn push_method_and_path(out: &mut Vec<u8>, method: &Method, uri: &Uri) {
    out.extend(method.as_str().bytes().map(|b| b.to_ascii_uppercase()));
    out.push(b'\n');
    let path = uri.path();
    if !path.starts_with('/') {
        out.push(b'/');
    }
    push_normalised_path(out, path.as_bytes());
    out.push(b'\n');
}

/// Appends the query with its line end, and says whether it carries a session token.
pub(crate) fn push_query(out: &mut Vec<u8>, query: &str) -> bool {
    let has_token = match plain_pieces(query.as_bytes()) {
        Some(mut pieces) => push_plain_query(out, pieces.as_mut_slice()),
        None => push_any_query(out, query),
    };
    out.push(b'\n');
    has_token
}

/// The pieces of a query that needs neither encoding nor leaving out: the usual case.
fn plain_pieces(query: &[u8]) -> Option<SmallList<&[u8], INLINE>> {
    let mut pieces = SmallList::new();
    let mut rest = query;
    while !rest.is_empty() {
        let key_len = plain_len(rest);
        let (key, tail) = rest.split_at(key_len);
        let value = tail.strip_prefix(b"=")?;
        let (piece, tail) = rest.split_at(key_len + 1 + plain_len(value));
        if key.eq_ignore_ascii_case(AUTHORIZATION.as_bytes()) {
            return None;
        }
        pieces.push(piece);
        rest = match tail {
            [] => tail,
            [b'&', tail @ ..] => tail,
            _ => return None,
        };
    }
    Some(pieces)
}

fn push_plain_query(out: &mut Vec<u8>, pieces: &mut [&[u8]]) -> bool {
    let mut has_token = false;
    pieces.sort_unstable_by(|a, b| compare(a, b));
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(piece);
        let rest = piece.strip_prefix(SECURITY_TOKEN.as_bytes());
        has_token |= rest.is_some_and(|rest| rest.len() > 1 && rest.starts_with(b"="));
    }
    has_token
}

fn push_any_query(out: &mut Vec<u8>, query: &str) -> bool {
    let mut has_token = false;
    let mut pieces = Pieces::new(out, b'&');
    for (key, value) in query_pieces(query) {
        pieces.add(out, |out| {
            let start = out.len();
            push_normalised(out, key);
            let key = out.get(start..).unwrap_or_default();
            if key.eq_ignore_ascii_case(AUTHORIZATION.as_bytes()) {
                return false;
            }
            has_token |= key == SECURITY_TOKEN.as_bytes() && !value.is_empty();
            out.push(b'=');
            push_normalised(out, value);
            true
        });
    }
    pieces.sort(out);
    has_token
}

/// As the slices themselves compare, by their first eight bytes at once if those tell.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    if let (Some(first), Some(second)) = (a.first_chunk(), b.first_chunk()) {
        let order = u64::from_be_bytes(*first).cmp(&u64::from_be_bytes(*second));
        if order != Ordering::Equal {
            return order;
        }
    }
    a.cmp(b)
}

/// The keys and values of a query as they are on the wire. `key` alone has an empty value.
pub(crate) fn query_pieces(query: &str) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| {
        let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
        (key.as_bytes(), value.as_bytes())
    })
}

/// The header lines, which end the canonical request.
#[derive(Default)]
pub(crate) struct HeaderLines<'a> {
    /// Name and value.
    headers: SmallList<(&'a str, &'a [u8]), INLINE>,
}

impl<'a> HeaderLines<'a> {
    /// Adds one header, unless its value is blank: blank values are not signed.
    pub(crate) fn add(&mut self, name: &'a str, value: &'a [u8]) {
        let value = value.trim_ascii();
        if !value.is_empty() {
            self.headers.push((name, value));
        }
    }

    /// Adds every header that is `wanted`.
    pub(crate) fn add_all(
        &mut self,
        headers: &'a HeaderMap,
        mut wanted: impl FnMut(&str) -> bool,
    ) -> Result<(), RepeatedHeader<'a>> {
        let mut previous = "";
        for (name, value) in headers {
            let name = name.as_str();
            if !wanted(name) {
                continue;
            }
            // The map yields all values of one name in a row.
            if name == previous {
                return Err(RepeatedHeader(name));
            }
            previous = name;
            self.add(name, value.as_bytes());
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.headers.as_slice().is_empty()
    }

    /// Appends the lines in their order.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let headers = self.headers.as_mut_slice();
        headers.sort_unstable_by(|(a, _), (b, _)| compare(a.as_bytes(), b.as_bytes()));
        if !lines_follow_names(headers) {
            return push_unordered(out, headers);
        }
        for (index, (name, value)) in headers.iter().enumerate() {
            if index > 0 {
                out.push(b'\n');
            }
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            push_encoded(out, value);
        }
    }

    /// The names, sorted once the lines are finished.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.headers.as_slice().iter().map(|&(name, _)| name)
    }
}

/// Whether the lines of these headers, sorted by name, are in order as well. Seldom not: `a-b:` comes
/// before `a:`, but `a` before `a-b`; and encoding changes the order of odd characters.
fn lines_follow_names(headers: &[(&str, &[u8])]) -> bool {
    let mut previous = None;
    headers.iter().all(|&(name, _)| {
        let begins_alike = previous
            .replace(name)
            .is_some_and(|previous| name.starts_with(previous));
        !begins_alike && is_plain(name.as_bytes())
    })
}

fn push_unordered(out: &mut Vec<u8>, headers: &[(&str, &[u8])]) {
    let mut lines = Pieces::new(out, b'\n');
    for (name, value) in headers {
        lines.add(out, |out| {
            push_encoded(out, name.as_bytes());
            out.push(b':');
            push_encoded(out, value);
            true
        });
    }
    lines.sort(out);
}

/// The host for a `Host` header: without user information, and with the port only if it is not the
/// scheme's own.
pub(crate) fn host_of(uri: &Uri) -> Option<&str> {
    let authority = uri.authority()?;
    let text = authority.as_str();
    let marked = |found, byte| found | (byte == b':') | (byte == b'@');
    if !text.bytes().fold(false, marked) {
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

/// Pieces of text, written one behind the other in any order and then sorted in place.
struct Pieces {
    start: usize,
    separator: u8,
    ranges: SmallList<(usize, usize), INLINE>,
}

impl Pieces {
    fn new(out: &[u8], separator: u8) -> Self {
        Self {
            start: out.len(),
            separator,
            ranges: SmallList::new(),
        }
    }

    /// Appends what `write` writes, or nothing if it returns `false`.
    fn add(&mut self, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        let before = out.len();
        if !self.ranges.as_slice().is_empty() {
            out.push(self.separator);
        }
        let start = out.len();
        if write(out) {
            self.ranges.push((start, out.len()));
        } else {
            out.truncate(before);
        }
    }

    fn sort(&mut self, out: &mut Vec<u8>) {
        let unsorted_end = out.len();
        let ranges = self.ranges.as_mut_slice();
        let text = |&(start, end): &(usize, usize)| out.get(start..end).unwrap_or_default();
        if ranges.is_sorted_by(|a, b| text(a) <= text(b)) {
            return;
        }
        ranges.sort_unstable_by(|a, b| text(a).cmp(text(b)));
        // A sorted copy is made behind the text and moved back over it: no second buffer.
        for (index, &(start, end)) in ranges.iter().enumerate() {
            if index > 0 {
                out.push(self.separator);
            }
            out.extend_from_within(start..end);
        }
        out.copy_within(unsorted_end.., self.start);
        out.truncate(unsorted_end);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn target(uri: &str) -> String {
        let uri: Uri = uri.parse().unwrap();
        let mut out = Vec::new();
        push_method_and_path(&mut out, &Method::GET, &uri);
        push_query(&mut out, uri.query().unwrap_or_default());
        String::from_utf8(out).unwrap()
    }

    fn lines(headers: &HeaderMap) -> Result<(String, String), String> {
        let mut out = b"before\n".to_vec();
        let mut lines = HeaderLines::default();
        lines
            .add_all(headers, |_| true)
            .map_err(|repeated| repeated.0.to_owned())?;
        lines.finish(&mut out);
        let names: Vec<_> = lines.names().collect();
        let names = names.join(";");
        Ok((String::from_utf8(out).unwrap(), names))
    }

    #[test]
    fn the_path_is_normalised_segment_by_segment() {
        assert_eq!(target("http://h"), "GET\n/\n\n");
        assert_eq!(target("/a+b//%2f/%7e/./.."), "GET\n/a%2Bb//%2F/~/./..\n\n");
        assert_eq!(target("*"), "GET\n/%2A\n\n");
    }

    #[test]
    fn the_method_is_written_in_upper_case() {
        let method = Method::from_bytes(b"get").unwrap();
        let mut out = Vec::new();
        push_method_and_path(&mut out, &method, &Uri::from_static("/"));
        assert_eq!(out, b"GET\n/\n");
    }

    #[test]
    fn the_query_is_sorted_by_the_encoded_pairs() {
        assert_eq!(
            target("/?text&text1=%e6%b5%8b&text10=test"),
            "GET\n/\ntext10=test&text1=%E6%B5%8B&text=\n"
        );
        assert_eq!(
            target("/?&b=1&&=x&a=1=2&a=+&"),
            "GET\n/\n=x&a=%2B&a=1%3D2&b=1\n"
        );
    }

    #[test]
    fn the_query_parameter_authorization_is_left_out_in_any_spelling() {
        assert_eq!(target("/?authorization=x"), "GET\n/\n\n");
        assert_eq!(
            target("/?z=1&AUTHORIZATION&%61uthorization=x&a=1"),
            "GET\n/\na=1&z=1\n"
        );
        assert_eq!(target("/?authorization2=x"), "GET\n/\nauthorization2=x\n");
    }

    #[test]
    fn a_session_token_in_the_query_counts_only_with_a_value() {
        let has_token = |query| push_query(&mut Vec::new(), query);
        assert!(has_token("a=1&x%2Dbce-security-token=t"));
        assert!(!has_token("x-bce-security-token"));
        assert!(!has_token("x-bce-security-token=&a=x-bce-security-token"));
    }

    #[test]
    fn many_pairs_are_sorted_like_few() {
        let pairs: Vec<_> = (0..100).rev().map(|i| format!("k{i:03}=v")).collect();
        let mut sorted = pairs.clone();
        sorted.sort();
        assert_eq!(
            target(&format!("/?{}", pairs.join("&"))),
            format!("GET\n/\n{}\n", sorted.join("&"))
        );
    }

    #[test]
    fn lines_sort_with_their_colon_and_names_without() {
        let mut headers = HeaderMap::new();
        headers.insert("x-bce-a", HeaderValue::from_static("1"));
        headers.insert("x-bce-a-b", HeaderValue::from_static(" 2\t"));
        headers.insert("x-bce-blank", HeaderValue::from_static(" "));
        headers.insert("host", HeaderValue::from_bytes(b"h\xFF|").unwrap());
        headers.insert("odd|name", HeaderValue::from_static("/"));
        let (text, names) = lines(&headers).unwrap();
        assert_eq!(
            text,
            "before\nhost:h%FF%7C\nodd%7Cname:%2F\nx-bce-a-b:2\nx-bce-a:1"
        );
        assert_eq!(names, "host;odd|name;x-bce-a;x-bce-a-b");
    }

    #[test]
    fn a_repeated_header_is_an_error_even_when_one_value_is_blank() {
        let mut headers = HeaderMap::new();
        headers.append("x-bce-a", HeaderValue::from_static("1"));
        headers.append("x-bce-b", HeaderValue::from_static("1"));
        headers.append("x-bce-a", HeaderValue::from_static(""));
        assert_eq!(lines(&headers).unwrap_err(), "x-bce-a");
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

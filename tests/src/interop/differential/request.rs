//! Random requests to be signed. They contain characters and names that are difficult to encode or
//! to sort.

use std::fmt;

use bce_auth::Credentials;
use fastrand::Rng;
use time::{Duration, OffsetDateTime, UtcOffset};

/// A request that has not been encoded, and the options for signing it.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: String,
    pub(super) token: Option<String>,
    pub(super) method: String,
    /// The segments of the path, each of which follows a `/`. There is at least one.
    pub(super) segments: Vec<Vec<u8>>,
    pub(super) query: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    /// The scheme and the authority of the URI, and the value of the `Host` header for this
    /// authority; `None` if the URI is only a path and a query.
    pub(super) origin: Option<(&'static str, &'static str)>,
    pub(super) headers_to_sign: Option<Vec<String>>,
    pub(super) at: OffsetDateTime,
    pub(super) expire_seconds: i64,
    pub(super) keep_date: bool,
    /// Selects one of the valid encodings of the path and the query; 0 selects the plain one.
    pub(super) spelling: u64,
}

const PIECES: [&str; 48] = [
    "a", "Z", "0", "-", "_", ".", "~", "+", "%", "&", "=", "/", "*", "'", "(", ")", "!", "$", ",",
    ";", ":", "@", "?", "#", " ", "\"", "<", ">", "[", "]", "\\", "^", "`", "{", "|", "}", "\t",
    "\n", "\0", "\u{7f}", "%20", "%2F", "%e4%b8", "..", "测试", "é", "😀", "\u{3000}",
];

const QUERY_KEYS: [&str; 8] = [
    "action",
    "devInstanceId",
    "a",
    "a.b",
    "A",
    "x-bce-date",
    "x-bce-security-token",
    "authorization",
];

const HEADERS: [&str; 20] = [
    "Host",
    "Content-Type",
    "content-length",
    "Content-MD5",
    "version",
    "User-Agent",
    "Range",
    "x-bce-date",
    "X-Bce-Date",
    "x-bce-a",
    "x-bce-a-b",
    "X-BCE-A1",
    "x-bce-meta-a!#$%&'*+.^_`|~b",
    "x-bce-content-sha256",
    "X-Bce-Request-Id",
    "x-bce-security-token",
    "xbce-foo",
    "x-bc",
    "odd|name*",
    "authorization",
];

const METHODS: [&str; 8] = [
    "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "X-1",
];

/// The scheme and the authority of URIs, each with the value of the `Host` header for them.
pub(super) const ORIGINS: [(&str, &str); 7] = [
    ("http://aihc.bj.baidubce.com", "aihc.bj.baidubce.com"),
    ("https://aihc.bj.baidubce.com:443", "aihc.bj.baidubce.com"),
    ("http://h.example:80", "h.example"),
    ("http://h.example:443", "h.example:443"),
    ("https://H.Example:8443", "H.Example:8443"),
    ("http://127.0.0.1:7070", "127.0.0.1:7070"),
    ("http://[::1]:8080", "[::1]:8080"),
];

const EXPIRIES: [i64; 8] = [1800, 0, 1, 30, -1, 86_400 * 365, i64::MAX, i64::MIN];

/// The years 1 to 9999, in seconds: times that both our types and those of the Python SDK support.
const ALL_TIMES: std::ops::Range<i64> = -62_135_596_800..253_402_300_800;
/// The years 2023 to 2096, in seconds: most of the random times are in this range.
const OUR_TIMES: std::ops::Range<i64> = 1_700_000_000..4_000_000_000;

impl Request {
    pub(super) fn random(rng: &mut Rng) -> Self {
        let headers = headers(rng);
        Self {
            access_key_id: visible(rng, 1..40).replace('/', "-"),
            secret_access_key: secret(rng),
            token: one_in(rng, 3).then(|| visible(rng, 1..300)),
            method: method(rng),
            segments: (0..rng.usize(1..5)).map(|_| segment(rng)).collect(),
            query: query(rng),
            headers_to_sign: rng.bool().then(|| headers_to_sign(rng, &headers)),
            headers,
            origin: rng.bool().then(|| *choose(rng, &ORIGINS)),
            at: instant(rng),
            expire_seconds: *choose(rng, &EXPIRIES),
            keep_date: one_in(rng, 5),
            spelling: rng.u64(..),
        }
    }

    /// Returns whether there is a header with this name, in upper or lower case.
    pub(super) fn has_header(&self, name: &str) -> bool {
        let mut names = self.headers.iter().map(|(given, _)| given);
        names.any(|given| given.eq_ignore_ascii_case(name))
    }

    /// Returns whether the query contains exactly this key.
    pub(super) fn has_key(&self, name: &str) -> bool {
        self.query.iter().any(|(key, _)| key == name.as_bytes())
    }
}

/// Shows all members, with bytes as text.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes: &Vec<u8>| bytes.escape_ascii().to_string();
        let segments: Vec<String> = self.segments.iter().map(text).collect();
        let pairs = self.query.iter();
        let query: Vec<_> = pairs.map(|(k, v)| (text(k), text(v))).collect();
        let pairs = self.headers.iter();
        let headers: Vec<_> = pairs.map(|(name, v)| (name, text(v))).collect();
        f.debug_struct("Request")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &self.secret_access_key)
            .field("token", &self.token)
            .field("method", &self.method)
            .field("segments", &segments)
            .field("query", &query)
            .field("headers", &headers)
            .field("origin", &self.origin)
            .field("headers_to_sign", &self.headers_to_sign)
            .field("at", &self.at)
            .field("expire_seconds", &self.expire_seconds)
            .field("keep_date", &self.keep_date)
            .field("spelling", &self.spelling)
            .finish()
    }
}

fn one_in(rng: &mut Rng, chances: u32) -> bool {
    rng.u32(0..chances) == 0
}

fn choose<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(0..from.len())]
}

/// Returns a string that is difficult to encode, and sometimes not even UTF-8.
fn text(rng: &mut Rng) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..rng.usize(0..7) {
        text.extend_from_slice(choose(rng, &PIECES).as_bytes());
    }
    if one_in(rng, 12) {
        text.extend((0..rng.usize(1..4)).map(|_| rng.u8(..)));
    }
    text
}

/// Returns a string that is difficult to encode, but is accepted as a secret key. Characters that
/// are not allowed in a key are refused before anything is signed.
fn secret(rng: &mut Rng) -> String {
    loop {
        let secret = format!("s{}", String::from_utf8_lossy(&text(rng)));
        if Credentials::new("ak", secret.as_str()).is_ok() {
            return secret;
        }
    }
}

/// Returns an ASCII string that is allowed in a header.
fn visible(rng: &mut Rng, length: std::ops::Range<usize>) -> String {
    (0..rng.usize(length))
        .map(|_| char::from(rng.u8(b'!'..=b'~')))
        .collect()
}

fn method(rng: &mut Rng) -> String {
    let method = *choose(rng, &METHODS);
    match one_in(rng, 25) {
        true => any_case(rng, method),
        false => method.to_owned(),
    }
}

fn segment(rng: &mut Rng) -> Vec<u8> {
    let mut segment = text(rng);
    if !one_in(rng, 50) {
        segment.retain(|&byte| byte != b'/');
    }
    segment
}

fn query(rng: &mut Rng) -> Vec<(Vec<u8>, Vec<u8>)> {
    // There are sometimes more than the signer can keep without allocating.
    let most = if one_in(rng, 20) { 40 } else { 6 };
    let mut query: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for _ in 0..rng.usize(0..most) {
        let key = match rng.u32(0..4) {
            0 if !query.is_empty() => choose(rng, &query).0.clone(),
            1 => text(rng),
            _ => choose(rng, &QUERY_KEYS).as_bytes().to_vec(),
        };
        // This key is replaced most of the time. If it is kept, the case of its letters is random.
        let key = match key.eq_ignore_ascii_case(b"authorization") {
            true if !one_in(rng, 6) => b"authorization-".to_vec(),
            true => any_case(rng, "authorization").into_bytes(),
            false => key,
        };
        query.push((key, text(rng)));
    }
    query
}

fn headers(rng: &mut Rng) -> Vec<(String, Vec<u8>)> {
    let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
    for _ in 0..rng.usize(0..9) {
        let name = match rng.u32(0..8) {
            0 => format!("x-bce-{}", rng.alphanumeric()),
            _ => (*choose(rng, &HEADERS)).to_owned(),
        };
        let name = if one_in(rng, 4) {
            any_case(rng, &name)
        } else {
            name
        };
        let repeated = headers
            .iter()
            .any(|(given, _)| given.eq_ignore_ascii_case(&name));
        if !repeated || one_in(rng, 40) {
            let legal = |byte: &u8| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f);
            let value = match name.eq_ignore_ascii_case("host") && rng.bool() {
                true => choose(rng, &ORIGINS).1.as_bytes().to_vec(),
                false => text(rng).into_iter().filter(legal).collect(),
            };
            headers.push((name, value));
        }
    }
    headers
}

/// Returns the names of some headers that the request has, and of some that it may not have.
fn headers_to_sign(rng: &mut Rng, headers: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut names = Vec::new();
    for (name, _) in headers {
        if rng.bool() {
            names.push(name.to_ascii_lowercase());
        }
    }
    if !one_in(rng, 4) {
        names.push("host".to_owned());
    }
    for _ in 0..rng.usize(0..3) {
        names.push(choose(rng, &HEADERS).to_ascii_lowercase());
    }
    if one_in(rng, 10) {
        names = names.iter().map(|name| any_case(rng, name)).collect();
        names.push(" ".to_owned());
    }
    rng.shuffle(&mut names);
    names
}

fn any_case(rng: &mut Rng, text: &str) -> String {
    let letters = text.chars();
    letters
        .map(|letter| match rng.bool() {
            true => letter.to_ascii_uppercase(),
            false => letter.to_ascii_lowercase(),
        })
        .collect()
}

/// Returns a random instant, with nanoseconds and in a random time zone. It is never within the
/// second 0 of Unix time, which the Python SDK takes for the present.
fn instant(rng: &mut Rng) -> OffsetDateTime {
    let range = if one_in(rng, 4) { ALL_TIMES } else { OUR_TIMES };
    let second = OffsetDateTime::from_unix_timestamp(rng.i64(range).max(ALL_TIMES.start));
    let second = second.ok().filter(|at| at.unix_timestamp() != 0);
    let at = second.unwrap_or(OffsetDateTime::UNIX_EPOCH + Duration::SECOND);
    let at = at + Duration::nanoseconds(rng.i64(0..1_000_000_000));
    let offset = UtcOffset::from_hms(rng.i8(-12..=14), 0, 0).unwrap_or(UtcOffset::UTC);
    // At the limits of the calendar, the time in another zone may be in a year that cannot be
    // written.
    at.checked_to_offset(offset).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_requests() {
        let requests = |seed| {
            let mut rng = Rng::with_seed(seed);
            let requests = (0..50).map(|_| Request::random(&mut rng));
            requests
                .map(|request| format!("{request:?}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(requests(7), requests(7));
        assert_ne!(requests(7), requests(8));
    }

    #[test]
    fn every_request_can_be_signed() {
        let mut rng = Rng::with_seed(1);
        for _ in 0..20_000 {
            let Request {
                access_key_id,
                secret_access_key,
                token,
                ..
            } = Request::random(&mut rng);
            let taken = match token {
                Some(token) => Credentials::session(access_key_id, secret_access_key, token),
                None => Credentials::new(access_key_id, secret_access_key),
            };
            assert!(taken.is_ok(), "{taken:?}");
        }
    }
}

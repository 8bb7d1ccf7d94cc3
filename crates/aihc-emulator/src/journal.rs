//! What the emulator was asked: counters, and the last requests without their secrets.

use std::collections::{BTreeMap, VecDeque};

use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};

use crate::error::ApiError;
use crate::validate::rule::OperationRule;

/// How many requests are kept.
const KEPT: usize = 100;
/// Stands in for a secret.
const MASK: &str = "***";
/// Header or query parameter with a session token.
const TOKEN: &str = "x-bce-security-token";

/// A request that the emulator answered. Bodies are not kept: they can hold passwords.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestRecord {
    /// Code of the service, `aihc` or `sts`; `None` when the request names no operation.
    pub service: Option<&'static str>,
    /// Name of the operation, for example `CreateDevInstance`.
    pub operation: Option<&'static str>,
    /// HTTP method.
    pub method: Method,
    /// Path and query; the signature and the session token are `***`.
    pub target: String,
    /// Headers; the signature and the session token are `***`.
    pub headers: HeaderMap,
    /// HTTP status of the answer.
    pub status: u16,
    /// Error code of the answer; `None` when the request was accepted.
    pub code: Option<&'static str>,
    /// Request id of the answer.
    pub request_id: String,
}

/// Counters and the last requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    counts: BTreeMap<&'static str, u64>,
    last: VecDeque<RequestRecord>,
}

impl Journal {
    /// Notes a request and how it was answered.
    pub(crate) fn note(
        &mut self,
        parts: &Parts,
        rule: Option<&'static OperationRule>,
        error: Option<&ApiError>,
        request_id: &str,
    ) {
        if let Some(rule) = rule {
            *self.counts.entry(rule.name).or_default() += 1;
        }
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(RequestRecord {
            service: rule.map(|rule| rule.service),
            operation: rule.map(|rule| rule.name),
            method: parts.method.clone(),
            target: masked_target(parts),
            headers: masked_headers(&parts.headers),
            status: error.map_or(200, |error| error.status.as_u16()),
            code: error.map(|error| error.code),
            request_id: request_id.to_owned(),
        });
    }

    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// The last requests, oldest first.
    pub(crate) fn last(&self) -> impl Iterator<Item = &RequestRecord> {
        self.last.iter()
    }
}

/// Keeps who signed what and when, and drops the proof: the sixth part and all behind it.
fn mask_authorization(value: &str) -> String {
    let parts: Vec<&str> = value.splitn(6, '/').collect();
    match parts.as_slice() {
        [version, shown @ .., _] if shown.len() == 4 && version.starts_with("bce-auth-v") => {
            format!("{version}/{}/{MASK}", shown.join("/"))
        }
        _ => MASK.to_owned(),
    }
}

fn masked_headers(headers: &HeaderMap) -> HeaderMap {
    let mut masked = headers.clone();
    for (name, value) in &mut masked {
        let shown = match name {
            name if name == AUTHORIZATION => value.to_str().map_or(MASK.into(), mask_authorization),
            name if name == TOKEN => MASK.to_owned(),
            _ => continue,
        };
        *value = HeaderValue::try_from(shown).unwrap_or(HeaderValue::from_static(MASK));
    }
    masked
}

fn masked_target(parts: &Parts) -> String {
    let Some(query) = parts.uri.query() else {
        return parts.uri.path().to_owned();
    };
    let pieces: Vec<String> = query
        .split('&')
        .map(|piece| {
            let key = piece.split_once('=').map_or(piece, |(key, _)| key);
            let plain = String::from_utf8_lossy(&bce_auth::encode::uri_decode(key)).into_owned();
            let secret = [AUTHORIZATION.as_str(), TOKEN];
            if secret.iter().any(|name| plain.eq_ignore_ascii_case(name)) {
                format!("{key}={MASK}")
            } else {
                piece.to_owned()
            }
        })
        .collect();
    format!("{}?{}", parts.uri.path(), pieces.join("&"))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(target: &str) -> Parts {
        let request = Request::get(target)
            .header(
                "Authorization",
                "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/5ec2e7",
            )
            .header("x-bce-security-token", "t0ken")
            .header("host", "127.0.0.1");
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let mut journal = Journal::default();
        let target = "/?action=A&Authori%7Aation=s1gned&x-bce-security-token=t0ken";
        journal.note(&parts(target), None, None, "id-1");
        let record = journal.last().next().unwrap();
        assert_eq!(
            record.target,
            "/?action=A&Authori%7Aation=***&x-bce-security-token=***"
        );
        assert_eq!(
            record.headers[AUTHORIZATION],
            "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/***"
        );
        let shown = format!("{record:?}");
        for secret in ["5ec2e7", "s1gned", "t0ken"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn an_authorization_of_another_form_is_masked_whole() {
        assert_eq!(mask_authorization("Basic dXNlcjpwYXNz/x"), "***");
        assert_eq!(mask_authorization("bce-auth-v1/ak/5ec2e7"), "***");
        assert_eq!(
            mask_authorization("bce-auth-v1/ak/t/1800/host/5ec2e7/x"),
            "bce-auth-v1/ak/t/1800/host/***"
        );
    }

    #[test]
    fn only_the_last_requests_are_kept() {
        let mut journal = Journal::default();
        for number in 0..KEPT + 5 {
            journal.note(&parts("/"), None, None, &number.to_string());
        }
        assert_eq!(journal.last().count(), KEPT);
        assert_eq!(journal.last().next().unwrap().request_id, "5");
    }
}

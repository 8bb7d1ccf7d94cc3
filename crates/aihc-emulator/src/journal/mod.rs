//! The requests to the emulator: counters, and the latest requests without their secrets.

mod mask;

use std::collections::{BTreeMap, VecDeque};

use http::request::Parts;
use http::{HeaderMap, Method};
use time::OffsetDateTime;

use crate::validate::rule::OperationRule;

/// The maximum number of recorded requests; when it is reached, each new request replaces the
/// oldest.
const KEPT: usize = 1000;

/// A request to the emulator, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestRecord {
    /// The code of the service, `aihc` or `sts`; `None` if the request names no known operation.
    pub service: Option<&'static str>,
    /// The name of the operation, for example `CreateDevInstance`; `None` if the request names no
    /// known operation.
    pub operation: Option<&'static str>,
    /// The HTTP method.
    pub method: Method,
    /// The path and the query, in which secrets such as the signature and the session token are
    /// replaced with `***`.
    pub target: String,
    /// The headers, in which secrets such as the signature and the session token are replaced with
    /// `***`.
    pub headers: HeaderMap,
    /// The body as JSON, in which secrets such as passwords and the values of environment variables
    /// are replaced with `***`. `None` if the body is empty, is not JSON, or has more than 16 KiB.
    pub body: Option<String>,
    /// The time at which the request was recorded, after its handling but before the delay of a
    /// fault. It is the time of the clock for signatures; see
    /// [`Handle::set_clock_skew`](crate::Handle::set_clock_skew).
    pub received_at: OffsetDateTime,
    /// The HTTP status of the response; 0 if the connection was closed instead.
    pub status: u16,
    /// The error code with which the operation was refused; `None` if it was accepted, or if it was
    /// not carried out because of a fault.
    pub code: Option<&'static str>,
    /// The request id that the emulator assigned to the request.
    pub request_id: String,
    /// The id of the fault rule that affected the request; `None` if no rule did.
    pub fault: Option<u64>,
}

/// A request that is about to be recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) body: &'a [u8],
    pub(crate) rule: Option<&'static OperationRule>,
    pub(crate) received_at: OffsetDateTime,
    pub(crate) status: u16,
    pub(crate) code: Option<&'static str>,
    pub(crate) request_id: &'a str,
    pub(crate) fault: Option<u64>,
}

/// The counters of requests, and the latest requests.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    counts: BTreeMap<&'static str, u64>,
    last: VecDeque<RequestRecord>,
}

impl Journal {
    /// Records a request and its response. If [`KEPT`] requests are already recorded, the oldest
    /// one is removed.
    pub(crate) fn note(&mut self, noted: Noted<'_>) {
        let (parts, rule) = (noted.parts, noted.rule);
        if let Some(rule) = rule {
            *self.counts.entry(rule.name).or_default() += 1;
        }
        if self.last.len() >= KEPT {
            self.last.pop_front();
        }
        self.last.push_back(RequestRecord {
            service: rule.map(|rule| rule.service),
            operation: rule.map(|rule| rule.name),
            method: parts.method.clone(),
            target: mask::target(parts),
            headers: mask::headers(&parts.headers),
            body: mask::body(noted.body),
            received_at: noted.received_at,
            status: noted.status,
            code: noted.code,
            request_id: noted.request_id.to_owned(),
            fault: noted.fault,
        });
    }

    /// Removes the recorded requests, and resets the counters.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// Returns the latest requests, oldest first.
    pub(crate) fn last(&self) -> impl Iterator<Item = &RequestRecord> {
        self.last.iter()
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http::header::AUTHORIZATION;

    use super::*;

    fn note(journal: &mut Journal, target: &str, request_id: &str) {
        let request = Request::get(target)
            .header(
                "Authorization",
                "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/5ec2e7",
            )
            .header("x-bce-security-token", "t0ken")
            .header("host", "127.0.0.1");
        journal.note(Noted {
            parts: &request.body(()).unwrap().into_parts().0,
            body: br#"{"password":"pa55"}"#,
            rule: None,
            received_at: OffsetDateTime::UNIX_EPOCH,
            status: 200,
            code: None,
            request_id,
            fault: None,
        });
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let mut journal = Journal::default();
        let target = "/?action=A&Authori%7Aation=s1gned&x-bce-security-token=t0ken";
        note(&mut journal, target, "id-1");
        let record = journal.last().next().unwrap();
        assert_eq!(
            record.target,
            "/?action=A&Authori%7Aation=***&x-bce-security-token=***"
        );
        assert_eq!(
            record.headers[AUTHORIZATION],
            "bce-auth-v1/ak/2026-08-20T00:00:00Z/1800/host/***"
        );
        assert_eq!(record.body.as_deref(), Some(r#"{"password":"***"}"#));
        let shown = format!("{record:?}");
        for secret in ["5ec2e7", "s1gned", "t0ken", "pa55"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn only_the_last_requests_are_kept() {
        let mut journal = Journal::default();
        for number in 0..KEPT + 5 {
            note(&mut journal, "/", &number.to_string());
        }
        assert_eq!(journal.last().count(), KEPT);
        assert_eq!(journal.last().next().unwrap().request_id, "5");
    }
}

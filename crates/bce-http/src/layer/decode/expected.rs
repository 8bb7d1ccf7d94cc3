//! The responses that are expected for an operation and a request.

use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE};
use http::{HeaderMap, StatusCode};

use super::answer::{self, NoAnswer};
use crate::error::{Answer, Named};
use crate::headers::carries_id;
use crate::service::{Content, Idempotency, Operation};

/// The responses that are expected for an operation and a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    operation: Option<&'static Operation>,
    /// Whether the request asked for a part of the content, with a `Range` header.
    part: bool,
    /// Whether the request asked for the content only if it has changed, with an `If-None-Match` or
    /// `If-Modified-Since` header.
    changed: bool,
}

impl Expected {
    pub(crate) fn of(operation: Option<&'static Operation>, headers: &HeaderMap) -> Self {
        // Requests of most operations never ask for a part of the content, or only for content that
        // has changed.
        let may_ask = operation.is_some_and(|it| !it.accepted().is_empty());
        let asks = |name| may_ask && headers.contains_key(name);
        Self {
            operation,
            part: asks(RANGE),
            changed: asks(IF_NONE_MATCH) || asks(IF_MODIFIED_SINCE),
        }
    }

    fn content(&self) -> Content {
        self.operation.map_or(Content::Document, Operation::content)
    }

    /// Returns whether the operation is known to be read-only.
    fn reads(&self) -> bool {
        self.operation.map(Operation::idempotency) == Some(Idempotency::Safe)
    }

    /// Returns whether a successful response contains data that a user has stored.
    pub(crate) fn is_data(&self) -> bool {
        self.content() == Content::Data
    }

    /// Returns whether a response without a success status is returned as a value and not as an
    /// error: the operation accepts the status; the response has a request id, and thus does not
    /// come from a cache or a gateway; and its code means neither throttling nor a failure. A
    /// response to an operation that only reads needs no id if the service sends none. A 304 also
    /// requires that the request was conditional. `named` has the code, message and id of the
    /// response if they have already been parsed.
    pub(crate) fn accepts(&self, answer: &Answer<'_>, named: Option<&Named>) -> bool {
        let status = answer.status;
        if status.is_success() || !self.is_accepted(status) {
            return false;
        }
        let nameless = !answer.envelope.sends_request_id && self.reads();
        let failed = match named {
            Some(named) => named.tells_failure(),
            None => answer.names().tells_failure(),
        };
        (carries_id(answer.headers) || nameless) && !failed
    }

    fn is_accepted(&self, status: StatusCode) -> bool {
        let asked = match status {
            StatusCode::PARTIAL_CONTENT => self.part,
            StatusCode::NOT_MODIFIED => self.changed,
            _ => true,
        };
        let accepted = self.operation.map_or(&[][..], Operation::accepted);
        asked && accepted.contains(&status.as_u16())
    }

    /// Checks that a response with a success status comes from the service. If the body is not a
    /// document but bytes of any kind, also checks that it is the whole content; a part is accepted
    /// only if the request asked for one and the operation accepts the status 206.
    pub(crate) fn recognise(&self, answer: &Answer<'_>) -> Result<(), NoAnswer> {
        let Answer {
            status,
            headers,
            body,
            envelope,
        } = *answer;
        if self.content() == Content::Document {
            let members = self.operation.and_then(Operation::answer_members);
            return answer::recognise(headers, body, envelope, members);
        }
        answer::recognise_content(headers, body, envelope, self.reads())?;
        match status == StatusCode::PARTIAL_CONTENT && !self.is_accepted(status) {
            true => Err(NoAnswer::Part),
            false => Ok(()),
        }
    }

    /// Returns whether a response that was not accepted may contain data of a user, which errors
    /// must not quote.
    pub(crate) fn may_be_of_user(&self, problem: NoAnswer) -> bool {
        let own = self.content() != Content::Document && problem != NoAnswer::Page;
        own || problem == NoAnswer::Cut
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Method;

    use super::*;
    use crate::service::Envelope;

    static READ: Operation = Operation::new("bos", "Get", Method::GET, Idempotency::Safe)
        .answered_with_bytes()
        .accepting(&[206, 304, 412]);
    static WRITE: Operation = Operation::new("bos", "Put", Method::PUT, Idempotency::Repeatable)
        .answered_with_bytes()
        .accepting(&[206, 304, 412]);

    const NAMELESS: Envelope = Envelope {
        sends_request_id: false,
        ..Envelope::DEFAULT
    };
    const ID: (&str, &str) = ("x-bce-request-id", "r");
    const ASKED: [(&str, &str); 2] = [("range", "bytes=0-1"), ("if-none-match", "e")];

    fn headers(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        let headers = headers.iter();
        headers
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    /// Returns whether this response is returned as a value and not as an error.
    fn taken(
        operation: &'static Operation,
        asked: &[(&'static str, &'static str)],
        envelope: &Envelope,
        status: u16,
        answered: &[(&'static str, &'static str)],
        body: &'static str,
    ) -> bool {
        let expected = Expected::of(Some(operation), &headers(asked));
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: &headers(answered),
            body: &Bytes::from_static(body.as_bytes()),
            envelope,
        };
        match answer.status.is_success() {
            true => expected.recognise(&answer).is_ok(),
            false => expected.accepts(&answer, None),
        }
    }

    #[test]
    fn a_status_is_a_value_where_it_was_asked_for_and_the_service_sent_it() {
        for operation in [&READ, &WRITE] {
            for status in [206, 304, 412] {
                let own = |asked: &[_], headers: &[_]| {
                    taken(operation, asked, &Envelope::DEFAULT, status, headers, "")
                };
                assert!(own(&ASKED, &[ID]), "{status}");
                // Without an id, it comes from a gateway.
                assert!(!own(&ASKED, &[]), "{status}");
                assert_eq!(own(&[], &[ID]), status == 412, "{status}");
            }
            for status in [302, 400, 403, 404, 409, 416, 429, 500, 502, 503] {
                let body = "";
                let all = taken(operation, &ASKED, &Envelope::DEFAULT, status, &[ID], body);
                assert!(!all, "{status}");
            }
        }
    }

    #[test]
    fn of_a_service_without_ids_only_reads_take_statuses_and_changes_take_no_page() {
        let page = "<!DOCTYPE html><p>412";
        for status in [304, 412] {
            assert!(taken(&READ, &ASKED, &NAMELESS, status, &[], page));
            assert!(!taken(&WRITE, &ASKED, &NAMELESS, status, &[], page));
        }
        let html = [("content-type", "text/html; charset=utf-8")];
        for (body, headers) in [(page, &[][..]), (" <HTML>", &[]), ("", &html), ("x", &html)] {
            assert!(!taken(&WRITE, &[], &NAMELESS, 200, headers, body), "{body}");
            assert!(taken(&READ, &[], &NAMELESS, 200, headers, body), "{body}");
        }
        assert!(taken(&WRITE, &[], &NAMELESS, 200, &[], ""));
        for body in ["", page, "x"] {
            for operation in [&READ, &WRITE] {
                let taken =
                    |headers: &[_]| taken(operation, &[], &Envelope::DEFAULT, 200, headers, body);
                assert!(taken(&[ID]) && !taken(&[]), "{body}");
            }
        }
    }

    #[test]
    fn what_names_a_throttle_or_a_failure_is_no_value() {
        for (body, expected) in [
            (r#"{"code":"PreconditionFailed"}"#, true),
            (r#"{"code":"TooManyRequests"}"#, false),
            (r#"{"code":"InternalError"}"#, false),
        ] {
            let taken = taken(&WRITE, &ASKED, &Envelope::DEFAULT, 412, &[ID], body);
            assert_eq!(taken, expected, "{body}");
        }
    }
}

//! The table of [`retry`](super), as code.

use std::time::Duration;

use time::OffsetDateTime;

use super::retry_after::retry_after;
use crate::error::{Delivery, Error, ErrorKind, ServiceError};
use crate::operation::Idempotency;

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The failure is the result.
    Return,
    /// Repeat after the policy's pause, but not before this one.
    After(Duration),
    /// Repeat without a pause: what was wrong is mended.
    AtOnce,
}

/// What made a service turn a request away, where it can be set right from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Sign by a corrected clock.
    Clock,
    /// Sign with other credentials.
    Credentials,
}

/// What could be set right before a repeat. Only a request that was surely turned away counts.
pub(crate) fn remedy(error: &Error) -> Option<Remedy> {
    let answer = error.service().filter(|answer| answer.proves_refusal())?;
    if answer.is_expired() {
        Some(Remedy::Clock)
    } else if answer.refuses_credentials() {
        Some(Remedy::Credentials)
    } else {
        None
    }
}

/// Decides about a failed attempt. `mended`: its [`remedy`] has been applied since.
pub(crate) fn decide(
    error: &Error,
    idempotency: Idempotency,
    mended: bool,
    now: OffsetDateTime,
) -> Decision {
    if let Some(answer) = error.service() {
        return decide_by_answer(answer, idempotency, mended, now);
    }
    match error.kind() {
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport if error.is_passing() => {
            let never_sent = error.delivery() == Delivery::NotSent;
            if never_sent || may_run_twice(idempotency) {
                Decision::After(Duration::ZERO)
            } else {
                Decision::Return
            }
        }
        _ => Decision::Return,
    }
}

fn decide_by_answer(
    answer: &ServiceError,
    idempotency: Idempotency,
    mended: bool,
    now: OffsetDateTime,
) -> Decision {
    let asked = retry_after(answer.headers(), now);
    match (answer.status().as_u16(), asked) {
        (429, pause) => Decision::After(pause.unwrap_or_default()),
        (503, Some(pause)) => Decision::After(pause),
        _ if mended => Decision::AtOnce,
        _ if answer.is_server_failure() && may_run_twice(idempotency) => {
            Decision::After(asked.unwrap_or_default())
        }
        _ => Decision::Return,
    }
}

/// Whether a second run does no harm when the first one may have happened.
fn may_run_twice(idempotency: Idempotency) -> bool {
    match idempotency {
        Idempotency::Safe | Idempotency::Repeatable | Idempotency::StateGuarded => true,
        Idempotency::NonIdempotent => false,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};
    use time::macros::datetime;

    use super::Decision::{After, AtOnce, Return};
    use super::Idempotency::{NonIdempotent, Repeatable, Safe, StateGuarded};
    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-08-20 00:00 UTC);
    const ALL: [Idempotency; 4] = [Safe, Repeatable, StateGuarded, NonIdempotent];
    const NO_PAUSE: Decision = After(Duration::ZERO);

    fn answer(status: u16, retry_after: Option<&str>, body: &'static str) -> Error {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert("retry-after", text.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        let body = Bytes::from_static(body.as_bytes());
        Error::from_service(ServiceError::from_response(status, &headers, &body))
    }

    fn row(error: &Error) -> [Decision; 4] {
        ALL.map(|class| decide(error, class, false, NOW))
    }

    #[test]
    fn what_was_never_sent_is_repeated_always() {
        let closed = Error::new(ErrorKind::Transport, "x").with_delivery(Delivery::NotSent);
        for error in [Error::new(ErrorKind::Connect, "x"), closed] {
            assert_eq!(row(&error), [NO_PAUSE; 4]);
        }
    }

    #[test]
    fn what_was_turned_away_is_repeated_when_the_service_says() {
        let pause = After(Duration::from_secs(7));
        assert_eq!(row(&answer(429, Some("7"), "")), [pause; 4]);
        assert_eq!(row(&answer(503, Some("7"), "")), [pause; 4]);
        assert_eq!(row(&answer(429, None, "")), [NO_PAUSE; 4]);
    }

    #[test]
    fn what_may_have_happened_is_not_repeated_when_a_repeat_acts_again() {
        let expected = [NO_PAUSE, NO_PAUSE, NO_PAUSE, Return];
        for status in [500, 502, 503, 504] {
            assert_eq!(row(&answer(status, None, "")), expected, "{status}");
        }
        assert_eq!(
            row(&answer(200, None, r#"{"code":"InternalError"}"#)),
            expected
        );
        assert_eq!(row(&Error::new(ErrorKind::Timeout, "x")), expected);
        assert_eq!(row(&Error::new(ErrorKind::Transport, "x")), expected);
        // The service asks for a pause, but has not said that it did nothing.
        let pause = After(Duration::from_secs(7));
        assert_eq!(
            row(&answer(502, Some("7"), "")),
            [pause, pause, pause, Return]
        );
    }

    #[test]
    fn what_was_turned_away_for_a_mended_reason_is_repeated_at_once() {
        let reasons = [
            (400, r#"{"code":"RequestExpired"}"#, Remedy::Clock),
            (403, r#"{"code":"InvalidAccessKeyId"}"#, Remedy::Credentials),
            (
                401,
                r#"{"code":"sessionTokenExpired"}"#,
                Remedy::Credentials,
            ),
        ];
        for (status, body, cure) in reasons {
            let refused = answer(status, None, body);
            assert_eq!(remedy(&refused), Some(cure), "{body}");
            assert_eq!(row(&refused), [Return; 4], "{body}");
            assert_eq!(
                ALL.map(|class| decide(&refused, class, true, NOW)),
                [AtOnce; 4]
            );
        }
    }

    #[test]
    fn nothing_is_mended_that_was_not_surely_turned_away() {
        for (status, body) in [
            (500, r#"{"code":"InvalidSessionToken"}"#),
            (200, r#"{"code":"SomeTokenTrouble"}"#),
            (400, r#"{"code":"InvalidClientToken"}"#),
            (409, r#"{"code":"ClientTokenExpired"}"#),
            (403, r#"{"code":"AccessDenied"}"#),
        ] {
            assert_eq!(remedy(&answer(status, None, body)), None, "{body}");
        }
    }

    #[test]
    fn everything_else_is_the_result() {
        for status in [302, 400, 401, 403, 404, 408, 409, 412, 501] {
            assert_eq!(row(&answer(status, Some("7"), "")), [Return; 4], "{status}");
        }
        assert_eq!(
            row(&answer(200, None, r#"{"code":"Forbidden"}"#)),
            [Return; 4]
        );
        for kind in [
            ErrorKind::Config,
            ErrorKind::InvalidInput,
            ErrorKind::Credentials,
            ErrorKind::Decode,
        ] {
            assert_eq!(row(&Error::new(kind, "x")), [Return; 4], "{kind:?}");
        }
        let too_long = Error::new(ErrorKind::Transport, "x").lasting();
        assert_eq!(row(&too_long), [Return; 4]);
    }
}

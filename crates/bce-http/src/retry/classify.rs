//! Decides whether and when a call is retried after a failed attempt, according to the table in the
//! documentation of [`retry`](super).

use std::time::Duration;

use time::OffsetDateTime;

use crate::error::{Delivery, Error, ErrorKind, Proof, ServiceError};
use crate::headers::retry_after;
use crate::service::{Idempotency, Operation};

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// End the call with this failure.
    Return,
    /// Retry after the policy's pause, or after the given pause if it is longer.
    After(Duration),
    /// Retry because the service has throttled the request, after the policy's pause, or after the
    /// given pause if it is longer. The retry budget is not charged. If the call has a
    /// [`Pace`](crate::Pace), the policy does not limit the number of these retries, unless it
    /// allows none.
    Throttled(Duration),
    /// Retry without a pause, because the cause of the failure has been corrected.
    AtOnce,
    /// Read the state of the object that the call changes, and retry the call only if this state
    /// shows that the call was not carried out. The state is read after the policy's pause, or
    /// after the given pause if it is longer.
    Look(Duration),
}

/// A correction that the client can make after the service has refused a request, so that a retry
/// may succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Correction {
    /// Sign the request with a corrected clock.
    Clock,
    /// Sign the request with new credentials from the credentials provider.
    Credentials,
}

/// Tells whether a failed call may have been carried out by a request other than the one that
/// returned the error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubts {
    /// Whether the last attempt sent, in addition to the request that returned the error, another
    /// one that may have been carried out.
    pub(crate) other: bool,
    /// Whether an attempt before the last one sent a request that may have been carried out.
    pub(crate) earlier: bool,
}

/// Whether a call may be retried after an attempt that may have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// A call that may have been carried out is retried, because repeating it does no harm.
    Freely,
    /// A call that may have been carried out is retried only if reading the state shows that it was
    /// not carried out. After a 429 without an error document, it is retried without reading the
    /// state.
    StateGuarded,
    /// A call that may have been carried out is retried only if reading the state shows that it was
    /// not carried out. This also applies after a 429 without an error document.
    Looking,
    /// A call that may have been carried out is not retried, because repeating it could have a
    /// further effect.
    Never,
}

impl Repeat {
    /// Returns whether an operation may be retried after an attempt that may have been carried out.
    /// `idempotent` is the caller's setting, which takes precedence over that of the operation.
    /// `can_look` tells whether the client can send a request that reads the state.
    pub(crate) fn of(
        operation: Option<&Operation>,
        idempotent: Option<bool>,
        can_look: bool,
    ) -> Self {
        let class = match idempotent {
            Some(true) => return Self::Freely,
            Some(false) => return Self::Never,
            None => operation.map_or(Idempotency::NonIdempotent, Operation::idempotency),
        };
        let blind = operation.is_none_or(Operation::blind_retry);
        match class {
            Idempotency::NonIdempotent => Self::Never,
            Idempotency::StateGuarded if can_look => Self::StateGuarded,
            Idempotency::Safe | Idempotency::Repeatable | Idempotency::StateGuarded if blind => {
                Self::Freely
            }
            _ if can_look => Self::Looking,
            _ => Self::Never,
        }
    }

    fn can_look(self) -> bool {
        matches!(self, Self::StateGuarded | Self::Looking)
    }
}

/// Returns what can be corrected before a retry, the clock or the credentials. Returns `None` if
/// there is nothing to correct, or if the service may have acted on the request.
pub(crate) fn correction(error: &Error) -> Option<Correction> {
    let answer = error.service()?;
    if answer.proof() == Proof::Nothing {
        None
    } else if answer.is_expired() {
        Some(Correction::Clock)
    } else if answer.refuses_credentials() {
        Some(Correction::Credentials)
    } else {
        None
    }
}

/// Decides what to do after a failed attempt. `corrected` tells whether the client has made the
/// [`correction`] for this error, so that a retry may succeed.
pub(crate) fn decide(
    error: &Error,
    repeat: Repeat,
    doubts: Doubts,
    corrected: bool,
    now: OffsetDateTime,
) -> Decision {
    let pause = (error.service())
        .and_then(|answer| retry_after(answer.headers(), now))
        .unwrap_or_default();
    let doubtful = match repeat {
        Repeat::Freely => Decision::After(pause),
        Repeat::StateGuarded | Repeat::Looking => Decision::Look(pause),
        Repeat::Never => Decision::Return,
    };
    // The response to a second request does not tell anything about the first one.
    if doubts.other {
        return if error.is_transient() || repeat.can_look() {
            doubtful
        } else {
            Decision::Return
        };
    }
    if let Some(answer) = error.service() {
        return match decide_by_answer(answer, repeat, corrected, pause) {
            Some(decision) => decision,
            None if answer.is_transient() && answer.proof() == Proof::Nothing => doubtful,
            // A retry may have been refused because an earlier attempt had already made the change.
            None if answer.has_document() && doubts.earlier && repeat.can_look() => {
                Decision::Look(pause)
            }
            None => Decision::Return,
        };
    }
    match error.kind() {
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Decode
            if error.is_transient() =>
        {
            match error.delivery() {
                Delivery::NotSent => Decision::After(pause),
                Delivery::Unknown | Delivery::Refused => doubtful,
            }
        }
        // Another attempt would end in the same way, but reading the state may settle the call.
        ErrorKind::Transport | ErrorKind::Decode
            if error.delivery() == Delivery::Unknown && repeat.can_look() =>
        {
            doubtful
        }
        _ => Decision::Return,
    }
}

/// Decides on a retry if the service has throttled the request, or if the cause of the failure has
/// been corrected; otherwise returns `None`. A 429 without an error document counts as throttling
/// only if `repeat` allows a retry without reading the state in that case.
fn decide_by_answer(
    answer: &ServiceError,
    repeat: Repeat,
    corrected: bool,
    pause: Duration,
) -> Option<Decision> {
    let status = answer.status().as_u16();
    match answer.proof() {
        Proof::Throttled => Some(Decision::Throttled(pause)),
        _ if corrected => Some(Decision::AtOnce),
        Proof::Refused if matches!(status, 429 | 503) => Some(Decision::Throttled(pause)),
        Proof::Nothing if status == 429 && !answer.has_document() => match repeat {
            Repeat::Freely | Repeat::StateGuarded => Some(Decision::Throttled(pause)),
            Repeat::Looking | Repeat::Never => None,
        },
        Proof::Refused | Proof::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method, StatusCode};
    use time::macros::datetime;

    use super::Decision::{After, AtOnce, Look, Return, Throttled};
    use super::Repeat::{Freely, Looking, Never, StateGuarded};
    use super::*;
    use crate::error::Answer;
    use crate::mask::Secrets;
    use crate::service::Envelope;

    const NOW: OffsetDateTime = datetime!(2026-08-20 00:00 UTC);
    const ALL: [Repeat; 4] = [Freely, StateGuarded, Looking, Never];
    const NONE: Duration = Duration::ZERO;
    const ONCE_MORE: [Decision; 4] = [After(NONE); 4];
    const DOUBTFUL: [Decision; 4] = [After(NONE), Look(NONE), Look(NONE), Return];

    fn answer(status: u16, retry_after: Option<&str>, body: &'static str) -> Error {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert("retry-after", text.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        let body = Bytes::from_static(body.as_bytes());
        let answer = Answer {
            status,
            headers: &headers,
            body: &body,
            envelope: &Envelope::DEFAULT,
        };
        Error::from_service(answer.error(None, &Secrets::default()).unwrap())
    }

    const NO_DOUBT: Doubts = Doubts {
        other: false,
        earlier: false,
    };

    fn doubted(error: &Error, doubts: Doubts) -> [Decision; 4] {
        ALL.map(|repeat| decide(error, repeat, doubts, false, NOW))
    }

    fn row(error: &Error) -> [Decision; 4] {
        doubted(error, NO_DOUBT)
    }

    #[test]
    fn what_was_never_sent_is_repeated_always() {
        let closed = Error::new(ErrorKind::Transport, "x").with_delivery(Delivery::NotSent);
        for error in [Error::new(ErrorKind::Connect, "x"), closed] {
            assert_eq!(row(&error), ONCE_MORE);
        }
    }

    #[test]
    fn what_cannot_be_connected_to_for_good_is_not_repeated() {
        let permanent = Error::new(ErrorKind::Connect, "x").permanent();
        assert_eq!(row(&permanent), [Return; 4]);
    }

    #[test]
    fn what_was_turned_away_with_proof_is_repeated_when_the_service_says() {
        let throttle = r#"{"code":"TooManyRequests"}"#;
        let pause = Throttled(Duration::from_secs(7));
        for status in [429, 503] {
            assert_eq!(row(&answer(status, Some("7"), throttle)), [pause; 4]);
            let refusal = r#"{"code":"Forbidden"}"#;
            assert_eq!(row(&answer(status, Some("7"), refusal)), [pause; 4]);
            assert_eq!(row(&answer(status, None, throttle)), [Throttled(NONE); 4]);
        }
    }

    #[test]
    fn a_429_without_a_document_is_a_throttle_where_a_repeat_does_no_harm() {
        let pause = Duration::from_secs(7);
        for body in ["", "<html>", r#"{"error":"slow down"}"#, "[]"] {
            assert_eq!(
                row(&answer(429, Some("7"), body)),
                [Throttled(pause), Throttled(pause), Look(pause), Return],
                "{body}"
            );
        }
    }

    #[test]
    fn what_may_have_happened_is_looked_at_or_returned() {
        for status in [408, 500, 502, 503, 504] {
            for body in [
                "",
                "<html>",
                r#"{"error":"upstream"}"#,
                r#"{"code":"InternalError"}"#,
            ] {
                assert_eq!(
                    row(&answer(status, None, body)),
                    DOUBTFUL,
                    "{status} {body}"
                );
            }
        }
        assert_eq!(
            row(&answer(200, None, r#"{"code":"InternalError"}"#)),
            DOUBTFUL
        );
        assert_eq!(
            row(&answer(429, None, r#"{"code":"InternalError"}"#)),
            DOUBTFUL
        );
        for kind in [ErrorKind::Timeout, ErrorKind::Transport] {
            assert_eq!(row(&Error::new(kind, "x")), DOUBTFUL);
        }
        let foreign = Error::new(ErrorKind::Decode, "x").transient();
        assert_eq!(row(&foreign), DOUBTFUL);
        // A requested pause is observed, but it is not a proof.
        let pause = Duration::from_secs(7);
        for status in [502, 503] {
            assert_eq!(
                row(&answer(status, Some("7"), "<html>")),
                [After(pause), Look(pause), Look(pause), Return]
            );
        }
    }

    #[test]
    fn what_was_turned_away_for_a_corrected_reason_is_repeated_at_once() {
        let reasons = [
            (400, r#"{"code":"RequestExpired"}"#, Correction::Clock),
            (
                403,
                r#"{"code":"InvalidAccessKeyId"}"#,
                Correction::Credentials,
            ),
            (
                200,
                r#"{"code":"InvalidAccessKeyId"}"#,
                Correction::Credentials,
            ),
            (
                401,
                r#"{"code":"SessionTokenExpired"}"#,
                Correction::Credentials,
            ),
        ];
        for (status, body, expected) in reasons {
            let refused = answer(status, None, body);
            assert_eq!(correction(&refused), Some(expected), "{body}");
            let corrected = |repeat| decide(&refused, repeat, NO_DOUBT, true, NOW);
            assert_eq!(ALL.map(corrected), [AtOnce; 4]);
        }
        let refused = answer(403, None, r#"{"code":"InvalidAccessKeyId"}"#);
        assert_eq!(row(&refused), [Return; 4]);
    }

    #[test]
    fn nothing_is_corrected_that_was_not_surely_turned_away() {
        for (status, body) in [
            (500, r#"{"code":"InvalidSessionToken"}"#),
            (200, r#"{"code":"InvalidSessionToken"}"#),
            (200, r#"{"code":"InvalidTokenizerPath"}"#),
            (400, r#"{"code":"InvalidTokenizer"}"#),
            (400, r#"{"code":"InvalidClientToken"}"#),
            (409, r#"{"code":"ClientTokenExpired"}"#),
            (403, r#"{"code":"AccessDenied"}"#),
        ] {
            assert_eq!(correction(&answer(status, None, body)), None, "{body}");
        }
    }

    #[test]
    fn everything_else_is_the_result() {
        for status in [302, 304, 400, 401, 403, 404, 409, 412, 499, 501] {
            assert_eq!(row(&answer(status, Some("7"), "")), [Return; 4], "{status}");
        }
        for body in [r#"{"code":"Forbidden"}"#, r#"{"code":"Whatever"}"#] {
            assert_eq!(row(&answer(200, None, body)), [Return; 4], "{body}");
            assert_eq!(row(&answer(403, None, body)), [Return; 4], "{body}");
        }
        for kind in [
            ErrorKind::Config,
            ErrorKind::InvalidInput,
            ErrorKind::Credentials,
        ] {
            assert_eq!(row(&Error::new(kind, "x")), [Return; 4], "{kind:?}");
        }
        let expired = answer(400, None, r#"{"code":"RequestExpired"}"#);
        assert_eq!(row(&expired), [Return; 4]);
    }

    #[test]
    fn what_would_end_the_same_way_again_is_looked_at_at_most() {
        let too_long = Error::new(ErrorKind::Transport, "x").permanent();
        let unreadable = Error::new(ErrorKind::Decode, "x");
        for error in [too_long, unreadable] {
            assert_eq!(row(&error), [Return, Look(NONE), Look(NONE), Return]);
        }
    }

    #[test]
    fn a_refusal_after_a_doubtful_attempt_is_looked_at() {
        let earlier = Doubts {
            earlier: true,
            ..NO_DOUBT
        };
        for body in [r#"{"code":"Forbidden"}"#, r#"{"code":"NotFound"}"#] {
            let refused = answer(403, None, body);
            assert_eq!(
                doubted(&refused, earlier),
                [Return, Look(NONE), Look(NONE), Return]
            );
        }
        // A page says nothing about the state.
        assert_eq!(doubted(&answer(403, None, "<html>"), earlier), [Return; 4]);
    }

    #[test]
    fn what_another_request_of_the_attempt_was_told_takes_no_doubt_away() {
        let other = Doubts {
            other: true,
            ..NO_DOUBT
        };
        let unsent = Error::new(ErrorKind::Connect, "x");
        let throttled = answer(429, None, r#"{"code":"TooManyRequests"}"#);
        for error in [unsent, throttled] {
            assert_eq!(doubted(&error, other), DOUBTFUL);
        }
        let refused = answer(403, None, r#"{"code":"Forbidden"}"#);
        assert_eq!(
            doubted(&refused, other),
            [Return, Look(NONE), Look(NONE), Return]
        );
    }

    #[test]
    fn the_operation_and_the_caller_say_what_may_follow() {
        const fn operation(class: Idempotency) -> Operation {
            Operation::new("zoo", "Feed", Method::POST, class)
        }
        let of = |operation: &Operation, can_look| Repeat::of(Some(operation), None, can_look);
        for class in [Idempotency::Safe, Idempotency::Repeatable] {
            assert_eq!(of(&operation(class), false), Freely);
            assert_eq!(of(&operation(class).without_blind_retry(), false), Never);
            assert_eq!(of(&operation(class).without_blind_retry(), true), Looking);
        }
        let guarded = operation(Idempotency::StateGuarded);
        assert_eq!(of(&guarded, true), StateGuarded);
        assert_eq!(of(&guarded, false), Freely);
        let guarded = guarded.without_blind_retry();
        assert_eq!(of(&guarded, true), StateGuarded);
        assert_eq!(of(&guarded, false), Never);
        let create = operation(Idempotency::NonIdempotent);
        assert_eq!(of(&create, true), Never);
        assert_eq!(Repeat::of(None, None, false), Never);
        assert_eq!(Repeat::of(Some(&create), Some(true), false), Freely);
        assert_eq!(Repeat::of(Some(&guarded), Some(false), true), Never);
    }
}

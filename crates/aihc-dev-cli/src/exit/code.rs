//! Exit codes.
//!
//! | code | when |
//! |---|---|
//! | 0 | done |
//! | 1 | the service, or a gateway in front of it, refused, failed, or sent an unreadable response; a wait ended in failure; or the command cannot be carried out for a local reason, such as an ambiguous name |
//! | 2 | the command line, a file or a setting is wrong; no change was sent |
//! | 3 | there are no usable credentials, or the service does not accept them |
//! | 4 | the connection could not be made, or broke |
//! | 5 | a time limit was exceeded |
//! | 6 | a change was sent and may have been made, whatever went wrong afterwards; or it was made, but its result could not be written |
//! | 7 | the user was asked and did not agree; nothing was changed |
//! | 130, 129, 143 | ended by Ctrl-C, SIGHUP or SIGTERM: 128 plus the number of the signal |
//! | any | `ssh`, `cp`, `port-forward`, and `emulator` with a command: the exit code of the program |
//!
//! If several apply, the one that is latest in this order counts: 0, 1, 2, 3, 4, 5, 7, 6, a signal,
//! the code of another program.

use std::process::ExitCode;

use aihc_dev::{Error, ErrorKind, ServiceError, WaitErrorKind, error_code};
use bce_http::wait::{WaitError, WaitState};

use super::signal::Signal;

/// The exit code of the process. The variants are in ascending order of severity rather than of
/// their numbers: if several apply, the last of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    Ok,
    Refused,
    Usage,
    Credentials,
    Unreachable,
    TimedOut,
    /// The user was asked for confirmation, and did not agree.
    Declined,
    Unknown,
    Ended(Signal),
    /// The exit code of another program, such as `ssh`.
    As(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Credentials => 3,
            Self::Unreachable => 4,
            Self::TimedOut => 5,
            Self::Declined => 7,
            Self::Unknown => 6,
            Self::Ended(signal) => 128 + signal.number(),
            Self::As(code) => code,
        }
    }

    /// Returns the exit code for a failed call.
    pub(crate) fn of(error: &Error) -> Self {
        if error.may_have_been_applied() {
            return Self::Unknown;
        }
        match error.kind() {
            ErrorKind::Config | ErrorKind::InvalidInput => Self::Usage,
            ErrorKind::Credentials => Self::Credentials,
            ErrorKind::Connect | ErrorKind::Transport => Self::Unreachable,
            ErrorKind::Timeout => Self::TimedOut,
            ErrorKind::Service if error.service().is_some_and(refuses_credentials) => {
                Self::Credentials
            }
            _ => Self::Refused,
        }
    }

    /// Returns the exit code for a wait that ended before its goal was reached.
    pub(crate) fn of_wait<S: WaitState>(error: &WaitError<S>) -> Self {
        match (error.kind(), error.request_error()) {
            (WaitErrorKind::TimedOut, _) => Self::TimedOut,
            (WaitErrorKind::Request, Some(request)) => Self::of(request),
            _ => Self::Refused,
        }
    }
}

/// Returns whether the service refused the access key, the token or the signature.
fn refuses_credentials(refused: &ServiceError) -> bool {
    let about_signature = matches!(
        refused.code(),
        Some(error_code::SIGNATURE_DOES_NOT_MATCH | error_code::INVALID_HTTP_AUTH_HEADER)
    );
    about_signature || refused.refuses_credentials()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aihc_dev::Client;
    use bytes::Bytes;
    use http::Response;
    use tower::service_fn;

    use super::*;

    fn answering(status: u16, body: &'static str) -> Client {
        Client::from_service(service_fn(move |_| async move {
            let response = Response::builder().status(status);
            response.body(Bytes::from_static(body.as_bytes()))
        }))
        .unwrap()
    }

    async fn read(client: &Client) -> Exit {
        let call = client.query_dev_instance_detail("dv-1");
        let call = call.with_retry(aihc_dev::RetryPolicy::none());
        Exit::of(&call.await.unwrap_err())
    }

    async fn write(client: &Client) -> Exit {
        let call = client.delete_dev_instance("dv-1");
        let call = call.with_retry(aihc_dev::RetryPolicy::none());
        Exit::of(&call.await.unwrap_err())
    }

    #[tokio::test]
    async fn an_answer_of_the_service_is_judged_by_its_code() {
        for (status, body, expected) in [
            (403, r#"{"code":"NotFound"}"#, Exit::Refused),
            (403, r#"{"code":"AccessDenied"}"#, Exit::Refused),
            (403, r#"{"code":"InvalidAccessKeyId"}"#, Exit::Credentials),
            (
                400,
                r#"{"code":"SignatureDoesNotMatch"}"#,
                Exit::Credentials,
            ),
            (403, r#"{"code":"SecurityTokenExpired"}"#, Exit::Credentials),
        ] {
            let client = answering(status, body);
            assert_eq!(read(&client).await, expected, "read {body}");
            assert_eq!(write(&client).await, expected, "write {body}");
        }
    }

    #[tokio::test]
    async fn a_write_that_may_have_been_made_is_unknown_and_a_read_is_not() {
        let client = answering(500, r#"{"code":"InternalError"}"#);
        assert_eq!(read(&client).await, Exit::Refused);
        assert_eq!(write(&client).await, Exit::Unknown);
        let client = answering(200, "not json");
        assert_eq!(read(&client).await, Exit::Refused);
        assert_eq!(write(&client).await, Exit::Unknown);
    }

    #[tokio::test]
    async fn what_was_never_sent_is_unreachable_or_usage() {
        let closed = service_fn(async |_| {
            Err::<Response<Bytes>, _>(Error::connect(std::io::Error::other("refused")))
        });
        let client = Client::from_service(closed).unwrap();
        assert_eq!(read(&client).await, Exit::Unreachable);
        assert_eq!(write(&client).await, Exit::Unreachable);
        let empty = client.delete_dev_instance("").await.unwrap_err();
        assert_eq!(Exit::of(&empty), Exit::Usage);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_a_timeout_for_reads_and_unknown_for_writes() {
        let silent = service_fn(|_| std::future::pending::<Result<Response<Bytes>, Error>>());
        let client = Client::from_service(silent).unwrap();
        let limit = Duration::from_secs(1);
        let read = client.list_dev_instances().with_timeout(limit);
        assert_eq!(Exit::of(&read.await.unwrap_err()), Exit::TimedOut);
        let write = client.stop_dev_instance("dv-1").with_timeout(limit);
        assert_eq!(Exit::of(&write.await.unwrap_err()), Exit::Unknown);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_times_out_or_fails() {
        let wait = |status: u8| {
            let body = format!(r#"{{"devInstance":{{"id":"dv-1","status":{status}}}}}"#);
            let service = service_fn(move |_| {
                let body = Bytes::from(body.clone());
                async move { Ok::<_, Error>(Response::new(body)) }
            });
            let client = Client::from_service(service).unwrap();
            async move { client.wait_until_running("dv-1").await.unwrap_err() }
        };
        assert_eq!(Exit::of_wait(&wait(1).await), Exit::TimedOut);
        assert_eq!(Exit::of_wait(&wait(19).await), Exit::Refused);
    }

    #[test]
    fn the_highest_code_is_the_worst() {
        assert!(Exit::Unknown > Exit::Declined && Exit::Declined > Exit::TimedOut);
        assert!(Exit::Unknown > Exit::TimedOut && Exit::TimedOut > Exit::Refused);
        assert!(Exit::Ended(Signal::Interrupt) > Exit::Unknown && Exit::Refused > Exit::Ok);
        assert_eq!(Exit::Ended(Signal::Terminate).code(), 143);
    }
}

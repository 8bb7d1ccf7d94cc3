//! The error type of the request stack and of every client built on it.

mod accessors;
mod display;
mod document;
mod foreign;
mod proof;
mod redact;
mod service;
mod unreadable;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::HeaderValue;

pub(crate) use self::document::request_id_of;
pub(crate) use self::proof::Proof;
pub(crate) use self::redact::name as shown_name;
pub use self::redact::one_line;
pub use self::service::ServiceError;
pub(crate) use self::service::{Answer, Named};
pub(crate) use self::unreadable::Unreadable;
use crate::mask::SharedSecrets;
use crate::service::Operation;

/// A boxed error of any type, such as the errors of an application's services and body streams.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a call that failed.
///
/// `Display` writes everything on one line: the operation, the cause, and, for a response of the
/// service, its status, code, message and request id. Secrets of the call are masked (`***`).
///
/// [`source`](std::error::Error::source) returns `None`, because the `Display` output includes the
/// messages of all causes: programs that print an error followed by its sources would print them
/// twice. For code that examines types, [`cause`](Self::cause) returns the underlying error, such
/// as a [`std::io::Error`], with its own sources.
///
/// ```
/// use bce_http::Error;
///
/// fn report(error: &Error) {
///     match error.service() {
///         Some(answer) => eprintln!("{:?}: {}", answer.code(), answer.message()),
///         None => eprintln!("no response: {error}"),
///     }
///     if error.may_have_been_applied() {
///         eprintln!("check the state of the resource before you repeat the call");
///     }
/// }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    member: Option<String>,
    operation: Option<&'static Operation>,
    /// The caller's own setting for retries
    /// ([`CallOptions::idempotent`](crate::layer::CallOptions::idempotent)), if any.
    repeatable: Option<bool>,
    service: Option<ServiceError>,
    /// Advice about the response that caused the error. The response may come from a server other
    /// than the service.
    note: Option<String>,
    /// The last error response of the service during the call: `service` itself if the call ended
    /// with it, and otherwise the response to an earlier attempt.
    last_service_error: Option<ServiceError>,
    request_id: Option<String>,
    delivery: Delivery,
    /// The ids of the requests that may have been carried out, in the form in which they were sent;
    /// `None` for a request without an id.
    in_doubt: Vec<Option<String>>,
    /// Whether another attempt could end differently. Not set for an error response, whose status
    /// and code determine this.
    transient: bool,
    attempts: u32,
    elapsed: Option<Duration>,
    cause: Option<BoxError>,
    /// The secrets that must be masked in the message of `cause`.
    secrets: Option<SharedSecrets>,
}

/// The kind of failure of an [`Error`].
///
/// # Examples
///
/// ```
/// use bce_http::{Error, ErrorKind};
///
/// # fn example(error: &Error) {
/// let hint = match error.kind() {
///     ErrorKind::Config => "correct the configuration",
///     ErrorKind::InvalidInput => "correct the value",
///     ErrorKind::Credentials => "check the credentials",
///     ErrorKind::Connect => "nothing was sent",
///     _ if error.may_have_been_applied() => "check the state before you call again",
///     _ => "call again later",
/// };
/// println!("{error}; {hint}");
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A setting is missing or not valid. Correct the setting that the message names.
    Config,
    /// A value of the call was refused before anything was sent. Correct the value that the message
    /// names.
    InvalidInput,
    /// There are no usable credentials. Check the source that the message names.
    Credentials,
    /// No connection to the endpoint could be made: name resolution, TCP, the proxy or TLS failed.
    /// Nothing was sent.
    Connect,
    /// The deadline of the call or the time limit of an attempt passed.
    Timeout,
    /// Sending the request or receiving the response failed: the connection broke; the response is
    /// incomplete, too large or not HTTP; or a transport or a layer of the application failed.
    Transport,
    /// The service, or a gateway in its place, responded with an error; see [`Error::service`].
    Service,
    /// The response has a success status but cannot be parsed, or does not come from the service.
    Decode,
}

/// Writes one or two words, for use in a table or as the label of a metric: `config`, `invalid
/// input`, `credentials`, `connect`, `timeout`, `transport`, `service`, `decode`.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Config => "config",
            Self::InvalidInput => "invalid input",
            Self::Credentials => "credentials",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Service => "service",
            Self::Decode => "decode",
        })
    }
}

/// How far a request got. This determines [`Error::may_have_been_applied`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The request was certainly not written to a connection.
    NotSent,
    /// The request may have been written, at least in part, and it is unknown whether the service
    /// acted on it.
    Unknown,
    /// The response proves that the service did not act.
    Refused,
}

impl Delivery {
    pub(crate) fn proven_by(proof: Proof) -> Self {
        match proof {
            Proof::Refused | Proof::Throttled => Self::Refused,
            Proof::Nothing => Self::Unknown,
        }
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let delivery = match kind {
            ErrorKind::Config
            | ErrorKind::InvalidInput
            | ErrorKind::Credentials
            | ErrorKind::Connect => Delivery::NotSent,
            ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Service | ErrorKind::Decode => {
                Delivery::Unknown
            }
        };
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            member: None,
            operation: None,
            repeatable: None,
            service: None,
            note: None,
            last_service_error: None,
            request_id: None,
            delivery,
            in_doubt: Vec::new(),
            transient: matches!(
                kind,
                ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport
            ),
            attempts: 0,
            elapsed: None,
            cause: None,
            secrets: None,
        }))
    }

    /// Creates an error that states that no connection could be made, so nothing was sent. It is
    /// meant for transports and layers of an application. If a transport or a layer instead returns
    /// an error of another type, that error counts as a failure after sending.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::{Error, ErrorKind};
    ///
    /// let error = Error::connect("the tunnel is down");
    /// assert_eq!(error.kind(), ErrorKind::Connect);
    /// assert!(!error.may_have_been_applied());
    /// ```
    pub fn connect(cause: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Connect, "cannot connect").with_cause(cause)
    }

    pub(crate) fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Creates the error for a refused value; `member` is its location in the request.
    pub(crate) fn invalid_input(member: impl fmt::Display, rule: impl fmt::Display) -> Self {
        let member = member.to_string();
        let mut error = Self::new(ErrorKind::InvalidInput, format!("{member} {rule}"));
        error.0.member = Some(member);
        error
    }

    pub(crate) fn from_service(service: ServiceError) -> Self {
        let mut error = Self::new(ErrorKind::Service, "");
        error.0.delivery = Delivery::proven_by(service.proof());
        error.0.service = Some(service);
        error
    }

    /// Creates the error for a response with a success status that cannot be read.
    pub(crate) fn decode(unreadable: Unreadable<'_>) -> Self {
        let mut error = Self::new(ErrorKind::Decode, unreadable.to_string());
        let id = request_id_of(unreadable.headers, unreadable.body);
        error.0.request_id = id.map(|id| redact::name(&id, unreadable.secrets));
        error
    }

    /// Creates the error for a time limit that passed while a complete response was being parsed.
    pub(crate) fn unread_in_time() -> Self {
        Self::new(
            ErrorKind::Timeout,
            "the response is too long to be read within the time limit",
        )
    }

    /// Converts the error of an inner service: an [`Error`] stays unchanged, and any other error
    /// becomes a transport failure.
    pub(crate) fn from_inner(error: impl Into<BoxError>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(ours) => *ours,
            Err(foreign) => {
                Self::new(ErrorKind::Transport, "the transport failed").with_cause(foreign)
            }
        }
    }

    pub(crate) fn with_cause(mut self, cause: impl Into<BoxError>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Sets the secrets of the call, which are masked where the message of the cause quotes them.
    /// Secrets that were set before are not replaced.
    pub(crate) fn hiding(mut self, secrets: &SharedSecrets) -> Self {
        self.0.secrets.get_or_insert_with(|| secrets.clone());
        self
    }

    pub(crate) fn with_note(mut self, note: Option<String>) -> Self {
        self.0.note = note;
        self
    }

    pub(crate) fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self
    }

    /// Sets the details of the call that the error belongs to. Details that were set before are not
    /// replaced.
    pub(crate) fn in_call(
        mut self,
        operation: &'static Operation,
        repeatable: Option<bool>,
        elapsed: Duration,
    ) -> Self {
        self.0.operation.get_or_insert(operation);
        self.0.repeatable = self.0.repeatable.or(repeatable);
        self.0.elapsed.get_or_insert(elapsed);
        self
    }

    /// Sets only the operation, for an error that does not belong to a single call.
    pub(crate) fn in_operation(mut self, operation: Option<&'static Operation>) -> Self {
        self.0.operation = operation;
        self
    }

    /// Marks the error as permanent: another attempt would end in the same way.
    pub(crate) fn permanent(mut self) -> Self {
        self.0.transient = false;
        self
    }

    /// Marks the error as transient: another attempt may end differently.
    pub(crate) fn transient(mut self) -> Self {
        self.0.transient = true;
        self
    }

    /// Adds the history of the call. `in_doubt` has the ids of all requests that may have been
    /// carried out; the request that ended with this error may be one of them.
    pub(crate) fn after_attempts(
        mut self,
        attempts: u32,
        in_doubt: Vec<Option<HeaderValue>>,
        last_service_error: Option<ServiceError>,
    ) -> Self {
        self.0.attempts = self.0.attempts.max(attempts);
        if in_doubt.len() >= self.0.in_doubt.len() {
            let text = |id: HeaderValue| String::from_utf8_lossy(id.as_bytes()).into_owned();
            self.0.in_doubt = in_doubt.into_iter().map(|id| id.map(text)).collect();
        }
        if self.0.last_service_error.is_none() {
            self.0.last_service_error = last_service_error;
        }
        self
    }

    pub(crate) fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    pub(crate) fn is_transient(&self) -> bool {
        self.0.transient || self.service().is_some_and(ServiceError::is_transient)
    }
}

impl StdError for Error {}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.operation())
            .field("message", &self.to_string())
            .field("may_have_been_applied", &self.may_have_been_applied())
            .finish()
    }
}

#[cfg(test)]
mod tests;

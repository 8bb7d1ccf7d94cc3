//! The one error type of the request stack and of every client built on it.

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

use http::{HeaderValue, StatusCode};

pub(crate) use self::document::request_id_of;
pub(crate) use self::proof::Proof;
pub(crate) use self::redact::name as shown_name;
pub use self::redact::one_line;
pub use self::service::ServiceError;
pub(crate) use self::service::{Answer, Named};
pub(crate) use self::unreadable::Unreadable;
use crate::mask::SharedSecrets;
use crate::service::{Idempotency, Operation};

/// A boxed error, as user-supplied services and body streams return them.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Why a call did not give a result.
///
/// `Display` says everything in one line: the operation, the cause, and for a response of the
/// service its status, code, message and request id. Nothing printed by it holds a secret.
///
/// [`source`](std::error::Error::source) is `None`, since the texts of all causes are part of that line:
/// reporters that print an error and then its sources would print them twice. For code that looks at types,
/// [`cause`](Self::cause) gives the underlying error, such as a [`std::io::Error`], with its own sources.
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
    /// What the caller said about repeats, if anything.
    repeatable: Option<bool>,
    service: Option<ServiceError>,
    /// What else the response of the service, or of another, calls for.
    note: Option<String>,
    /// The last response of an earlier attempt.
    last_service_error: Option<ServiceError>,
    request_id: Option<String>,
    delivery: Delivery,
    /// The ids of the requests that may have been carried out, as they were sent.
    in_doubt: Vec<Option<String>>,
    /// Whether another attempt could end differently.
    transient: bool,
    attempts: u32,
    elapsed: Option<Duration>,
    cause: Option<BoxError>,
    /// What `cause` must not show.
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
///     ErrorKind::Credentials => "look at the credentials",
///     ErrorKind::Connect => "nothing was sent",
///     _ if error.may_have_been_applied() => "look before you call again",
///     _ => "call again later",
/// };
/// println!("{error}; {hint}");
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The client cannot be built from this configuration. Correct the named item.
    Config,
    /// A value of the call was refused before anything was sent. Correct the named member.
    InvalidInput,
    /// No usable credentials. Check the source that the text names.
    Credentials,
    /// No connection to the endpoint: name resolution, TCP or TLS. Nothing was sent.
    Connect,
    /// The deadline or the time limit of the attempt passed.
    Timeout,
    /// The connection failed after the request had been handed over, or the response broke off.
    Transport,
    /// The service, or a gateway in its place, answered with an error; see [`Error::service`].
    Service,
    /// The response has a status of success but cannot be understood, or is not from the service.
    Decode,
}

/// One word or two, as for a table or the label of a metric: `config`, `invalid input`, `credentials`,
/// `connect`, `timeout`, `transport`, `service`, `decode`.
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

/// How far a request got; decides [`Error::may_have_been_applied`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Provably never written to a connection.
    NotSent,
    /// Written at least in part; what the service did is unknown.
    Unknown,
    /// The service said that it did not act.
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

    /// For transports and layers of an application: no connection could be made, so nothing was
    /// sent. Any other error of theirs counts as a failure after sending.
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

    /// Creates a refused value, with the place of the member in the request.
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

    /// Creates a success that cannot be read.
    pub(crate) fn decode(unreadable: Unreadable<'_>) -> Self {
        let mut error = Self::new(ErrorKind::Decode, unreadable.to_string());
        let id = request_id_of(unreadable.headers, unreadable.body);
        error.0.request_id = id.map(|id| redact::name(&id, unreadable.secrets));
        error
    }

    /// Creates the limit passed while a response was read that is there.
    pub(crate) fn unread_in_time() -> Self {
        Self::new(
            ErrorKind::Timeout,
            "the answer is too long to be read within the time limit",
        )
    }

    /// Takes the error of an inner service: ours as it is, any other as a transport failure.
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

    /// Keeps the secrets of its call out of the text, whatever the cause quotes; the first note stands.
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

    /// Notes what the error belongs to; the first note stands.
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

    /// Notes the operation alone, for what is about no single call.
    pub(crate) fn in_operation(mut self, operation: Option<&'static Operation>) -> Self {
        self.0.operation = operation;
        self
    }

    /// Says that another attempt would end the same way.
    pub(crate) fn permanent(mut self) -> Self {
        self.0.transient = false;
        self
    }

    /// Says that another attempt may end otherwise.
    pub(crate) fn transient(mut self) -> Self {
        self.0.transient = true;
        self
    }

    /// Adds what happened in the course of the call; `in_doubt` are the ids of the requests that may
    /// have been carried out, this error's own included.
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

    /// Returns the kind of failure.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::{Error, ErrorKind};
    ///
    /// # fn example(error: &Error) {
    /// match error.kind() {
    ///     ErrorKind::InvalidInput => println!("nothing was sent: {error}"),
    ///     ErrorKind::Service => println!("refused: {error}"),
    ///     _ => println!("{error}"),
    /// }
    /// # }
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the error answer of the service, or of a gateway in its place, which names no
    /// [`code`](ServiceError::code); `None` when the failure is on this side of it.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if let Some(refusal) = error.service() {
    ///     println!("{} ({})", refusal.message(), refusal.status());
    /// }
    /// # }
    /// ```
    pub fn service(&self) -> Option<&ServiceError> {
        self.0.service.as_ref()
    }

    /// Returns the last error answer of the service in the course of the call:
    /// [`service`](Self::service), or that of an earlier attempt when something else ended the
    /// call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if let Some(refusal) = error.last_service_error() {
    ///     println!("the last response said: {}", refusal.message());
    /// }
    /// # }
    /// ```
    pub fn last_service_error(&self) -> Option<&ServiceError> {
        self.service().or(self.0.last_service_error.as_ref())
    }

    /// Returns the error code that the service named, such as `NotFound`; `None` also when a
    /// gateway answered.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// match error.code() {
    ///     Some("NotFound") => println!("there is no such instance"),
    ///     Some(code) => println!("refused: {code}"),
    ///     None => println!("no code: {error}"),
    /// }
    /// # }
    /// ```
    pub fn code(&self) -> Option<&str> {
        self.service().and_then(ServiceError::code)
    }

    /// Returns the HTTP status of an error answer. Decide by [`Error::code`]: this service answers
    /// 403 for missing resources, forbidden states and missing permissions alike.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// println!("status: {:?}", error.status());
    /// # }
    /// ```
    pub fn status(&self) -> Option<StatusCode> {
        self.service().map(ServiceError::status)
    }

    /// As [`ServiceError::is_not_found`]; `false` without a response.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_not_found() {
    ///     println!("it is gone already");
    /// }
    /// # }
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.service().is_some_and(ServiceError::is_not_found)
    }

    /// As [`ServiceError::is_forbidden`]; `false` without a response.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_forbidden() {
    ///     println!("its state or your permissions do not allow this");
    /// }
    /// # }
    /// ```
    pub fn is_forbidden(&self) -> bool {
        self.service().is_some_and(ServiceError::is_forbidden)
    }

    /// As [`ServiceError::is_throttled`]; `false` without a response.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_throttled() {
    ///     println!("too many requests, even after the repeats");
    /// }
    /// # }
    /// ```
    pub fn is_throttled(&self) -> bool {
        self.service().is_some_and(ServiceError::is_throttled)
    }

    /// Returns the service's id of the failed request, for its support.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// println!("tell the support: {:?}", error.request_id());
    /// # }
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.service()
            .and_then(ServiceError::request_id)
            .or(self.0.request_id.as_deref())
    }

    /// Returns the ids (`x-bce-request-id`) that those requests were sent with of which nobody
    /// knows what became, the oldest first. With them the support can look for what [`request_id`]
    /// would name if there had been a response; the service may have given the requests ids of its
    /// own.
    ///
    /// ```
    /// fn report(error: &bce_http::Error) {
    ///     for id in error.sent_request_ids() {
    ///         eprintln!("what became of the request {id}?");
    ///     }
    /// }
    /// ```
    ///
    /// [`request_id`]: Self::request_id
    pub fn sent_request_ids(&self) -> impl Iterator<Item = &str> {
        self.0.in_doubt.iter().flatten().map(String::as_str)
    }

    /// Returns the name of the operation that failed, such as `CreateDevInstance`.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// println!("{} failed", error.operation().unwrap_or("the call"));
    /// # }
    /// ```
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(Operation::name)
    }

    /// Returns the member of the request that was refused, in the API's spelling
    /// (`conf.resources.cpus`), when the kind is [`ErrorKind::InvalidInput`].
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if let Some(member) = error.member() {
    ///     println!("correct {member} and call again");
    /// }
    /// # }
    /// ```
    pub fn member(&self) -> Option<&str> {
        self.0.member.as_deref()
    }

    /// Returns how many attempts were made; 0 when it never came to one.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// println!("tried {} times", error.attempts());
    /// # }
    /// ```
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the time from the start of the call to this error.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// println!("after {:?}", error.elapsed());
    /// # }
    /// ```
    pub fn elapsed(&self) -> Option<Duration> {
        self.0.elapsed
    }

    /// Returns whether a time limit ended the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_timeout() {
    ///     println!("allow the call more time");
    /// }
    /// # }
    /// ```
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Returns whether no connection could be made.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_connect() {
    ///     println!("nothing was sent; check endpoint and proxy");
    /// }
    /// # }
    /// ```
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Returns whether the same call may succeed later without any change: the failure is
    /// transient, and repeating the call cannot apply it twice.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_retryable() {
    ///     println!("the same call may succeed later, and acts once");
    /// }
    /// # }
    /// ```
    pub fn is_retryable(&self) -> bool {
        let repeatable = self.0.repeatable.unwrap_or_else(|| {
            self.0.operation.is_none_or(|operation| {
                operation.blind_retry()
                    && matches!(
                        operation.idempotency(),
                        Idempotency::Safe | Idempotency::Repeatable
                    )
            })
        });
        self.is_transient() && (repeatable || !self.may_have_been_applied())
    }

    /// Returns whether the service may have carried the call out although it failed. `false` only
    /// when it provably did not: nothing was sent, the service refused, or the operation only
    /// reads.
    ///
    /// When this is `true`, read the state of the resource before you repeat the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.may_have_been_applied() {
    ///     println!("look before you call again");
    /// }
    /// # }
    /// ```
    pub fn may_have_been_applied(&self) -> bool {
        let reads = self
            .0
            .operation
            .is_some_and(|operation| operation.idempotency() == Idempotency::Safe);
        let unknown = self.0.delivery == Delivery::Unknown || !self.0.in_doubt.is_empty();
        !reads && unknown
    }

    /// Returns whether another request than the one that ended the call may have been carried out.
    fn earlier_may_have_been_applied(&self) -> bool {
        let own = usize::from(self.0.delivery == Delivery::Unknown);
        self.may_have_been_applied() && self.0.in_doubt.len() > own
    }

    /// Returns the underlying error, for code that looks at its type. Its text is already part of
    /// this error's `Display`, so it is not its `source()`.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// let refused = error
    ///     .cause()
    ///     .and_then(|cause| cause.downcast_ref::<std::io::Error>())
    ///     .is_some_and(|cause| cause.kind() == std::io::ErrorKind::ConnectionRefused);
    /// # let _ = refused;
    /// # }
    /// ```
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.cause.as_deref()
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
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method};

    use super::*;
    use crate::mask::Secrets;
    use crate::service::Envelope;

    static CREATE: Operation = Operation::new(
        "aihc",
        "CreateDevInstance",
        Method::POST,
        Idempotency::NonIdempotent,
    );
    static READ: Operation = Operation::new(
        "aihc",
        "DescribeDevInstance",
        Method::GET,
        Idempotency::Safe,
    );

    fn refused(status: u16, body: &'static str) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer {
            status,
            headers: &HeaderMap::new(),
            body: &Bytes::from_static(body.as_bytes()),
            envelope: &Envelope::DEFAULT,
        };
        Error::from_service(answer.error(None, &Secrets::default()).unwrap())
    }

    #[test]
    fn display_is_one_line_with_operation_status_code_message_and_request_id() {
        let error = refused(
            403,
            r#"{"code":"NotFound","message":"no such\ninstance","requestId":"r-1"}"#,
        )
        .in_call(&CREATE, None, Duration::from_millis(12))
        .after_attempts(1, Vec::new(), None);
        assert_eq!(
            error.to_string(),
            "CreateDevInstance failed: 403 NotFound: no such instance (request id r-1, 1 attempt, 12 ms)"
        );
    }

    #[test]
    fn display_names_the_root_cause_once() {
        let io = std::io::Error::other("connection refused");
        let error = Error::new(ErrorKind::Connect, "cannot connect to localhost:1").with_cause(io);
        assert_eq!(
            error.to_string(),
            "cannot connect to localhost:1: connection refused"
        );
        assert!(error.source().is_none());
        assert!(error.cause().is_some());
    }

    #[test]
    fn only_what_provably_did_not_happen_is_reported_as_not_applied() {
        let elapsed = Duration::ZERO;
        let applied = |error: Error| {
            error
                .in_call(&CREATE, None, elapsed)
                .may_have_been_applied()
        };
        assert!(!applied(Error::new(ErrorKind::Connect, "x")));
        assert!(!applied(Error::invalid_input("name", "is empty")));
        assert!(!applied(refused(403, r#"{"code":"Forbidden"}"#)));
        assert!(!applied(refused(429, r#"{"code":"TooManyRequests"}"#)));
        assert!(applied(refused(429, "")));
        assert!(applied(Error::new(ErrorKind::Timeout, "x")));
        assert!(applied(Error::new(ErrorKind::Transport, "x")));
        assert!(applied(Error::new(ErrorKind::Decode, "x")));
        assert!(applied(refused(500, "")));
        assert!(applied(refused(504, "")));
        assert!(applied(refused(302, "")));
    }

    #[test]
    fn a_reading_operation_is_never_applied() {
        let error = Error::new(ErrorKind::Timeout, "x").in_call(&READ, None, Duration::ZERO);
        assert!(!error.may_have_been_applied());
        assert!(error.is_retryable());
    }

    #[test]
    fn what_is_not_repeated_blindly_is_not_retryable_either() {
        static UPDATE: Operation =
            Operation::new("aihc", "Update", Method::POST, Idempotency::Repeatable)
                .without_blind_retry();
        let lost = Error::new(ErrorKind::Transport, "x").in_call(&UPDATE, None, Duration::ZERO);
        let unsent = Error::new(ErrorKind::Connect, "x").in_call(&UPDATE, None, Duration::ZERO);
        assert!(!lost.is_retryable() && unsent.is_retryable());
    }

    #[test]
    fn an_ambiguous_create_is_not_retryable_and_an_unsent_one_is() {
        let ambiguous =
            Error::new(ErrorKind::Transport, "x").in_call(&CREATE, None, Duration::ZERO);
        let unsent = Error::new(ErrorKind::Connect, "x").in_call(&CREATE, None, Duration::ZERO);
        assert!(!ambiguous.is_retryable());
        assert!(unsent.is_retryable());
    }

    #[test]
    fn an_inner_error_of_ours_passes_unchanged() {
        let error = Error::from_inner(Error::new(ErrorKind::Timeout, "x"));
        assert_eq!(error.kind(), ErrorKind::Timeout);
        let foreign = Error::from_inner(std::io::Error::other("boom"));
        assert_eq!(foreign.kind(), ErrorKind::Transport);
        assert!(foreign.to_string().contains("boom"));
    }
}

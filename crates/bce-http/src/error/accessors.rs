//! The methods of [`Error`] that describe the failure and the service's response, and tell whether
//! to repeat the call.

use std::error::Error as StdError;
use std::time::Duration;

use http::StatusCode;

use super::{Delivery, Error, ErrorKind, ServiceError};
use crate::service::{Idempotency, Operation};

impl Error {
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

    /// Returns the error response that the service, or a gateway in its place, sent. The response
    /// of a gateway usually has no [`code`](ServiceError::code). Returns `None` if the call failed
    /// for any other reason.
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

    /// Returns the last error response of the service during the call: the same as
    /// [`service`](Self::service), or the response to an earlier attempt, if the call ended for
    /// another reason.
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

    /// Returns the error code of the service, such as `NotFound`; `None` if there is no error
    /// response, or if it has no code, as the error page of a gateway.
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

    /// Returns the HTTP status of an error response; `None` if there is no error response. Base
    /// decisions on [`Error::code`] instead: the AIHC service, for example, uses 403 for missing
    /// resources, forbidden states and missing permissions alike.
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

    /// Returns the result of [`ServiceError::is_not_found`]; `false` if there is no error response.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_not_found() {
    ///     println!("it is already gone");
    /// }
    /// # }
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.service().is_some_and(ServiceError::is_not_found)
    }

    /// Returns the result of [`ServiceError::is_forbidden`]; `false` if there is no error response.
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

    /// Returns the result of [`ServiceError::is_throttled`]; `false` if there is no error response.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_throttled() {
    ///     println!("too many requests, even after the retries");
    /// }
    /// # }
    /// ```
    pub fn is_throttled(&self) -> bool {
        self.service().is_some_and(ServiceError::is_throttled)
    }

    /// Returns the id that the service assigned to the failed request, for its support team; `None`
    /// if there is no response, or if it has no id.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// println!("request id for the support team: {:?}", error.request_id());
    /// # }
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.service()
            .and_then(ServiceError::request_id)
            .or(self.0.request_id.as_deref())
    }

    /// Returns the ids (`x-bce-request-id`) of the requests whose outcome is unknown, oldest first.
    /// The support team can look for a request by its id if no response with a [`request_id`] was
    /// received; however, the service may have assigned a different id.
    ///
    /// ```
    /// fn report(error: &bce_http::Error) {
    ///     for id in error.sent_request_ids() {
    ///         eprintln!("unknown outcome of request {id}");
    ///     }
    /// }
    /// ```
    ///
    /// [`request_id`]: Self::request_id
    pub fn sent_request_ids(&self) -> impl Iterator<Item = &str> {
        self.0.in_doubt.iter().flatten().map(String::as_str)
    }

    /// Returns the name of the operation that failed, such as `CreateDevInstance`; `None` if the
    /// error does not belong to an operation.
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

    /// Returns the member of the request that was refused, under its name in the API:
    /// `conf.resources.cpus`. Returns `None` unless the kind is [`ErrorKind::InvalidInput`] and a
    /// single member was refused.
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

    /// Returns the number of attempts; 0 if the call failed before the first attempt.
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

    /// Returns the time from the start of the call to this error; `None` if the error does not
    /// belong to a call.
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
    /// transient, and repeating the call does no harm. A repetition does no harm if the service
    /// certainly did not carry out the call, or if the operation, or the caller's setting for the
    /// call ([`CallOptions::idempotent`](crate::layer::CallOptions::idempotent)), allows it.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.is_retryable() {
    ///     println!("call again later; it cannot be applied twice");
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

    /// Returns whether the call may have taken effect at the service although it failed. Returns
    /// `false` only if it certainly has not: nothing was sent, the service refused the request, or
    /// the operation only reads.
    ///
    /// If this is `true`, read the state of the resource before repeating the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(error: &bce_http::Error) {
    /// if error.may_have_been_applied() {
    ///     println!("check the state before you call again");
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

    /// Returns whether a request of this call, other than the one that ended it, may have taken
    /// effect; `false` if the operation only reads.
    pub(super) fn earlier_may_have_been_applied(&self) -> bool {
        let own = usize::from(self.0.delivery == Delivery::Unknown);
        self.may_have_been_applied() && self.0.in_doubt.len() > own
    }

    /// Returns the underlying error, for code that examines its type; `None` if there is none. Its
    /// message is already part of this error's `Display` output, so `source()` does not return it.
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

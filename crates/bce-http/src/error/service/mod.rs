//! The error document of a service: code, message and request id.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::error::document::{ErrorDocument, may_name_code};
use crate::error::foreign::{code_of_status, without_document};
use crate::error::proof::{self, Proof};
use crate::error::redact::{self, one_line};
use crate::headers;
use crate::mask::Secrets;
use crate::service::Envelope;

/// An error response with any HTTP status: the `{code, message, requestId}` of the service,
/// completed from the headers, or the response of a gateway in its place.
///
/// # Examples
///
/// ```
/// # fn example(error: &bce_http::Error) {
/// if let Some(refusal) = error.service() {
///     println!("{:?}: {}", refusal.code(), refusal.message());
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct ServiceError {
    status: StatusCode,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
    proof: Proof,
    headers: HeaderMap,
    body: Bytes,
}

/// A response, and what is needed to interpret it.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) envelope: &'a Envelope,
}

/// The code, message and id of an error response, parsed once for all users; an extension of the
/// response.
#[derive(Clone)]
pub(crate) struct Named {
    document: ErrorDocument,
    proof: Proof,
    /// The status that it was parsed with, because a layer of the application may replace the
    /// response.
    status: StatusCode,
    body: Bytes,
}

impl Named {
    /// Returns the conclusion that the response allows about the request.
    pub(crate) fn proof(&self) -> Proof {
        self.proof
    }

    /// Returns whether the service states that it is too busy, or that it failed while processing
    /// the request.
    pub(crate) fn tells_failure(&self) -> bool {
        let fails = self.document.code.as_deref().is_some_and(proof::is_failure);
        fails || self.proof == Proof::Throttled
    }

    fn is_of(&self, answer: &Answer<'_>) -> bool {
        let place = |body: &Bytes| (body.as_ptr(), body.len());
        self.status == answer.status && place(&self.body) == place(answer.body)
    }
}

impl Answer<'_> {
    /// Returns the error in the response: one with an error status, or with a `code` in the body of
    /// a success that is not one of the service's success codes. `named` is used if it has already
    /// been parsed.
    pub(crate) fn error(&self, named: Option<Named>, secrets: &Secrets) -> Option<ServiceError> {
        if self.status.is_success() {
            return self
                .has_error_inside()
                .then(|| self.read(self.names(), secrets));
        }
        let named = named.filter(|named| named.is_of(self));
        Some(self.read(named.unwrap_or_else(|| self.names()), secrets))
    }

    /// Returns the code, message and id in the body, completed from the headers.
    pub(crate) fn names(&self) -> Named {
        let document = self.document();
        Named {
            proof: proof::of(self.status, document.code.as_deref(), self.envelope),
            document,
            status: self.status,
            body: self.body.clone(),
        }
    }

    fn has_error_inside(&self) -> bool {
        let envelope = self.envelope;
        let may_be_error = envelope.errors_in_success || !envelope.error_codes.is_empty();
        if !may_be_error || !may_name_code(self.body) {
            return false;
        }
        let code = ErrorDocument::parse(self.body).and_then(|document| document.code);
        code.is_some_and(|code| {
            let is_success = || envelope.success_codes.contains(&code.as_str());
            envelope.error_codes.contains(&code.as_str())
                || envelope.errors_in_success && !is_success()
        })
    }

    fn document(&self) -> ErrorDocument {
        let headers = self.headers;
        let mut document = ErrorDocument::parse(self.body).unwrap_or_default();
        document.request_id = (document.request_id).or_else(|| headers::request_id(headers));
        document.code = document.code.or_else(|| headers::error_code(headers));
        document.message = (document.message).or_else(|| headers::error_message(headers));
        // Gateways use numbers as codes; the numeric code of a service comes with the id of the
        // request.
        let tells_request = self.status.is_success() || document.request_id.is_some();
        let named = |code: &String| tells_request || code.contains(char::is_alphabetic);
        document.code = document.code.filter(named);
        document
    }

    fn read(&self, named: Named, secrets: &Secrets) -> ServiceError {
        let Self {
            status,
            headers,
            body,
            envelope,
        } = *self;
        let ErrorDocument {
            code,
            message,
            request_id,
        } = named.document;
        let proof = named.proof;
        // Known codes are compared, so they must not be masked.
        let is_known = |code: &str| proof::is_known(code, envelope);
        let code = code.map(|code| match is_known(&code) {
            true => code,
            false => redact::name(&code, secrets),
        });
        let message = match (&code, message) {
            (Some(_), said) => said.unwrap_or_default(),
            (None, None) => without_document(status, headers, body, secrets),
            (None, Some(said)) => {
                format!(
                    "{}: {said}",
                    without_document(status, headers, body, secrets)
                )
            }
        };
        ServiceError {
            status,
            code,
            message: redact::message(&message, secrets),
            request_id: request_id.map(|id| redact::name(&id, secrets)),
            proof,
            headers: headers.clone(),
            body: body.clone(),
        }
    }
}

impl ServiceError {
    /// Returns the error code of the service, such as `NotFound`, up to 128 characters of it.
    /// Returns `None` if there is none, as in the page of a gateway.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// println!("{}", refusal.code().unwrap_or("no code: a gateway"));
    /// # }
    /// ```
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the code, or else the reason phrase of the HTTP status as one word (`BadGateway`,
    /// but `AccessDenied` for 403), which the official Go SDK reports as the code. The latter does
    /// not come from the service: base decisions on [`code`](Self::code).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// println!("as the Go SDK calls it: {}", refusal.derived_code());
    /// # }
    /// ```
    pub fn derived_code(&self) -> Cow<'_, str> {
        match &self.code {
            Some(code) => Cow::Borrowed(code),
            None => code_of_status(self.status),
        }
    }

    /// Returns whether a parameter was refused. Services spell this code in two ways.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// if refusal.is_invalid_parameter() {
    ///     println!("{}", refusal.message());
    /// }
    /// # }
    /// ```
    pub fn is_invalid_parameter(&self) -> bool {
        matches!(self.code(), Some("InvalidParameter" | "InvalidParam"))
    }

    /// Returns whether the service says that the resource does not exist: the code `NotFound`. A
    /// gateway's page with status 404 does not count.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// if refusal.is_not_found() {
    ///     println!("it is already gone");
    /// }
    /// # }
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.code() == Some("NotFound")
    }

    /// Returns whether the service says that the caller may not do this, or not now: the codes
    /// `Forbidden` and `AccessDenied`. Services do not distinguish a missing permission from a
    /// state that does not allow the operation. A gateway's page with status 403 does not count.
    pub fn is_forbidden(&self) -> bool {
        matches!(self.code(), Some("Forbidden" | "AccessDenied"))
    }

    /// Returns whether there were too many requests: status 429, or a throttling code of the
    /// service.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// if refusal.is_throttled() {
    ///     println!("too many requests");
    /// }
    /// # }
    /// ```
    pub fn is_throttled(&self) -> bool {
        self.status.as_u16() == 429 || self.proof == Proof::Throttled
    }

    /// Returns the service's explanation, up to 2000 characters of it; it may be empty. Secrets of
    /// the call that it quotes are masked (`***`).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// println!("{}", refusal.message());
    /// # }
    /// ```
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the service's id of the request, up to 128 characters of it.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// println!("request id for the support team: {:?}", refusal.request_id());
    /// # }
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the HTTP status, which is 200 for an error in a successful response.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// println!("HTTP {}", refusal.status());
    /// # }
    /// ```
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers of the response unchanged. Do not log them, since they may quote secrets
    /// of the request.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// println!("{:?}", refusal.headers().get("server"));
    /// # }
    /// ```
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body of the response unchanged, for instance the error page of a proxy. Do not
    /// log it, since it may quote secrets of the request.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn example(refusal: &bce_http::ServiceError) {
    /// println!("{} bytes", refusal.body().len());
    /// # }
    /// ```
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the conclusion that the response allows about the request.
    pub(crate) fn proof(&self) -> Proof {
        self.proof
    }

    /// Returns whether there is a code, which means that the response comes from the service
    /// itself.
    pub(crate) fn has_document(&self) -> bool {
        self.code.is_some()
    }

    /// Returns whether the service, or a gateway, failed, rather than refused the request.
    pub(crate) fn is_failure(&self) -> bool {
        let fails = matches!(self.status.as_u16(), 408 | 500 | 502 | 503 | 504);
        fails || self.code().is_some_and(proof::is_failure)
    }

    /// Returns whether the service considers the signature too old, or too far in the future.
    pub(crate) fn is_expired(&self) -> bool {
        self.code() == Some("RequestExpired")
    }

    /// Returns whether the service does not recognise, or no longer recognises, the access key or
    /// the session token. The documentation only mentions `InvalidAccessKeyId`; some codes about
    /// session tokens are known as well.
    pub fn refuses_credentials(&self) -> bool {
        let refuses = |code| proof::refuses_credentials(self.status, code);
        self.code().is_some_and(refuses)
    }

    /// Returns whether the same request may get a different response later.
    pub(crate) fn is_transient(&self) -> bool {
        self.is_throttled() || self.is_failure() || self.is_expired()
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} {}", self.status.as_u16(), one_line(code))?,
            None => write!(f, "{}", self.status)?,
        }
        if !self.message.is_empty() {
            write!(f, ": {}", one_line(&self.message))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

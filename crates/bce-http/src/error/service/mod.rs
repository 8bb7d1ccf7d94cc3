//! The error document of a service: its code, message and request id.

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

/// An error response with any HTTP status. Its code, message and request id come from its body,
/// `{code, message, requestId}`, or, if they are missing there, from its headers. If there is no
/// code, as in the page of a gateway in front of the service, this crate describes the response in
/// the message.
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

/// A response, and the [`Envelope`] of the service, which states how the response is interpreted.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) envelope: &'a Envelope,
}

/// The code, message and id of an error response. They are parsed once, and then stored as an
/// extension of the response.
#[derive(Clone)]
pub(crate) struct Named {
    document: ErrorDocument,
    proof: Proof,
    /// The status of the parsed response. Together with `body`, it shows whether a response is
    /// still the parsed one, because a layer of the application may have replaced it.
    status: StatusCode,
    body: Bytes,
}

impl Named {
    /// Returns what the response proves about its request: whether the service acted on it.
    pub(crate) fn proof(&self) -> Proof {
        self.proof
    }

    /// Returns whether the code states that the service is too busy, or that it failed while
    /// processing the request.
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
    /// Returns the error in a response, or `None` if there is none. A response is an error if its
    /// status is not 2xx, or if the service's envelope counts the `code` in its body as an error.
    /// `named` has the code, message and id if they have already been parsed. This saves parsing
    /// the body of a non-2xx response again; `named` is ignored if it belongs to another response.
    pub(crate) fn error(&self, named: Option<Named>, secrets: &Secrets) -> Option<ServiceError> {
        if self.status.is_success() {
            let document = self.error_inside()?;
            return Some(self.read(self.named(document), secrets));
        }
        let named = named.filter(|named| named.is_of(self));
        Some(self.read(named.unwrap_or_else(|| self.names()), secrets))
    }

    /// Returns the code, message and id in the body; those missing there are taken from the headers.
    pub(crate) fn names(&self) -> Named {
        self.named(ErrorDocument::parse(self.body).unwrap_or_default())
    }

    /// Returns the document in the body of a success if the envelope counts its code as an error.
    fn error_inside(&self) -> Option<ErrorDocument> {
        let envelope = self.envelope;
        let may_be_error = envelope.errors_in_success || !envelope.error_codes.is_empty();
        if !may_be_error || !may_name_code(self.body) {
            return None;
        }
        let document = ErrorDocument::parse(self.body)?;
        let code = document.code.as_deref()?;
        let is_success = || envelope.success_codes.contains(&code);
        let is_error =
            envelope.error_codes.contains(&code) || envelope.errors_in_success && !is_success();
        is_error.then_some(document)
    }

    /// Adds the code, message and id in the headers to a document that does not have them.
    fn named(&self, mut document: ErrorDocument) -> Named {
        let headers = self.headers;
        document.request_id = (document.request_id).or_else(|| headers::request_id(headers));
        document.code = document.code.or_else(|| headers::error_code(headers));
        document.message = (document.message).or_else(|| headers::error_message(headers));
        // Gateways use numbers as codes. A service that has numeric codes also sends a request id.
        let tells_request = self.status.is_success() || document.request_id.is_some();
        let named = |code: &String| tells_request || code.contains(char::is_alphabetic);
        document.code = document.code.filter(named);
        Named {
            proof: proof::of(self.status, document.code.as_deref(), self.envelope),
            document,
            status: self.status,
            body: self.body.clone(),
        }
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
        // Rules compare these codes, so codes that are known must not be masked.
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
    /// Returns the error code of the service, such as `NotFound`, truncated to 128 characters.
    /// Returns `None` if the response has no code, as in the error page of a gateway. In a response
    /// that is not 2xx and has no request id, a number does not count as a code, because gateways
    /// use such codes.
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

    /// Returns the code. If there is none, returns the code that the official Go SDK reports in its
    /// place: usually the reason phrase of the HTTP status as one word (`BadGateway`; but
    /// `AccessDenied` for 403). If the status has no reason phrase, returns `Http` and the number.
    /// Such a code does not come from the service: base decisions on [`code`](Self::code).
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

    /// Returns whether a parameter was refused: the code is `InvalidParameter` or `InvalidParam`.
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

    /// Returns whether the service states that the resource does not exist: the code is `NotFound`.
    /// The page of a gateway with status 404 does not count.
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

    /// Returns whether the service states that the caller may not perform the operation, or not at
    /// present: the code is `Forbidden` or `AccessDenied`. Services do not distinguish a missing
    /// permission from a state that does not allow the operation. The page of a gateway with status
    /// 403 does not count.
    pub fn is_forbidden(&self) -> bool {
        matches!(self.code(), Some("Forbidden" | "AccessDenied"))
    }

    /// Returns whether there were too many requests: the status is 429, or the code is one of the
    /// service's throttling codes.
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

    /// Returns the service's explanation, truncated to 2000 characters; it may be empty. If the
    /// response has no code, this is a description of the response, followed by the explanation if
    /// there is one. If it quotes secrets of the call, they are masked (`***`).
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

    /// Returns the id that the service assigned to the request, truncated to 128 characters; `None`
    /// if the response has no id.
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

    /// Returns the HTTP status, which may also be that of a success, such as 200, if the error was
    /// in the body.
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

    /// Returns the headers of the response unchanged. Do not log them, because they may quote
    /// secrets of the request.
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

    /// Returns the body of the response unchanged, for example the error page of a proxy. Do not
    /// log it, because it may quote secrets of the request.
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

    /// Returns what the response proves about its request: whether the service acted on it.
    pub(crate) fn proof(&self) -> Proof {
        self.proof
    }

    /// Returns whether the response has an error code, and is therefore attributed to the service
    /// itself.
    pub(crate) fn has_document(&self) -> bool {
        self.code.is_some()
    }

    /// Returns whether the service, or a gateway, reported a failure of its own, as opposed to
    /// refusing the request.
    pub(crate) fn is_failure(&self) -> bool {
        let fails = matches!(self.status.as_u16(), 408 | 500 | 502 | 503 | 504);
        fails || self.code().is_some_and(proof::is_failure)
    }

    /// Returns whether the service considers the signature to be too old, or too far in the future.
    pub(crate) fn is_expired(&self) -> bool {
        self.code() == Some("RequestExpired")
    }

    /// Returns whether the service does not recognize the access key or the session token, or no
    /// longer does. The documentation mentions only the code `InvalidAccessKeyId`; several codes
    /// about session tokens are recognized as well, unless the status is that of a success.
    pub fn refuses_credentials(&self) -> bool {
        let refuses = |code| proof::refuses_credentials(self.status, code);
        self.code().is_some_and(refuses)
    }

    /// Returns whether repeating the same request may lead to a different response.
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

//! The description of an operation, which the tower layers find in the extensions of a request.

use std::fmt;

use http::Method;

/// An operation of a service: its name, the effect of repeating it, and its responses.
///
/// Layers find the operation in the extensions of a request, as `&'static Operation`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    service: &'static str,
    name: &'static str,
    method: Method,
    idempotency: Idempotency,
    blind_retry: bool,
    answer_members: Option<&'static [&'static str]>,
    content: Content,
    accepted: &'static [u16],
}

/// The kind of content in the body of a successful response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Content {
    /// A document, such as a JSON object. Its members show whether the response comes from the
    /// service, and whether it is an error.
    Document,
    /// Bytes of any kind. They may contain an error if the service reports errors in 2xx responses.
    Bytes,
    /// Data that users have stored. It never counts as an error, whatever it looks like.
    Data,
}

/// The effect of making the same call twice.
///
/// This effect, and not the HTTP method, decides whether a call may be retried, because most calls
/// of these services use POST.
///
/// # Examples
///
/// ```
/// use bce_http::Idempotency;
///
/// // The description of every operation contains one of these.
/// assert_ne!(Idempotency::Safe, Idempotency::NonIdempotent);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// The operation only reads, or issues a token: repeating it changes nothing.
    Safe,
    /// Repeating the call leads to the same state.
    Repeatable,
    /// The service checks the state, and refuses a repeated call unless somebody else has changed
    /// the state in the meantime.
    StateGuarded,
    /// Repeating the call has a further effect, for example creates a second instance.
    NonIdempotent,
}

/// Writes one word, for use in a table or as the label of a metric: `safe`, `repeatable`,
/// `state-guarded`, `non-idempotent`.
impl fmt::Display for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Safe => "safe",
            Self::Repeatable => "repeatable",
            Self::StateGuarded => "state-guarded",
            Self::NonIdempotent => "non-idempotent",
        })
    }
}

impl Operation {
    /// Creates the description of an operation, which client crates store in a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Idempotency;
    /// use bce_http::rt::Operation;
    /// use http::Method;
    ///
    /// static LIST: Operation =
    ///     Operation::new("bcc", "ListInstances", Method::GET, Idempotency::Safe);
    ///
    /// assert_eq!(LIST.name(), "ListInstances");
    /// ```
    pub const fn new(
        service: &'static str,
        name: &'static str,
        method: Method,
        idempotency: Idempotency,
    ) -> Self {
        Self {
            service,
            name,
            method,
            idempotency,
            blind_retry: true,
            answer_members: None,
            content: Content::Document,
            accepted: &[],
        }
    }

    /// Declares that a call that may have been carried out is not retried before the state has been
    /// read, whatever its [`Idempotency`]. If the state cannot be read, the call is not retried.
    /// The caller's own setting for a call
    /// ([`CallOptions::idempotent`](crate::layer::CallOptions::idempotent)) takes precedence.
    pub const fn without_blind_retry(mut self) -> Self {
        self.blind_retry = false;
        self
    }

    /// Sets the members of the response. An object with one of these members counts as a response
    /// of the service even if it has no request id, unless the value of the member is null. Leave
    /// out `code`, `message` and `requestId`, because responses of other servers may have them.
    ///
    /// With this setting, the body must be a JSON object or empty. An empty body counts only if a
    /// header contains a request id, or if the service sends neither ids nor success codes. Without
    /// this setting, a body of any form counts if the response has a request id.
    ///
    /// ```
    /// use bce_http::Idempotency;
    /// use bce_http::rt::Operation;
    /// use http::Method;
    ///
    /// static LIST_ZONES: Operation =
    ///     Operation::new("bcc", "ListZones", Method::GET, Idempotency::Safe).answered_with(&["zones"]);
    /// assert_eq!(LIST_ZONES.answer_members(), Some(&["zones"][..]));
    /// ```
    pub const fn answered_with(mut self, members: &'static [&'static str]) -> Self {
        self.answer_members = Some(members);
        self
    }

    /// Declares that the body of a success is bytes of any kind. A response counts as the service's
    /// if one of its headers contains a request id, whatever the body looks like. If the service
    /// does not send ids, every response counts, except for an HTML page in response to a change.
    /// An object with a `code` is an error if the service's [`Envelope`](crate::rt::Envelope)
    /// counts this code as one.
    ///
    /// A response with only a part of the content is an error, unless the operation
    /// [accepts](Self::accepting) status 206 and the request has a `range` header.
    pub const fn answered_with_bytes(mut self) -> Self {
        self.content = Content::Bytes;
        self
    }

    /// Declares that the body of a success is data that users have stored. This has the same effect
    /// as [`answered_with_bytes`](Self::answered_with_bytes), except that the body is never an
    /// error, not even an object with a `code` if the service reports errors in 2xx responses.
    pub const fn answered_with_data(mut self) -> Self {
        self.content = Content::Data;
        self
    }

    /// Sets the statuses for which the caller receives the response and not an error, in addition
    /// to ordinary successes. These are statuses other than 2xx, and 206 for content that is not a
    /// document.
    ///
    /// The response must come from the service, which is shown by a request id in a header. Without
    /// a request id, a response with such a status is still an error, unless the operation only
    /// reads and the service does not send ids. Status 206 counts only if the request has a `range`
    /// header, and 304 only if it has `if-none-match` or `if-modified-since`. A response whose code
    /// means throttling or a failure is always an error.
    ///
    /// ```
    /// use bce_http::Idempotency;
    /// use bce_http::rt::Operation;
    /// use http::Method;
    ///
    /// static GET_OBJECT: Operation = Operation::new("bos", "GetObject", Method::GET, Idempotency::Safe)
    ///     .answered_with_data()
    ///     .accepting(&[206, 304, 412]);
    /// assert!(GET_OBJECT.accepted().contains(&304));
    /// ```
    pub const fn accepting(mut self, statuses: &'static [u16]) -> Self {
        self.accepted = statuses;
        self
    }

    /// Returns the short name of the service, such as `aihc`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Idempotency;
    /// use bce_http::rt::Operation;
    /// use http::Method;
    ///
    /// static LIST: Operation =
    ///     Operation::new("bcc", "ListInstances", Method::GET, Idempotency::Safe);
    ///
    /// assert_eq!(LIST.service(), "bcc");
    /// ```
    pub const fn service(&self) -> &'static str {
        self.service
    }

    /// Returns the name of the operation in the API, such as `CreateDevInstance`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the HTTP method.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Idempotency;
    /// use bce_http::rt::Operation;
    /// use http::Method;
    ///
    /// static LIST: Operation =
    ///     Operation::new("bcc", "ListInstances", Method::GET, Idempotency::Safe);
    ///
    /// assert_eq!(LIST.method(), Method::GET);
    /// ```
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the effect of repeating the operation.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Idempotency;
    /// use bce_http::rt::Operation;
    /// use http::Method;
    ///
    /// static LIST: Operation =
    ///     Operation::new("bcc", "ListInstances", Method::GET, Idempotency::Safe);
    ///
    /// assert_eq!(LIST.idempotency(), Idempotency::Safe);
    /// ```
    pub const fn idempotency(&self) -> Idempotency {
        self.idempotency
    }

    /// Returns `false` if a call that may have been carried out must not be retried before the
    /// state has been read ([`without_blind_retry`](Self::without_blind_retry)). If this is `true`,
    /// the [idempotency](Self::idempotency) decides.
    pub const fn blind_retry(&self) -> bool {
        self.blind_retry
    }

    /// Returns the members of the response, or `None` if they are not known.
    pub const fn answer_members(&self) -> Option<&'static [&'static str]> {
        self.answer_members
    }

    /// Returns the statuses that were set with [`accepting`](Self::accepting).
    pub const fn accepted(&self) -> &'static [u16] {
        self.accepted
    }

    /// Returns the kind of content in the body of a successful response.
    pub(crate) const fn content(&self) -> Content {
        self.content
    }
}

//! What the stack knows about the operation behind a request.

use std::fmt;

use http::Method;

/// One operation of a service: its name, what a repeat of it does, and what answers it.
///
/// Layers find it in the extensions of a request as `&'static Operation`.
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

/// What the body of a success is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Content {
    /// A document of the service, by which its responses are known and that may name an error.
    Document,
    /// Bytes. They may name an error where the service does that.
    Bytes,
    /// Data that users have stored: never an error, whatever it looks like.
    Data,
}

/// The effect of carrying out the same call twice.
///
/// This, and not the HTTP method, decides whether a call may be repeated: these services take
/// most calls as POST.
///
/// # Examples
///
/// ```
/// use bce_http::Idempotency;
///
/// // A description of an operation says which of them it is.
/// assert_ne!(Idempotency::Safe, Idempotency::NonIdempotent);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// The operation reads, or issues a token: a repeat changes nothing.
    Safe,
    /// The same call again ends in the same state.
    Repeatable,
    /// A repeat is refused by a check of the state, as long as nobody else has changed that.
    StateGuarded,
    /// A repeat acts again, for instance creates a second instance.
    NonIdempotent,
}

/// One word, as for a table or the label of a metric: `safe`, `repeatable`, `state-guarded`,
/// `non-idempotent`.
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
    /// Describes an operation, for a `static` of the client crate.
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

    /// Says that a call that may have been carried out is not repeated without a look at the state,
    /// whatever its [`Idempotency`]. Without a way to look, it is not repeated at all then.
    pub const fn without_blind_retry(mut self) -> Self {
        self.blind_retry = false;
        self
    }

    /// Names the members of the response: with one of them that is not null, an object is a response of
    /// the service even if it carries no request id. `code`, `message` and `requestId` do not count.
    ///
    /// The response is a JSON object then. Of an operation without this, a response of any form counts
    /// that carries a request id.
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

    /// Says that the body of a success is bytes of any kind. The response is then the service's if one of
    /// its headers carries a request id, whatever the body looks like; where the service sends no ids,
    /// the response to a change is not the service's if it is a page. Where the service puts errors into
    /// successes, an object with a `code` is an error.
    ///
    /// Content of which only a part came is an error, unless the operation [accepts](Self::accepting) 206.
    pub const fn answered_with_bytes(mut self) -> Self {
        self.content = Content::Bytes;
        self
    }

    /// As [`answered_with_bytes`](Self::answered_with_bytes); the body is what users have stored, and
    /// never an error, not even an object with a `code` where the service puts errors into successes.
    pub const fn answered_with_data(mut self) -> Self {
        self.content = Content::Data;
        self
    }

    /// Names statuses beside 2xx that are values for the caller and no errors.
    ///
    /// The service must have sent them: a request id in a header says so. Without one, a response with
    /// such a status stays an error, except for an operation that only reads, of a service that
    /// sends no ids. 206 counts only if the request has a `range`, and 304 only if it has
    /// `if-none-match` or `if-modified-since`. A response that names the code of a throttle or
    /// of a failure is an error in any case.
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

    /// Returns the code of the service, such as `aihc`.
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

    /// Returns the API's name of the operation, such as `CreateDevInstance`.
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

    /// Returns what a repeat does.
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

    /// Returns whether a call that may have been carried out can be repeated without a look at the
    /// state.
    pub const fn blind_retry(&self) -> bool {
        self.blind_retry
    }

    /// Returns the members of the response, if they are known.
    pub const fn answer_members(&self) -> Option<&'static [&'static str]> {
        self.answer_members
    }

    /// Returns the statuses beside 2xx that are values.
    pub const fn accepted(&self) -> &'static [u16] {
        self.accepted
    }

    /// Returns what the body of a success is.
    pub(crate) const fn content(&self) -> Content {
        self.content
    }
}

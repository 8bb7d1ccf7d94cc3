//! What the stack knows about the operation behind a request, and the options of one call.

use std::time::Duration;

use http::Method;

use crate::pace::Pace;
use crate::retry::RetryPolicy;

/// One operation of a service: its name, what a repeat of it does, and what answers it.
///
/// Layers find it in the extensions of a request as `&'static Operation`.
#[derive(Debug)]
pub struct Operation {
    service: &'static str,
    name: &'static str,
    method: Method,
    idempotency: Idempotency,
    blind_retry: bool,
    answer_members: Option<&'static [&'static str]>,
}

/// What happens when the same call is carried out twice.
///
/// This, and not the HTTP method, decides whether a call may be repeated: these services take
/// most calls as POST.
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

impl Operation {
    /// Describes an operation, for a `static` of the client crate.
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
        }
    }

    /// Says that a call that may have been carried out is not repeated without a look at the state,
    /// whatever its [`Idempotency`]. Without a way to look, it is not repeated at all then.
    pub const fn without_blind_retry(mut self) -> Self {
        self.blind_retry = false;
        self
    }

    /// Names the members of the answer: with one of them that is not null, an object is an answer of
    /// the service even if it carries no request id. `code`, `message` and `requestId` do not count.
    ///
    /// The answer is a JSON object then. Of an operation without this, an answer of any form counts
    /// that carries a request id.
    ///
    /// ```
    /// use bce_http::{Idempotency, Operation};
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

    /// The code of the service, such as `aihc`.
    pub const fn service(&self) -> &'static str {
        self.service
    }

    /// The API's name of the operation, such as `CreateDevInstance`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The HTTP method.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// What a repeat does.
    pub const fn idempotency(&self) -> Idempotency {
        self.idempotency
    }

    /// Whether a call that may have been carried out can be repeated without a look at the state.
    pub const fn blind_retry(&self) -> bool {
        self.blind_retry
    }

    /// The members of the answer, if they are known.
    pub const fn answer_members(&self) -> Option<&'static [&'static str]> {
        self.answer_members
    }
}

/// Options of one call that override those of its client. Layers find them in the extensions
/// of a request.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Limit of the whole call, retries included, instead of the client's total deadline.
    pub timeout: Option<Duration>,
    /// Whether the call may be repeated after an ambiguous failure, instead of what the
    /// operation says.
    pub idempotent: Option<bool>,
    /// How often the call is repeated, instead of the client's policy.
    pub retry: Option<RetryPolicy>,
    /// The pace of the calls that this one belongs to.
    pub pace: Option<Pace>,
}

/// Gives a generated operation builder its call options and `IntoFuture`.
///
/// The type has a field `call: Call` and a method `async fn send(self) -> Result<Response, Error>`.
#[macro_export]
macro_rules! operation {
    ($builder:ident => $response:ty) => {
        impl $builder {
            /// The client that the call is made with.
            pub fn client(&self) -> &$crate::Client {
                self.call.client()
            }

            /// Limits this call, retries included, instead of the client's total deadline.
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.call.set_timeout(timeout);
                self
            }

            /// States whether this call may be repeated after an ambiguous failure, such as a
            /// connection that broke before the answer.
            pub fn with_idempotent(mut self, idempotent: bool) -> Self {
                self.call.set_idempotent(idempotent);
                self
            }

            /// Sets how often this call is repeated, instead of the client's policy.
            pub fn with_retry(mut self, policy: $crate::RetryPolicy) -> Self {
                self.call.set_retry(policy);
                self
            }

            /// Lets this call slow down together with the others of the same pace, when the service
            /// asks for that; `None` lets it go its own way.
            pub fn with_pace<'p>(
                mut self,
                pace: impl ::std::convert::Into<::std::option::Option<&'p $crate::Pace>>,
            ) -> Self {
                self.call.set_pace(pace.into());
                self
            }

            /// Adds a header to the request. Headers that the stack sets itself, such as
            /// `host` and `authorization`, are refused when the call is sent.
            pub fn with_header(
                mut self,
                name: impl ::std::convert::AsRef<str>,
                value: impl ::std::convert::AsRef<str>,
            ) -> Self {
                self.call.set_header(name.as_ref(), value.as_ref());
                self
            }
        }

        impl ::std::future::IntoFuture for $builder {
            type Output = ::std::result::Result<$response, $crate::Error>;
            type IntoFuture = ::std::pin::Pin<
                ::std::boxed::Box<dyn ::std::future::Future<Output = Self::Output> + Send>,
            >;

            fn into_future(self) -> Self::IntoFuture {
                ::std::boxed::Box::pin(self.send())
            }
        }
    };
}

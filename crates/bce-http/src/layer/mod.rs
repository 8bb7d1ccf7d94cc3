//! The tower layers of the stack, one per file. Each is an independent [`tower::Layer`], which can
//! be used without the others; `stack.rs` combines them in this order around a [`Transport`]. The
//! body of a request is a [`Body`](crate::Body), and a call returns a [`Reply`].
//!
//! | layer | wraps | adds |
//! |---|---|---|
//! | [`Trace`] | a call or an attempt | a span and an event with the outcome |
//! | [`Deadline`] | a call | the time limit of the whole call |
//! | [`Retry`] | attempts | retries, where a retry does no harm |
//! | [`InFlight`] | an attempt | a limit on the number of concurrent requests |
//! | [`AttemptTimeout`] | an attempt | the time limit of one attempt |
//! | [`Decode`] | a transport | errors of the service with any status, and responses of other servers |
//! | [`Skew`] | a transport | correction of the clock according to the service's responses |
//! | [`Sign`] | a transport | credentials and signature |
//! | [`RequestId`] | a transport | an id for each request |
//!
//! The types named `…Service` are the services that the layers create, and those named `…Future`,
//! [`MaybeBoxed`] and [`ReadyAndCall`] are their futures; code that only uses layers does not have
//! to name them. [`CallService`] and [`AttemptService`] are the services that layers of an
//! application wrap.
//!
//! The error of every layer is [`Error`](crate::Error), except that [`RequestId`] returns the error
//! of the inner service unchanged. An inner service may have any error.

mod announce;
mod application;
mod attempt_timeout;
mod deadline;
mod decode;
mod held;
mod in_flight;
mod maybe_boxed;
mod ready_and_call;
mod request_id;
mod retry;
mod sign;
mod skew;
pub(crate) mod stack;
mod timeout_future;
mod trace;
mod witness;

pub(crate) use self::application::UserLayers;
pub use self::application::{AttemptService, CallService};
pub use self::attempt_timeout::{AttemptTimeout, AttemptTimeoutService};
pub use self::deadline::{CallDeadline, Deadline, DeadlineService};
pub use self::decode::{Decode, DecodeFuture, DecodeService};
pub use self::in_flight::{InFlight, InFlightService};
pub use self::maybe_boxed::MaybeBoxed;
pub use self::ready_and_call::ReadyAndCall;
pub use self::request_id::{RequestId, RequestIdService};
pub use self::retry::{Retry, RetryService};
pub use self::sign::{Sign, SignService};
pub use self::skew::{Skew, SkewFuture, SkewService, SkewedClock};
pub use self::timeout_future::LimitFuture;
pub use self::trace::{Outcome, Trace, TraceFuture, TraceService};
pub(crate) use self::witness::Witness;
pub use crate::context::CallOptions;
pub use crate::message::Reply;
pub use crate::transport::{Transport, TransportConfig};

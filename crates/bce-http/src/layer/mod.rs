//! The tower layers of the stack, one file each. Every one is a [`tower::Layer`] of its own that works
//! around any service; `stack.rs` puts them together, in this order, around a [`Transport`]. Requests come
//! in with a [`Body`](crate::Body), and [`Reply`] is what a call gives.
//!
//! | layer | wraps | adds |
//! |---|---|---|
//! | [`Trace`] | a call or an attempt | a span and an event with the outcome |
//! | [`Deadline`] | a call | the limit of the whole call |
//! | [`Retry`] | attempts | repeats, where a repeat does no harm |
//! | [`InFlight`] | an attempt | a bound on the requests under way |
//! | [`AttemptTimeout`] | an attempt | the limit of one attempt |
//! | [`Decode`] | a transport | errors, recognised at any status, and answers that are not the service's |
//! | [`Skew`] | a transport | the service's clock, learnt from its responses |
//! | [`Sign`] | a transport | credentials and signature |
//! | [`RequestId`] | a transport | an id for each request |
//!
//! The types named `…Service` and `…Future` are what the layers make of a service and of its futures; code
//! that only uses layers names none of them. [`CallService`] and [`AttemptService`] are what layers of an
//! application get to wrap.
//!
//! The error of every layer is [`Error`](crate::Error); an inner service may have any error.

mod announce;
mod application;
mod attempt_timeout;
mod deadline;
mod decode;
mod held;
mod in_flight;
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
pub use self::ready_and_call::ReadyAndCall;
pub use self::request_id::{RequestId, RequestIdService};
pub use self::retry::{Retry, RetryService};
pub use self::sign::{Sign, SignFuture, SignService};
pub use self::skew::{Skew, SkewFuture, SkewService, SkewedClock};
pub use self::timeout_future::LimitFuture;
pub use self::trace::{Outcome, Trace, TraceFuture, TraceService};
pub(crate) use self::witness::Witness;
pub use crate::context::CallOptions;
pub use crate::message::Reply;
pub use crate::transport::{Transport, TransportConfig};

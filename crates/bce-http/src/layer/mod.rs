//! The layers of the stack, one file each. Every one is a [`tower::Layer`] of its own that
//! works around any service; `stack.rs` puts them together.
//!
//! | layer | wraps | adds |
//! |---|---|---|
//! | [`Trace`] | a call or an attempt | a span and an event with the outcome |
//! | [`Deadline`] | a call | the limit of the whole call |
//! | [`AttemptTimeout`] | an attempt | the limit of one attempt |
//! | [`Decode`] | a transport | errors of the service, recognised at any status |
//! | [`Sign`] | a transport | credentials and signature |
//!
//! The error of every layer is [`Error`](crate::Error); an inner service may have any error.

mod attempt_timeout;
mod deadline;
mod decode;
mod limit;
mod sign;
mod trace;

pub use self::attempt_timeout::{AttemptTimeout, AttemptTimeoutService};
pub use self::deadline::{CallDeadline, Deadline, DeadlineService};
pub use self::decode::{Decode, DecodeFuture, DecodeService};
pub use self::limit::LimitFuture;
pub use self::sign::{Sign, SignService};
pub use self::trace::{Outcome, Trace, TraceFuture, TraceService};

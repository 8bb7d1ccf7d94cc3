//! The retry rules. [`layer::Retry`](crate::layer::Retry) applies them.
//!
//! What a repeat would do decides, and how far the failed attempt came; the HTTP method does not:
//!
//! | outcome of an attempt | safe, repeatable | state-guarded | non-idempotent |
//! |---|---|---|---|
//! | never sent: connect, DNS, TLS, proxy, closed before writing | retry | retry | retry |
//! | 429; 503 with a readable `Retry-After` | retry, not before `Retry-After` | same | same |
//! | `RequestExpired`, and the clock was corrected meanwhile | once, at once | once | once |
//! | access key or session token unknown, expired or revoked, and there may be a new one | once, at once | once | once |
//! | 500, 502, 503, 504, code `InternalError`; attempt timeout; reset, end or cut after sending | retry | retry; a refusal later on says `may_have_been_applied()` | return |
//! | anything else | return | return | return |
//!
//! `with_idempotent` on one call moves it to the first or the last column.
//!
//! Between attempts the call pauses ([`RetryPolicy`]), but never past its deadline, and only as
//! long as the client's [`RetryBudget`] lasts; a repeat at once costs none of it. A body that is a stream is never sent twice.

mod budget;
mod classify;
mod policy;
mod retry_after;

pub use self::budget::RetryBudget;
pub(crate) use self::classify::{Decision, Remedy, decide, remedy};
pub use self::policy::{Backoff, RetryPolicy};
pub(crate) use self::retry_after::retry_after;

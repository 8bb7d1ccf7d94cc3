//! The rules for retries, which [`layer::Retry`](crate::layer::Retry) applies.
//!
//! Whether an attempt is repeated depends on the effect of a retry and on what is proven about the
//! failed attempt, not on the HTTP method:
//!
//! | outcome of an attempt | safe, repeatable | state-guarded | non-idempotent |
//! |---|---|---|---|
//! | never sent: failure to connect, temporary failure of name resolution, connection closed before writing | retry | retry | retry |
//! | permanent failure to connect: proxy login, certificate, nonexistent host name | return | return | return |
//! | an error document with a throttling code, or with status 429 or 503 and a code that proves a refusal | retry, not before `Retry-After` | same | same |
//! | 429 without an error document | retry, not before `Retry-After` | same | return |
//! | `RequestExpired`, and the clock has been corrected since | retry once, at once | same | same |
//! | access key or session token unknown, expired or revoked, and there may be a new one | retry once, at once | same | same |
//! | 408, 500, 502, 504; 503 and 429 with any other code, and 503 without a code; code `InternalError`; a response from another server; attempt timeout; connection reset or closed, or incomplete response, after sending | retry | read the state, then decide | return |
//! | a response that would be unreadable again, such as one that is too long | return | read the state, never retry | return |
//! | 4xx without an error document; anything else | return | return | return |
//!
//! "Read the state" means that another operation is called, whose response [`SettledBy`]
//! interprets: the call succeeds if that response shows that the change was made, is retried if it
//! shows that the change was not made, and fails otherwise. The state is also read if a refusal
//! follows an attempt that may have been carried out. Each time, the state is read once, after a
//! pause, within the deadline and the budget, and even if no retry is left, unless the policy does
//! not allow any retries. Reading the state cannot distinguish a change that was not made from
//! one that somebody else has undone in the meantime. Nor does it show more than the service does:
//! where reads lag behind writes, an instance that was created or changed a moment ago may appear
//! to be in the desired state already, for example deleted, because the service does not list it
//! yet.
//!
//! A state-guarded operation whose state cannot be read is retried like a repeatable one, unless
//! [`Operation::without_blind_retry`](crate::rt::Operation::without_blind_retry) forbids that. For
//! a repeatable operation with this setting, the state is read as for a state-guarded one, and also
//! after a 429 without an error document.
//!
//! A call may have been applied as soon as one of its requests has had a connection, unless the
//! service has refused this very request. The outcome of the call's other requests does not change
//! that.
//!
//! `with_idempotent` moves a single call to the column "safe, repeatable" (`true`) or to the column
//! "non-idempotent" (`false`).
//!
//! Between attempts, a call pauses ([`RetryPolicy`]), but never beyond its deadline, and is retried
//! only as long as the client's [`RetryBudget`] allows. Retries without a pause, and retries of
//! throttled requests, are not charged to the budget. A body that is a stream is never sent twice.

mod budget;
mod classify;
mod pace;
mod policy;
mod settle;

pub use self::budget::RetryBudget;
pub(crate) use self::classify::{Correction, Decision, Doubts, Repeat, correction, decide};
pub use self::pace::{Pace, Turn};
pub(crate) use self::policy::LONGEST_PAUSE;
pub use self::policy::{Backoff, ExponentialBackoff, RetryPolicy};
pub use self::settle::SettledBy;
pub(crate) use self::settle::{Look, Settled};

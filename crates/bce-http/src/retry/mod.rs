//! The retry rules. [`layer::Retry`](crate::layer::Retry) applies them.
//!
//! What a repeat would do decides, and what is proven about the failed attempt; the HTTP method does
//! not:
//!
//! | outcome of an attempt | safe, repeatable | state-guarded | non-idempotent |
//! |---|---|---|---|
//! | never sent: connect, temporary failure of name resolution, closed before writing | retry | retry | retry |
//! | connection refused for good: proxy login, certificate, no such name | return | return | return |
//! | a document with a throttle code, or at 429 and 503 with a code that proves a refusal | retry, not before `Retry-After` | same | same |
//! | 429 without a document | retry, not before `Retry-After` | same | return |
//! | `RequestExpired`, and the clock was corrected meanwhile | once, at once | once | once |
//! | access key or session token unknown, expired or revoked, and there may be a new one | once, at once | once | once |
//! | 408, 500, 502, 504; 503 and 429 with any other code, and 503 without; code `InternalError`; a response that is not the service's; attempt timeout; reset, end or cut after sending | retry | look, then decide | return |
//! | a response that would be unreadable again, such as one that is too long | return | look, never retry | return |
//! | 4xx without a document; anything else | return | return | return |
//!
//! "Look" reads the state ([`SettledBy`]): the call succeeds if it shows that the
//! change was made, is repeated if it shows that it was not, and fails otherwise. A refusal that comes
//! after a doubtful attempt is looked at as well. A look takes place after a pause, once, within
//! deadline and budget, and even when no retry is left; not where the policy allows no retry at all.
//! It cannot tell a change that was not made from one that somebody else has undone meanwhile, nor see
//! more than the service shows: where reads lag behind writes, an instance that was created or changed
//! a moment ago may show as the call would have left it, deleted for instance because it is not there
//! yet.
//! A state-guarded operation that nobody can look for is repeated like a repeatable one, unless
//! [`Operation::without_blind_retry`](crate::rt::Operation::without_blind_retry) forbids that. A repeatable
//! operation of which that is said is looked at like a state-guarded one, also after a 429 without a
//! document.
//!
//! Nothing makes a request unsent again: once one had a connection, the call may have been applied
//! unless the service has refused that very request, whatever another one of the same call comes to.
//!
//! `with_idempotent` on one call moves it to the first or the last column.
//!
//! Between attempts the call pauses ([`RetryPolicy`]), but never past its deadline, and only as
//! long as the client's [`RetryBudget`] lasts; a repeat at once costs none of it, nor does the repeat
//! of what was turned away because of too many requests. A body that is a stream is never sent twice.

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

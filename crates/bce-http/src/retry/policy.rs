//! Retry policies: the number of retries, and the pauses before them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The maximum pause before a retry. If the policy sets a longer pause, or the service asks for
/// one, the call is not retried.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(20 * 60);

/// A policy for how often a call is retried, and for the pause before each retry. It does not
/// decide which failures may be retried at all; see [`retry`](crate::retry).
///
/// The default is [`RetryPolicy::exponential`] with its default settings.
#[derive(Clone)]
pub struct RetryPolicy(Arc<dyn Backoff>);

/// A custom backoff strategy.
pub trait Backoff: fmt::Debug + Send + Sync + 'static {
    /// Returns the pause before the retry with the number `retry`, counted from 1. The call ends if
    /// this method returns `None` or a pause of more than 20 minutes. If the service asks for a
    /// longer pause with `Retry-After`, the pause of the service applies.
    fn delay(&self, retry: u32) -> Option<Duration>;
}

impl RetryPolicy {
    /// Returns a policy that does not retry calls, and does not check whether a call was carried
    /// out. The only exception is a request that was refused for a reason that has been corrected
    /// in the meantime: a wrong clock, or credentials that the provider was able to replace. Such a
    /// request is repeated once.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::RetryPolicy;
    ///
    /// let policy = RetryPolicy::none();
    /// # let _ = policy;
    /// ```
    pub fn none() -> Self {
        Self::custom(NoRetry)
    }

    /// Returns an exponential backoff with 3 retries, a base of 300 milliseconds and a maximum
    /// delay of 20 seconds. Its methods change these values.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use bce_http::RetryPolicy;
    ///
    /// let policy: RetryPolicy = RetryPolicy::exponential()
    ///     .max_retries(5)
    ///     .base(Duration::from_millis(100))
    ///     .max_delay(Duration::from_secs(5))
    ///     .into();
    /// # let _ = policy;
    /// ```
    pub const fn exponential() -> ExponentialBackoff {
        ExponentialBackoff::DEFAULT
    }

    /// Creates a policy from a custom [`Backoff`].
    pub fn custom(backoff: impl Backoff) -> Self {
        Self(Arc::new(backoff))
    }

    pub(crate) fn delay(&self, retry: u32) -> Option<Duration> {
        self.0.delay(retry)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::exponential().into()
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug)]
struct NoRetry;

impl Backoff for NoRetry {
    fn delay(&self, _retry: u32) -> Option<Duration> {
        None
    }
}

/// An exponential backoff with full jitter: the delay before the n-th retry is random, between zero
/// and the base times 2^(n-1), and limited to the maximum. Clients that failed at the same time
/// therefore do not all come back at the same time.
///
/// The values are set by name, because two of them are durations, which could be swapped unnoticed.
///
/// ```
/// use std::time::Duration;
///
/// use bce_http::RetryPolicy;
///
/// let policy: RetryPolicy = RetryPolicy::exponential()
///     .max_retries(5)
///     .base(Duration::from_millis(100))
///     .max_delay(Duration::from_secs(10))
///     .into();
/// # let _ = policy;
/// ```
#[must_use = "a backoff does nothing until a client or a call is given it"]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExponentialBackoff {
    max_retries: u32,
    base: Duration,
    max_delay: Duration,
}

impl ExponentialBackoff {
    const DEFAULT: Self = Self {
        max_retries: 3,
        base: Duration::from_millis(300),
        max_delay: Duration::from_secs(20),
    };

    /// Sets the maximum number of retries of a call.
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Sets the base: the maximum delay before the first retry.
    pub const fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// Sets the maximum delay before each retry. A pause that the service asks for may be longer.
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Returns the maximum delay before the retry with this number, counted from 1.
    fn ceiling(&self, retry: u32) -> Duration {
        let factor = 2_u32.saturating_pow(retry.saturating_sub(1));
        self.base.saturating_mul(factor).min(self.max_delay)
    }
}

impl Default for ExponentialBackoff {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Backoff for ExponentialBackoff {
    fn delay(&self, retry: u32) -> Option<Duration> {
        (retry <= self.max_retries).then(|| self.ceiling(retry).mul_f64(fastrand::f64()))
    }
}

impl From<ExponentialBackoff> for RetryPolicy {
    fn from(backoff: ExponentialBackoff) -> Self {
        Self::custom(backoff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_pauses_double_up_to_the_longest() {
        let policy = RetryPolicy::exponential()
            .max_retries(9)
            .base(SECOND)
            .max_delay(5 * SECOND);
        let ceilings: Vec<u64> = (1..=5)
            .map(|retry| policy.ceiling(retry).as_secs())
            .collect();
        assert_eq!(ceilings, [1, 2, 4, 5, 5]);
        assert_eq!(policy.ceiling(u32::MAX), 5 * SECOND);
    }

    #[test]
    fn the_jitter_is_full_and_differs() {
        let policy = RetryPolicy::from(RetryPolicy::exponential().base(SECOND));
        let pauses: Vec<Duration> = (0..200).filter_map(|_| policy.delay(1)).collect();
        assert_eq!(pauses.len(), 200);
        assert!(pauses.iter().all(|pause| *pause <= SECOND));
        assert!(pauses.iter().any(|pause| *pause < SECOND / 4));
        assert!(pauses.iter().any(|pause| *pause > SECOND * 3 / 4));
    }

    #[test]
    fn the_number_of_retries_is_bounded() {
        let policy = RetryPolicy::default();
        assert!(policy.delay(3).is_some());
        assert!(policy.delay(4).is_none());
        assert!(RetryPolicy::none().delay(1).is_none());
    }
}

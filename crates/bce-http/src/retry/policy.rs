//! How often, and after which pauses.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How often a call is repeated, and how long it pauses before each repeat. Which failures may be
/// repeated at all is not the policy's business; see [`retry`](crate::retry).
///
/// The default is [`RetryPolicy::back_off`] with 3 retries, 20 seconds and 300 milliseconds.
#[derive(Clone)]
pub struct RetryPolicy(Arc<dyn Backoff>);

/// A policy of one's own.
pub trait Backoff: fmt::Debug + Send + Sync + 'static {
    /// The pause before a retry, counted from 1; `None` ends the call. A longer `Retry-After` of
    /// the service wins over it.
    fn delay(&self, retry: u32) -> Option<Duration>;
}

impl RetryPolicy {
    /// Sends every call once, and does not look whether it was carried out. Only what was turned away
    /// for a reason that is corrected meanwhile is repeated, once: a wrong clock, or credentials that the
    /// provider could replace.
    pub fn none() -> Self {
        Self::custom(NoRetry)
    }

    /// Repeats up to `max_retries` times. The pause before the n-th retry is random, between zero
    /// and `base` times 2^(n-1), at most `max_delay`: clients that failed together do not come
    /// back together.
    pub fn back_off(max_retries: u32, max_delay: Duration, base: Duration) -> Self {
        Self::custom(FullJitter {
            max_retries,
            max_delay,
            base,
        })
    }

    /// A policy of one's own.
    pub fn custom(policy: impl Backoff) -> Self {
        Self(Arc::new(policy))
    }

    pub(crate) fn delay(&self, retry: u32) -> Option<Duration> {
        self.0.delay(retry)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::back_off(3, Duration::from_secs(20), Duration::from_millis(300))
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

#[derive(Debug)]
struct FullJitter {
    max_retries: u32,
    max_delay: Duration,
    base: Duration,
}

impl FullJitter {
    /// The longest pause before this retry.
    fn ceiling(&self, retry: u32) -> Duration {
        let factor = 2_u32.saturating_pow(retry.saturating_sub(1));
        self.base.saturating_mul(factor).min(self.max_delay)
    }
}

impl Backoff for FullJitter {
    fn delay(&self, retry: u32) -> Option<Duration> {
        (retry <= self.max_retries).then(|| self.ceiling(retry).mul_f64(fastrand::f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_pauses_double_up_to_the_longest() {
        let policy = FullJitter {
            max_retries: 9,
            max_delay: 5 * SECOND,
            base: SECOND,
        };
        let ceilings: Vec<u64> = (1..=5)
            .map(|retry| policy.ceiling(retry).as_secs())
            .collect();
        assert_eq!(ceilings, [1, 2, 4, 5, 5]);
        assert_eq!(policy.ceiling(u32::MAX), 5 * SECOND);
    }

    #[test]
    fn the_jitter_is_full_and_differs() {
        let policy = RetryPolicy::back_off(1, SECOND, SECOND);
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

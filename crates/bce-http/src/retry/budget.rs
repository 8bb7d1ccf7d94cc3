//! The retry budget of a client.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A limit on the share of retries in the traffic of a client. It keeps a fleet of busy clients
/// from multiplying the load of a service that is down.
///
/// At first, the budget is full, and allows ten retries. A retry is charged to the budget, and
/// refunded if it succeeds. Each call that succeeds without a charged retry adds a tenth of a
/// retry, and each minute adds one retry, until the budget is full again. When less than one retry
/// is left, calls are not retried, and fail with the error of their last attempt. Clones share one
/// budget, so several clients can use it together.
///
/// Two kinds of retries are not charged. If the service has throttled a request, the service itself
/// asks for the retry. If the cause of a failure has been corrected, such as a wrong clock, the
/// retry is made only once.
///
/// A client that makes a hundred calls during an outage sends at most 110 requests, and one more
/// for each minute. A client that makes a single call can use its full number of retries, which the
/// [`RetryPolicy`](super::RetryPolicy) limits.
#[derive(Clone)]
pub struct RetryBudget(Option<Arc<Mutex<Account>>>);

#[derive(Debug)]
struct Account {
    /// The balance in tenths of a retry.
    balance: u32,
    /// The time up to which elapsed time has been credited to the balance.
    paid_until: Instant,
}

const PRICE: u32 = 10;
const EARNING: u32 = 1;
const FULL: u32 = 10 * PRICE;
/// The time that adds as much to a retry budget as one call that succeeds without a retry.
const TIME_PER_EARNING: Duration = Duration::from_secs(6);

impl Account {
    fn earn(&mut self, amount: u32) {
        self.balance = self.balance.saturating_add(amount).min(FULL);
    }

    /// Adds to the balance what the budget has gained by the passage of time since the last update.
    fn book_time(&mut self) {
        let passed = self.paid_until.elapsed();
        let earned = passed.as_secs() / TIME_PER_EARNING.as_secs();
        let earned = u32::try_from(earned).unwrap_or(FULL).min(FULL);
        // Time that is too short to earn a whole tenth is kept for the next update, unless the
        // budget is full in any case.
        match earned {
            FULL => self.paid_until = Instant::now(),
            _ => self.paid_until += TIME_PER_EARNING * earned,
        }
        self.earn(earned);
    }
}

impl RetryBudget {
    /// Creates a full budget.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::RetryBudget;
    ///
    /// // Clients with clones of one budget share it.
    /// let budget = RetryBudget::new();
    /// let shared = budget.clone();
    /// # let _ = shared;
    /// ```
    pub fn new() -> Self {
        Self(Some(Arc::new(Mutex::new(Account {
            balance: FULL,
            paid_until: Instant::now(),
        }))))
    }

    /// Returns a budget without a limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::RetryBudget;
    ///
    /// let budget = RetryBudget::unlimited();
    /// # let _ = budget;
    /// ```
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// Charges a retry to the budget. Returns `false` if the budget does not allow a retry.
    pub(crate) fn withdraw(&self) -> bool {
        let Some(mut account) = self.lock() else {
            return true;
        };
        account.book_time();
        let Some(rest) = account.balance.checked_sub(PRICE) else {
            return false;
        };
        account.balance = rest;
        true
    }

    /// Refunds a retry that has succeeded.
    pub(crate) fn refund(&self) {
        if let Some(mut account) = self.lock() {
            account.earn(PRICE);
        }
    }

    /// Adds a tenth of a retry to the budget, for a call that has succeeded without a charged
    /// retry.
    pub(crate) fn deposit(&self) {
        if let Some(mut account) = self.lock() {
            account.earn(EARNING);
        }
    }

    fn lock(&self) -> Option<MutexGuard<'_, Account>> {
        let account = self.0.as_ref()?;
        Some(account.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lock() {
            Some(account) => {
                let retries = f64::from(account.balance) / f64::from(PRICE);
                write!(f, "RetryBudget({retries} retries)")
            }
            None => f.write_str("RetryBudget(unlimited)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spend_all(budget: &RetryBudget) -> usize {
        (0..100).filter(|_| budget.withdraw()).count()
    }

    #[test]
    fn ten_successes_earn_one_retry() {
        let budget = RetryBudget::new();
        let shared = budget.clone();
        assert_eq!(spend_all(&budget), 10);
        assert!(!shared.withdraw());
        (0..9).for_each(|_| budget.deposit());
        assert!(!budget.withdraw());
        shared.deposit();
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
    }

    #[test]
    fn a_retry_that_succeeds_costs_nothing() {
        let budget = RetryBudget::new();
        for _ in 0..1000 {
            assert!(budget.withdraw());
            budget.refund();
        }
        assert_eq!(spend_all(&budget), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_client_gets_one_retry_a_minute() {
        let budget = RetryBudget::new();
        assert_eq!(spend_all(&budget), 10);
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(!budget.withdraw());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(budget.withdraw() && !budget.withdraw());
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(spend_all(&budget), 10);
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!(!budget.withdraw());
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!(budget.withdraw());
    }

    #[test]
    fn an_account_does_not_overflow() {
        let budget = RetryBudget::new();
        (0..1000).for_each(|_| budget.deposit());
        assert_eq!(spend_all(&budget), 10);
        assert!((0..1000).all(|_| RetryBudget::unlimited().withdraw()));
    }
}

//! The budget of retries of a client.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A bound on the share of retries in the traffic of a client. It keeps a fleet of busy clients
/// from multiplying the load of a service that is down.
///
/// The account starts full, with ten retries. Each retry costs one, and is paid back when it
/// succeeds; each call that succeeds at once earns a tenth, and every minute brings one back. When
/// the account is empty, calls fail with what their first attempt brought. Repeats of what a service
/// has turned away because there are too many requests cost nothing: the service says itself when it
/// wants them. A clone shares the account, so several clients can have one budget between them.
///
/// A client that makes a hundred calls in an outage sends at most 110 requests, and one more for each
/// minute. One that makes a single call has its full number of retries: bound that by the
/// [`RetryPolicy`](super::RetryPolicy).
#[derive(Clone)]
pub struct RetryBudget(Option<Arc<Mutex<Account>>>);

#[derive(Debug)]
struct Account {
    /// In tenths of a retry.
    balance: u32,
    /// Up to when time has been paid for.
    paid_until: Instant,
}

const PRICE: u32 = 10;
const EARNING: u32 = 1;
const FULL: u32 = 10 * PRICE;
/// The time that earns as much as a call.
const TIME_PER_EARNING: Duration = Duration::from_secs(6);

impl Account {
    fn earn(&mut self, amount: u32) {
        self.balance = self.balance.saturating_add(amount).min(FULL);
    }

    /// Books the time that has passed.
    fn book_time(&mut self) {
        let passed = self.paid_until.elapsed();
        let earned = passed.as_secs() / TIME_PER_EARNING.as_secs();
        let earned = u32::try_from(earned).unwrap_or(FULL).min(FULL);
        // What does not make a whole tenth yet is kept, unless there is no use for it.
        match earned {
            FULL => self.paid_until = Instant::now(),
            _ => self.paid_until += TIME_PER_EARNING * earned,
        }
        self.earn(earned);
    }
}

impl RetryBudget {
    /// Creates a full account.
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

    /// No bound.
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

    /// Pays for a retry; `false` when the account does not allow it.
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

    /// Pays a retry back that has succeeded.
    pub(crate) fn refund(&self) {
        if let Some(mut account) = self.lock() {
            account.earn(PRICE);
        }
    }

    /// Books a call that has succeeded without a retry.
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

//! How many retries a client may afford.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A bound on the share of retries in the traffic of a client. It keeps a fleet of busy clients
/// from multiplying the load of a service that is down.
///
/// The account starts full, with ten retries. Each retry costs one; each call that succeeds earns a
/// tenth. When it is empty, calls fail with what their first attempt brought. A clone shares the
/// account, so several clients can have one budget between them.
///
/// A client that makes a hundred calls in an outage sends at most 110 requests. One that makes a
/// single call has its full number of retries: bound that by the [`RetryPolicy`](super::RetryPolicy).
#[derive(Clone)]
pub struct RetryBudget(Option<Arc<Account>>);

/// In tenths of a retry.
struct Account {
    balance: AtomicU32,
}

const PRICE: u32 = 10;
const EARNING: u32 = 1;
const FULL: u32 = 10 * PRICE;

impl RetryBudget {
    /// A full account.
    pub fn new() -> Self {
        Self(Some(Arc::new(Account {
            balance: AtomicU32::new(FULL),
        })))
    }

    /// No bound.
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// Pays for a retry; `false` when the account does not allow it.
    pub(crate) fn withdraw(&self) -> bool {
        self.change(|balance| balance.checked_sub(PRICE))
    }

    /// Books a success.
    pub(crate) fn deposit(&self) {
        self.change(|balance| (balance < FULL).then_some(balance + EARNING));
    }

    fn change(&self, new: impl Fn(u32) -> Option<u32>) -> bool {
        let Some(account) = &self.0 else { return true };
        account
            .balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, new)
            .is_ok()
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(account) => {
                let retries = f64::from(account.balance.load(Ordering::Relaxed)) / f64::from(PRICE);
                write!(f, "RetryBudget({retries} retries)")
            }
            None => f.write_str("RetryBudget(unlimited)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_successes_earn_one_retry() {
        let budget = RetryBudget::new();
        let shared = budget.clone();
        let spent = (0..100).filter(|_| budget.withdraw()).count();
        assert_eq!(spent, 10);
        assert!(!shared.withdraw());
        (0..9).for_each(|_| budget.deposit());
        assert!(!budget.withdraw());
        shared.deposit();
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
    }

    #[test]
    fn an_account_does_not_overflow() {
        let budget = RetryBudget::new();
        (0..1000).for_each(|_| budget.deposit());
        assert_eq!((0..100).filter(|_| budget.withdraw()).count(), 10);
        assert!((0..1000).all(|_| RetryBudget::unlimited().withdraw()));
    }
}

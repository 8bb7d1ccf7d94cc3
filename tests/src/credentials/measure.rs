//! Counts calls, and compares the counts with their limits.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::rows::{Rows, block_on, block_on_simulated};

/// Counts calls, including concurrent ones. Clones share the counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls(Arc<Mutex<Counts>>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    calls: usize,
    failures: usize,
    longest_wait: Duration,
}

impl Calls {
    /// Makes a call, and counts it when it ends. A call that is dropped is not counted.
    pub(super) async fn make<T, E>(&self, call: impl IntoFuture<Output = Result<T, E>>) {
        let started = Instant::now();
        let result = call.await;
        let waited = started.elapsed();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.calls += 1;
        counts.failures += usize::from(result.is_err());
        counts.longest_wait = counts.longest_wait.max(waited);
    }

    fn counts(&self) -> Counts {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The counts of a check, and the limits for them.
#[derive(Debug)]
pub(super) struct Counted {
    /// The calls that were made.
    pub(super) calls: Calls,
    /// The number of requests that the check limits: to the provider, to STS, or, with a fixed key,
    /// to the service.
    pub(super) provider_calls: usize,
    /// The allowed values of `provider_calls`.
    pub(super) expected: RangeInclusive<usize>,
    /// The required number of failed calls.
    pub(super) failures: usize,
    /// The maximum duration of a call.
    pub(super) patience: Duration,
}

/// The result of a check: its counts, or an error. The error means that the check could not be
/// made, or that it found a problem that is not a matter of counts.
pub(super) type Checked = Result<Counted, Box<dyn std::error::Error>>;

/// Adds a test that runs a check in simulated time.
pub(super) fn simulated<C, F>(rows: &mut Rows, name: impl Into<String>, check: C)
where
    C: FnOnce() -> F + Send + 'static,
    F: Future<Output = Checked>,
{
    add(rows, name, || block_on_simulated(check()));
}

/// Adds a test that runs a check in real time.
pub(super) fn real<C, F>(rows: &mut Rows, name: impl Into<String>, check: C)
where
    C: FnOnce() -> F + Send + 'static,
    F: Future<Output = Checked>,
{
    add(rows, name, || block_on(check()));
}

/// Adds a test that runs a check, prints its counts, and compares them with the limits.
fn add<C>(rows: &mut Rows, name: impl Into<String>, check: C)
where
    C: FnOnce() -> Result<Checked, String> + Send + 'static,
{
    let (name, notes) = (name.into(), rows.notes());
    rows.add(name.clone(), move || {
        let counted = check()?.map_err(|error| error.to_string())?;
        let counts = counted.calls.counts();
        notes.add(format!(
            "{name:<58}{:>6} calls, {} failed, the longest took {} ms; provider asked {} times of {:?}",
            counts.calls,
            counts.failures,
            counts.longest_wait.as_millis(),
            counted.provider_calls,
            counted.expected,
        ));
        judge(&counted, counts)
    });
}

fn judge(counted: &Counted, counts: Counts) -> Result<(), String> {
    if counts.calls == 0 {
        return Err("no call was made".to_owned());
    }
    if !counted.expected.contains(&counted.provider_calls) {
        return Err(format!(
            "{} provider calls, expected {:?}",
            counted.provider_calls, counted.expected
        ));
    }
    if counts.failures != counted.failures {
        return Err(format!(
            "{} calls failed, expected {}",
            counts.failures, counted.failures
        ));
    }
    if counts.longest_wait > counted.patience {
        return Err(format!(
            "a call took {:?}, at most {:?} expected",
            counts.longest_wait, counted.patience
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(provider_calls: usize, failures: usize, patience: Duration) -> Result<(), String> {
        let counts = Counts {
            calls: 3,
            failures: 1,
            longest_wait: Duration::from_secs(1),
        };
        let counted = Counted {
            calls: Calls::default(),
            provider_calls,
            expected: 1..=2,
            failures,
            patience,
        };
        judge(&counted, counts)
    }

    #[test]
    fn every_demand_counts() {
        let second = Duration::from_secs(1);
        assert_eq!(judged(1, 1, second), Ok(()));
        assert!(judged(0, 1, second).is_err());
        assert!(judged(3, 1, second).is_err());
        assert!(judged(1, 0, second).is_err());
        assert!(judged(1, 1, second / 2).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_counted_with_its_result_and_its_time() {
        let calls = Calls::default();
        let pause = Duration::from_secs(2);
        let failing = async {
            tokio::time::sleep(pause).await;
            Err::<(), _>(())
        };
        calls.make(failing).await;
        calls.make(std::future::ready(Ok::<_, ()>(()))).await;
        let counts = calls.counts();
        assert_eq!((counts.calls, counts.failures), (2, 1));
        assert_eq!(counts.longest_wait, pause);
    }
}

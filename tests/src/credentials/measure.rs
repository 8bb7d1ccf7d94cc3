//! Counting calls, and the table of what was counted.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::outcome::Outcome;

/// Counts calls, also those that are under way at the same time. Clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls(Arc<Mutex<Counts>>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    calls: usize,
    failures: usize,
    longest_wait: Duration,
}

impl Calls {
    /// Makes a call and counts it, unless it is dropped before its end.
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

/// What a check has counted, and what it demands of that.
#[derive(Debug)]
pub(super) struct Seen {
    /// All calls.
    pub(super) calls: Calls,
    /// How often the provider, or STS, was asked.
    pub(super) provider_calls: usize,
    /// How often it may be asked.
    pub(super) expected: RangeInclusive<usize>,
    /// How many calls must fail.
    pub(super) failures: usize,
    /// How long a call may take.
    pub(super) patience: Duration,
}

/// What comes of a check: an error when it could not be made, or found something else wrong.
pub(super) type Checked = Result<Seen, Box<dyn std::error::Error>>;

/// Prints a line for each check.
#[derive(Debug)]
pub(super) struct Table {
    outcome: Outcome,
}

impl Table {
    pub(super) fn new(outcome: Outcome) -> Self {
        line("", "calls", "provider", "expected", "failed", "longest");
        Self { outcome }
    }

    /// Prints what was seen, and judges it.
    pub(super) fn add(&mut self, name: &str, checked: Checked) {
        let seen = match checked {
            Ok(seen) => seen,
            Err(error) => return self.failed(name, error.to_string()),
        };
        let counts = seen.calls.counts();
        let (least, most) = seen.expected.clone().into_inner();
        let expected = match least == most {
            true => least.to_string(),
            false => format!("{least} to {most}"),
        };
        let longest = format!("{} ms", counts.longest_wait.as_millis());
        line(
            name,
            counts.calls,
            seen.provider_calls,
            expected,
            counts.failures,
            longest,
        );
        self.outcome.count(name, judge(&seen, counts));
    }

    /// Notes a check that could not be made.
    pub(super) fn failed(&mut self, name: &str, problem: String) {
        line(name, "", "", "", "", "");
        self.outcome.count(name, Err(problem));
    }

    pub(super) fn finish(self) -> ExitCode {
        println!();
        self.outcome.finish()
    }
}

fn line(
    name: &str,
    calls: impl Display,
    provider: impl Display,
    expected: impl Display,
    failed: impl Display,
    longest: impl Display,
) {
    println!("{name:<58}{calls:>8}{provider:>10}{expected:>10}{failed:>8}{longest:>10}");
}

fn judge(seen: &Seen, counts: Counts) -> Result<(), String> {
    if counts.calls == 0 {
        return Err("no call was made".to_owned());
    }
    if !seen.expected.contains(&seen.provider_calls) {
        return Err(format!(
            "{} provider calls, expected {:?}",
            seen.provider_calls, seen.expected
        ));
    }
    if counts.failures != seen.failures {
        return Err(format!(
            "{} calls failed, expected {}",
            counts.failures, seen.failures
        ));
    }
    if counts.longest_wait > seen.patience {
        return Err(format!(
            "a call took {:?}, at most {:?} expected",
            counts.longest_wait, seen.patience
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
        let seen = Seen {
            calls: Calls::default(),
            provider_calls,
            expected: 1..=2,
            failures,
            patience,
        };
        judge(&seen, counts)
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

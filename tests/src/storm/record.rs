//! What is recorded during a simulation.

use std::collections::BTreeMap;
use std::time::Duration;

const BUCKET: Duration = Duration::from_millis(100);

/// The counts of one simulation.
#[derive(Clone, Debug)]
pub(super) struct Record {
    down_until: Duration,
    healthy_from: Duration,
    calls_down: u64,
    requests: u64,
    requests_down: u64,
    /// The number of requests in each tenth of a second since the recovery of the service.
    buckets: BTreeMap<u128, u64>,
    /// The time at which the last failed call ended; `None` if no call has failed since the
    /// recovery of the service.
    last_failure: Option<Duration>,
    late_failures: u64,
}

/// A call that is in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    began: Duration,
}

impl Record {
    pub(super) fn new(down_until: Duration, healthy_from: Duration) -> Self {
        Self {
            down_until,
            healthy_from,
            calls_down: 0,
            requests: 0,
            requests_down: 0,
            buckets: BTreeMap::new(),
            last_failure: None,
            late_failures: 0,
        }
    }

    pub(super) fn call_begins(&mut self, at: Duration) -> Call {
        self.calls_down += u64::from(at < self.down_until);
        Call { began: at }
    }

    pub(super) fn call_ends(&mut self, call: Call, at: Duration, succeeded: bool) {
        if !succeeded && at >= self.healthy_from {
            self.last_failure = Some(at);
            self.late_failures += u64::from(call.began >= self.healthy_from);
        }
    }

    /// Counts a request, and returns its number.
    pub(super) fn request(&mut self, at: Duration) -> u64 {
        self.requests += 1;
        self.requests_down += u64::from(at < self.down_until);
        if let Some(since) = at.checked_sub(self.healthy_from) {
            *self
                .buckets
                .entry(since.as_millis() / BUCKET.as_millis())
                .or_default() += 1;
        }
        self.requests
    }

    pub(super) fn calls_down(&self) -> u64 {
        self.calls_down
    }

    pub(super) fn requests_down(&self) -> u64 {
        self.requests_down
    }

    /// Returns the number of requests per call while the service was down.
    pub(super) fn amplification(&self) -> f64 {
        self.requests_down as f64 / self.calls_down.max(1) as f64
    }

    /// Returns the number of seconds from the recovery of the service to the end of the last failed
    /// call; 0 if no call failed after the recovery.
    pub(super) fn recovery(&self) -> f64 {
        let last = self.last_failure.unwrap_or(self.healthy_from);
        last.saturating_sub(self.healthy_from).as_secs_f64()
    }

    /// Returns the number of requests in the busiest tenth of a second since the recovery, as a
    /// multiple of the average.
    pub(super) fn wave(&self) -> f64 {
        let busiest = self.buckets.values().max().copied().unwrap_or(0) as f64;
        let buckets = self.buckets.keys().last().map_or(1, |last| last + 1) as f64;
        let average = self.buckets.values().sum::<u64>() as f64 / buckets;
        busiest / average.max(f64::MIN_POSITIVE)
    }

    /// Returns the number of calls that failed although they began after the recovery of the
    /// service.
    pub(super) fn late_failures(&self) -> u64 {
        self.late_failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_the_outage_are_counted_per_call_of_the_outage() {
        let second = Duration::from_secs(1);
        let mut record = Record::new(second, 2 * second);
        record.call_begins(Duration::ZERO);
        (0..4).for_each(|_| {
            record.request(Duration::ZERO);
        });
        record.call_begins(second);
        record.request(second);
        assert_eq!(record.amplification(), 4.0);
    }

    #[test]
    fn a_wave_stands_out() {
        let mut record = Record::new(Duration::ZERO, Duration::ZERO);
        for bucket in 0..10 {
            let requests = if bucket == 3 { 11 } else { 1 };
            (0..requests).for_each(|_| {
                record.request(BUCKET * bucket);
            });
        }
        assert_eq!(record.wave(), 5.5);
    }
}

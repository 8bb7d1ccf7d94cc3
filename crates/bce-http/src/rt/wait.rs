//! When waiting for a state ends, and how often it is looked at. For generated waiter tables.

use std::time::Duration;

/// The states that end a wait, as the API's description lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaiterTable {
    /// Name of the waiter, such as `DevInstanceRunning`.
    pub name: &'static str,
    /// The operation that reads the state.
    pub operation: &'static str,
    /// The member of its response that holds the state, such as `devInstance.status`.
    pub field: &'static str,
    /// Codes of the states that were waited for.
    pub success: &'static [i64],
    /// Codes of the states from which the wanted one is not reached any more.
    pub failure: &'static [i64],
    /// Codes of the states on the way.
    pub pending: &'static [i64],
    /// Error codes that mean success, such as `NotFound` after a deletion.
    pub success_errors: &'static [&'static str],
}

/// What a state means for a wait.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The state was reached.
    Done,
    /// It cannot be reached any more.
    Failed,
    /// Go on waiting; also the verdict on codes that no table knows.
    Pending,
}

impl WaiterTable {
    /// Judges the code of a state.
    pub fn judge(&self, status: i64) -> Verdict {
        if self.success.contains(&status) {
            Verdict::Done
        } else if self.failure.contains(&status) {
            Verdict::Failed
        } else {
            Verdict::Pending
        }
    }

    /// Whether an error code of the reading operation means that the wait has succeeded.
    pub fn is_success_error(&self, code: &str) -> bool {
        self.success_errors.contains(&code)
    }
}

/// The pauses between the reads of a wait: they grow by half each time, up to the longest, and each
/// is shortened by a random part of up to a fifth, so that waits that began together drift apart.
#[derive(Clone, Debug)]
pub struct PollInterval {
    next: Duration,
    longest: Duration,
}

/// A wait must not become a busy loop.
const SHORTEST: Duration = Duration::from_millis(1);

impl PollInterval {
    /// Pauses that are all alike.
    pub fn new(pause: Duration) -> Self {
        let pause = pause.max(SHORTEST);
        Self {
            next: pause,
            longest: pause,
        }
    }

    /// Lets the pauses grow up to `longest`; one that is below the first is ignored.
    #[must_use]
    pub fn growing_to(self, longest: Duration) -> Self {
        Self {
            longest: longest.max(self.next),
            ..self
        }
    }

    /// The next pause.
    pub fn next_pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause.saturating_mul(3) / 2).min(self.longest);
        pause.mul_f64(1.0 - 0.2 * fastrand::f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_grow_by_half_up_to_the_longest() {
        let mut interval = PollInterval::new(4 * SECOND).growing_to(10 * SECOND);
        for expected in [4, 6, 9, 10, 10] {
            let pause = interval.next_pause();
            let expected = expected * SECOND;
            assert!(pause <= expected && pause >= expected * 4 / 5, "{pause:?}");
        }
    }

    #[test]
    fn pauses_differ() {
        let mut interval = PollInterval::new(SECOND);
        let pauses: Vec<Duration> = (0..100).map(|_| interval.next_pause()).collect();
        assert!(pauses.iter().any(|pause| *pause < SECOND * 17 / 20));
        assert!(pauses.iter().any(|pause| *pause > SECOND * 19 / 20));
    }

    #[test]
    fn no_wait_is_a_busy_loop_and_none_overflows() {
        let mut interval = PollInterval::new(Duration::ZERO);
        assert!(interval.next_pause() >= SHORTEST * 4 / 5);
        let mut interval =
            PollInterval::new(Duration::from_secs(u64::MAX / 4)).growing_to(Duration::MAX);
        assert!((0..9).all(|_| interval.next_pause() > SECOND));
    }
}

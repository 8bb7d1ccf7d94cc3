//! A common pace for calls, which slows down when the service throttles them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::policy::LONGEST_PAUSE;

/// The interval between two attempts after the first throttled request.
const FIRST_INTERVAL: Duration = Duration::from_millis(50);
/// The maximum interval between two attempts.
const LONGEST_INTERVAL: Duration = Duration::from_secs(5);
/// The minimum interval between two attempts. If the interval becomes shorter, no call waits.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);
/// Each response that does not throttle a request shortens the interval by a 32nd. About twenty
/// responses undo an unnecessary doubling.
const RECOVERY: u32 = 32;
/// After the pace has slowed down, it does not slow down again for this long: if the service counts
/// requests per second, a slower pace takes this long to have an effect.
const SETTLING: Duration = Duration::from_secs(1);
/// If all requests have been throttled for this long, calls stop waiting and fail.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pace of calls that belong together, such as stopping a hundred instances.
///
/// If a service throttles one of the calls, it would throttle the others as well. Therefore, each
/// call waits for its turn before each attempt:
///
/// - Until the first request is throttled, no call waits.
/// - Once a request has been throttled, no call sends a request until the pause that the service
///   asked for is over. After that, attempts follow each other at an interval. Calls that were
///   throttled take precedence over calls that have not started.
/// - The interval doubles when a request is throttled, up to 5 seconds, and becomes shorter with
///   each response that does not throttle a request. Several throttled requests count as one if
///   they occur within a second, or if they were under way at the same time.
/// - A throttled attempt does not count as a retry of its call, and is not charged to the
///   [`RetryBudget`](crate::RetryBudget): the call is repeated until its deadline, unless its
///   policy allows no retries. It fails as throttled only if the service has throttled all calls
///   for a minute, or asks for a pause that is longer than 20 minutes or ends after the deadline.
///
/// The wait is part of the call: the deadline of the call applies, and dropping the call ends the
/// wait. Clones share the same pace; no task is spawned.
///
/// ```no_run
/// use bce_http::Pace;
/// use bce_http::rt::{Call, Operation};
/// # use bce_http::rt::ApiResponse;
/// use futures_util::stream::{self, StreamExt};
///
/// # async fn stop<T: ApiResponse>(
/// #     client: bce_http::Client, operation: &'static Operation, ids: Vec<String>,
/// # ) {
/// let pace = Pace::new();
/// let calls = ids.into_iter().map(|id| {
///     let mut call = Call::new(&client, operation).query("instanceId", id);
///     call.options_mut().pace = Some(pace.clone());
///     call.send::<T>()
/// });
/// let outcomes: Vec<_> = stream::iter(calls).buffered(8).collect().await;
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Pace(Arc<Mutex<State>>);

/// The permission for one attempt, returned by [`Pace::turn`].
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// How many times the pace had slowed down when the attempt began.
    slowdowns: u64,
}

#[derive(Debug, Default)]
struct State {
    /// The time between two turns; zero if they may follow each other at once.
    interval: Duration,
    /// The time before which no call sends a request.
    resume: Option<Instant>,
    /// The earliest time for a further attempt, unless `resume` is later: one interval after the
    /// latest time that was reserved or used for an attempt. `None` before the first attempt, and
    /// after the pace has slowed down.
    next: Option<Instant>,
    slowdowns: u64,
    slowed_at: Option<Instant>,
    /// The time since which every request has been throttled; `None` if the latest response did not
    /// throttle its request.
    throttled_since: Option<Instant>,
}

/// A time that is reserved for an attempt of a call. The reservation is not valid if, at this time,
/// the pace has slowed down since the reservation, or a pause is not over.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: Instant,
    slowdowns: u64,
}

/// A call that waits for its turn. Dropping the value gives up its place.
struct Waiting<'a> {
    pace: &'a Pace,
    place: Option<Place>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.pace.lock().give_up(place);
        }
    }
}

impl Pace {
    /// Creates a pace at which no call has to wait yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Pace;
    ///
    /// let pace = Pace::new();
    /// // Pass clones to all calls that are to slow down together.
    /// let shared = pace.clone();
    /// # let _ = shared;
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until an attempt may begin, and returns the permission for it.
    pub async fn turn(&self) -> Turn {
        let mut waiting = Waiting {
            pace: self,
            place: None,
        };
        loop {
            let taken = self.lock().take(waiting.place, Instant::now());
            match taken {
                Ok(turn) => {
                    waiting.place = None;
                    return turn;
                }
                Err(later) => {
                    waiting.place = Some(later);
                    sleep_until(later.at).await;
                }
            }
        }
    }

    /// Records that the attempt of this turn was throttled, and that the service does not accept
    /// another one before `pause` is over. A pause of more than 20 minutes is ignored.
    pub fn throttled(&self, turn: Turn, pause: Duration) {
        self.lock().slow_down(turn, pause, Instant::now());
    }

    /// Records that the service sent a response that does not throttle the request.
    pub fn answered(&self) {
        self.lock().speed_up();
    }

    /// Returns whether all requests have been throttled for so long that there is no point in
    /// waiting any longer.
    pub fn is_stuck(&self) -> bool {
        let since = self.lock().throttled_since;
        since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the permission for an attempt if it may begin now, because no wait is needed, or
    /// because the time of `place` has come and `place` is still valid. Otherwise, returns as an
    /// error the reserved time to wait for.
    fn take(&mut self, place: Option<Place>, now: Instant) -> Result<Turn, Place> {
        let slowdowns = self.slowdowns;
        let paused = self.resume.is_some_and(|resume| resume > now);
        if !paused && place.is_some_and(|place| place.slowdowns == slowdowns && place.at <= now) {
            return Ok(Turn { slowdowns });
        }
        let at = [self.resume, self.next].into_iter().flatten().max();
        let at = at.map_or(now, |at| at.max(now));
        self.next = Some(at + self.interval);
        if at <= now {
            Ok(Turn { slowdowns })
        } else {
            Err(Place { at, slowdowns })
        }
    }

    /// Makes up for a place that stays empty: one more attempt can have the time of the last place
    /// that is reserved. Otherwise, calls that end while they wait would hold up those that follow.
    fn give_up(&mut self, place: Place) {
        if place.slowdowns == self.slowdowns {
            self.next = self.next.and_then(|next| next.checked_sub(self.interval));
        }
    }

    fn slow_down(&mut self, turn: Turn, pause: Duration, now: Instant) {
        self.throttled_since.get_or_insert(now);
        if pause <= LONGEST_PAUSE {
            self.resume = self.resume.max(Some(now + pause));
        }
        // Another attempt that was under way at the same time may already have slowed down the
        // pace.
        let first = turn.slowdowns == self.slowdowns;
        let settled = (self.slowed_at).is_none_or(|at| now.duration_since(at) >= SETTLING);
        if first && settled {
            self.slowdowns += 1;
            self.slowed_at = Some(now);
            self.interval = (self.interval * 2).clamp(FIRST_INTERVAL, LONGEST_INTERVAL);
            // Calls that wait for a place check again when its time comes, after calls that ask for
            // a turn now.
            self.next = None;
        }
    }

    fn speed_up(&mut self) {
        self.throttled_since = None;
        let interval = self.interval - self.interval / RECOVERY;
        self.interval = match interval < SHORTEST_INTERVAL {
            true => Duration::ZERO,
            false => interval,
        };
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Pace")
            .field("interval", &state.interval)
            .field("slowdowns", &state.slowdowns)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Returns the times of the next turns, counted from now.
    async fn turns(pace: &Pace, count: usize) -> Vec<Duration> {
        let started = Instant::now();
        let mut at = Vec::new();
        for _ in 0..count {
            pace.turn().await;
            at.push(started.elapsed());
        }
        at
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_before_the_first_throttle() {
        let pace = Pace::new();
        assert_eq!(turns(&pace, 100).await, [Duration::ZERO; 100]);
        pace.answered();
        assert_eq!(turns(&pace, 100).await, [Duration::ZERO; 100]);
    }

    #[test]
    fn no_runtime_is_needed_to_make_one() {
        let pace = Pace::new();
        assert!(!pace.is_stuck());
        assert!(format!("{pace:?}").starts_with("Pace { interval: 0ns"));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_throttle_comes_the_pause_and_then_one_after_the_other() {
        let pace = Pace::new();
        let turn = pace.turn().await;
        pace.throttled(turn, SECOND);
        let expected = [1000, 1050, 1100, 1150].map(Duration::from_millis);
        assert_eq!(turns(&pace, 4).await, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn throttles_of_the_same_time_count_as_one() {
        let pace = Pace::new();
        let same_time = [pace.turn().await, pace.turn().await, pace.turn().await];
        for turn in same_time {
            pace.throttled(turn, SECOND);
        }
        assert_eq!(turns(&pace, 2).await[1], Duration::from_millis(1050));
        let turn = pace.turn().await;
        pace.throttled(turn, Duration::ZERO);
        assert_eq!(turns(&pace, 2).await[1], Duration::from_millis(100));
        // The pause of a late attempt counts, although the pace does not slow down any further.
        pace.throttled(same_time[0], SECOND);
        assert_eq!(
            turns(&pace, 2).await,
            [1000, 1100].map(Duration::from_millis)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn throttles_within_a_second_count_as_one() {
        let pace = Pace::new();
        for _ in 0..4 {
            let turn = pace.turn().await;
            pace.throttled(turn, Duration::from_millis(100));
        }
        let at = turns(&pace, 2).await;
        assert_eq!(at[1] - at[0], FIRST_INTERVAL);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_begins_meanwhile_holds_those_up_who_wait_already() {
        let pace = Pace::new();
        let early = pace.turn().await;
        pace.throttled(early, SECOND);
        let late = pace.turn().await;
        let started = Instant::now();
        let order = Mutex::new(Vec::new());
        let wait = |name| {
            let (pace, order) = (&pace, &order);
            async move {
                pace.turn().await;
                order.lock().unwrap().push((name, started.elapsed()));
            }
        };
        let again = async {
            // By now the others hold places.
            tokio::time::sleep(Duration::from_millis(10)).await;
            pace.throttled(late, SECOND);
            wait("again").await;
        };
        tokio::join!(wait("first"), wait("second"), again);
        let expected = [("again", 1010), ("first", 1110), ("second", 1210)];
        let expected = expected.map(|(name, at)| (name, Duration::from_millis(at)));
        assert_eq!(*order.lock().unwrap(), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn the_interval_is_bounded_and_answers_shorten_it_to_nothing() {
        let pace = Pace::new();
        for _ in 0..20 {
            let turn = pace.turn().await;
            pace.throttled(turn, SECOND);
        }
        let at = turns(&pace, 2).await;
        assert_eq!(at[1] - at[0], LONGEST_INTERVAL);
        (0..23).for_each(|_| pace.answered());
        assert!(pace.lock().interval < LONGEST_INTERVAL / 2);
        (0..300).for_each(|_| pace.answered());
        pace.turn().await;
        assert_eq!(turns(&pace, 100).await, [Duration::ZERO; 100]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_dropped_holds_nobody_up() {
        let pace = Pace::new();
        let turn = pace.turn().await;
        pace.throttled(turn, SECOND);
        for _ in 0..3 {
            let early = tokio::time::timeout(Duration::from_millis(1), pace.turn()).await;
            assert!(early.is_err());
        }
        let expected = [997, 1047].map(Duration::from_millis);
        assert_eq!(turns(&pace, 2).await, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_stuck_after_a_minute_of_throttles_alone() {
        let pace = Pace::new();
        let turn = pace.turn().await;
        pace.throttled(turn, 59 * SECOND);
        let turn = pace.turn().await;
        pace.throttled(turn, SECOND);
        assert!(!pace.is_stuck());
        pace.turn().await;
        assert!(pace.is_stuck());
        pace.answered();
        assert!(!pace.is_stuck());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_without_end_is_not_waited_for() {
        let pace = Pace::new();
        let turn = pace.turn().await;
        pace.throttled(turn, Duration::MAX);
        assert_eq!(turns(&pace, 1).await, [Duration::ZERO]);
    }
}

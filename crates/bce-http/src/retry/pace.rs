//! Calls of one action that slow down together.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::policy::LONGEST_PAUSE;

/// The pause between two attempts after the first throttle.
const FIRST_INTERVAL: Duration = Duration::from_millis(50);
/// The pause between two attempts does not grow beyond this.
const LONGEST_INTERVAL: Duration = Duration::from_secs(5);
/// A pause between two attempts that is shorter is none.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);
/// Each response shortens the pause by one part in so many: a pause that was doubled in vain is back
/// after some twenty answers.
const RECOVERY: u32 = 32;
/// A service that counts by the second shows only then what a slower pace does.
const SETTLING: Duration = Duration::from_secs(1);
/// For how long nothing but throttles is borne.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pace of calls that belong together, such as the stops of a hundred instances.
///
/// A service that turns one of them away as one too many means them all. So before each attempt
/// every call waits for its turn:
///
/// - Until the first throttle nobody waits.
/// - After a throttle nobody sends before the pause is over that the service asked for, and then
///   one attempt follows the other at an interval. The calls that were turned away go before those
///   that have not started.
/// - The interval doubles with a throttle, up to 5 seconds, and shrinks with each response. Several
///   throttles within a second, or of requests that were under way at the same time, count as one.
/// - Throttles do not count as retries of the call and cost nothing of the
///   [`RetryBudget`](crate::RetryBudget): the call is repeated until its deadline. Only when the
///   service has answered nothing else to any of the calls for a minute, a throttle is the result.
///
/// The wait is part of the call, so its deadline bounds it, and dropping the call ends it. A clone
/// shares the pace; nothing is spawned.
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

/// The leave for one attempt.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// How often the pace had slowed down when the attempt began.
    slowdowns: u64,
}

#[derive(Debug, Default)]
struct State {
    /// The time between two turns; zero lets everybody through.
    interval: Duration,
    /// Nobody sends before this.
    resume: Option<Instant>,
    /// The first turn that nobody has taken yet.
    next: Option<Instant>,
    slowdowns: u64,
    slowed_at: Option<Instant>,
    /// Since when nothing but throttles has come.
    throttled_since: Option<Instant>,
}

/// A turn in the future. It is void when the pace slows down before it comes.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: Instant,
    slowdowns: u64,
}

impl Pace {
    /// Creates a pace that holds nobody up yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use bce_http::Pace;
    ///
    /// let pace = Pace::new();
    /// // Give clones of it to all calls that are to slow down together.
    /// let shared = pace.clone();
    /// # let _ = shared;
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until an attempt may begin.
    pub async fn turn(&self) -> Turn {
        let mut place = None;
        loop {
            let taken = self.lock().take(place, Instant::now());
            match taken {
                Ok(turn) => return turn,
                Err(later) => {
                    sleep_until(later.at).await;
                    place = Some(later);
                }
            }
        }
    }

    /// The attempt of this turn was turned away as one too many, and no other is welcome before
    /// `pause` is over. A pause of more than 20 minutes is not waited for.
    pub fn throttled(&self, turn: Turn, pause: Duration) {
        self.lock().slow_down(turn, pause, Instant::now());
    }

    /// The service answered something else than a throttle.
    pub fn answered(&self) {
        self.lock().speed_up();
    }

    /// Returns whether nothing but throttles has come for so long that waiting on makes no sense.
    pub fn is_stuck(&self) -> bool {
        let since = self.lock().throttled_since;
        since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the turn of a place that has come, or else a place to wait for.
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

    fn slow_down(&mut self, turn: Turn, pause: Duration, now: Instant) {
        self.throttled_since.get_or_insert(now);
        if pause <= LONGEST_PAUSE {
            self.resume = self.resume.max(Some(now + pause));
        }
        // Another one that was under way at the same time may have slowed everything down already.
        let first = turn.slowdowns == self.slowdowns;
        let settled = (self.slowed_at).is_none_or(|at| now.duration_since(at) >= SETTLING);
        if first && settled {
            self.slowdowns += 1;
            self.slowed_at = Some(now);
            self.interval = (self.interval * 2).clamp(FIRST_INTERVAL, LONGEST_INTERVAL);
            // Those who hold a place look again when it comes, after those who ask now.
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

    /// When each of these turns comes, from now on.
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
        // The pause of one that comes late counts, although nothing slows down further.
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
            // The others hold places by now.
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
        // Each has left its place empty, and that is all.
        assert_eq!(turns(&pace, 1).await, [Duration::from_millis(1147)]);
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

//! Timers that cannot be starved.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::task::coop::{has_budget_remaining, unconstrained};
use tokio::time::{Instant, Sleep};

/// Polls the timer of a limit, after whatever it limits was pending.
///
/// A task that finds everything ready, as a transport that loops on a channel may, is held up by
/// tokio after so many operations. Its timer would be held up with it, for good when that happens in
/// every poll; so it is polled as if nothing had been used up. The runtime, too, lets timers pass only
/// now and then while a task is always ready, so that the clock itself is asked then.
///
/// Nothing helps against code that does not return from a poll.
#[inline]
pub(crate) fn poll_elapsed(sleep: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    let end = sleep.deadline();
    let polled = pin!(unconstrained(sleep)).poll(cx);
    if !has_budget_remaining() && Instant::now() >= end {
        return Poll::Ready(());
    }
    polled
}

//! Timers that fire even if the task never waits.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::task::coop::{has_budget_remaining, unconstrained};
use tokio::time::{Instant, Sleep};

/// Polls the timer of a limit. To be called after the limited future was found to be pending.
///
/// If everything that a task uses is always ready, as in a transport that loops on a channel, tokio
/// makes the task yield after a number of operations. The timer would then yield as well, and if
/// that happened in every poll, it would never fire. The timer is therefore polled as if the task
/// had not used any of its budget. While a task is always ready, the runtime also advances its
/// timers only occasionally, so the clock itself is read as well.
///
/// A future that does not return from its poll cannot be interrupted.
#[inline]
pub(crate) fn poll_elapsed(sleep: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    let end = sleep.deadline();
    let polled = pin!(unconstrained(sleep)).poll(cx);
    if !has_budget_remaining() && Instant::now() >= end {
        return Poll::Ready(());
    }
    polled
}

//! Timers that cannot be starved.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::task::coop::{has_budget_remaining, unconstrained};
use tokio::time::{Instant, Sleep};

/// Polls the timer of a limit, after the limited future was pending.
///
/// If a task finds everything ready, such as a transport that loops on a channel, tokio makes it
/// yield after a number of operations, and would make its timer yield as well: if that happened in
/// every poll, the timer would never fire. It is therefore polled as if the task had used nothing
/// of its budget. While a task is always ready, the runtime also advances its timers only
/// occasionally, so the clock itself is read as well.
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

//! The time limit of the future that this thread is polling.
//!
//! Reading a long document takes longer than a poll should, and cannot be interrupted from outside.
//! The reader therefore checks the clock itself, wherever in the stack it runs, just as tokio's
//! operations check the budget of their task. The limit exists only while a future is polled or a
//! document is read, and other threads do not see it.

pub(crate) mod timer;

use std::cell::Cell;
use std::marker::PhantomData;
use std::time::Duration;

use tokio::time::Instant;

thread_local! {
    static END: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Keeps a time limit of this thread in place until this value is dropped. A limit that was set
/// before still applies if it is earlier.
pub(crate) struct Entered {
    before: Option<Instant>,
    /// The value must stay on its thread, because the limit applies to that thread.
    _not_send: PhantomData<*const ()>,
}

/// Sets the time limit of this thread, until the returned value is dropped. If an outer limit is
/// earlier, the outer limit stays in place.
#[inline]
pub(crate) fn until(end: Instant) -> Entered {
    let before = END.get();
    END.set(Some(before.map_or(end, |before| before.min(end))));
    Entered {
        before,
        _not_send: PhantomData,
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        END.set(self.before);
    }
}

/// Returns whether the limit of this thread has passed; `false` if there is none.
pub(crate) fn has_passed() -> bool {
    END.get().is_some_and(|end| Instant::now() >= end)
}

/// Returns whether the limit of this thread is more than `time` away; `true` if there is none.
pub(crate) fn is_beyond(time: Duration) -> bool {
    END.get()
        .is_none_or(|end| end.saturating_duration_since(Instant::now()) > time)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn the_nearest_limit_holds_and_each_ends_with_its_scope() {
        let now = Instant::now();
        assert!(!has_passed() && is_beyond(Duration::MAX));
        let outer = until(now + 5 * SECOND);
        let inner = until(now + SECOND);
        assert!(!is_beyond(SECOND) && is_beyond(SECOND / 2));
        drop(inner);
        let later = until(now + 9 * SECOND);
        assert!(is_beyond(4 * SECOND) && !is_beyond(5 * SECOND));
        drop((later, outer));
        let past = until(now);
        assert!(has_passed());
        drop(past);
        assert!(!has_passed());
    }
}

//! The locks of this crate's two caches, for credentials and for signing keys. They are those of
//! the standard library or, in model checks, those of shuttle, which tries many thread schedules:
//!
//! ```text
//! .ci/step model
//! ```

#[cfg(not(all(test, shuttle)))]
pub(crate) use std::sync::{Mutex, MutexGuard, RwLock};

#[cfg(all(test, shuttle))]
pub(crate) use shuttle::sync::{Mutex, MutexGuard, RwLock};

/// Locks a mutex, even if it is poisoned: no code panics while it holds one of these locks, and the
/// data would be consistent even if it did.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

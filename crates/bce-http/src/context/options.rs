//! The options of one call.

use std::time::Duration;

use crate::retry::{Pace, RetryPolicy};

/// Options of one call that override those of its client. Layers find them in the extensions
/// of a request, if there are any.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use bce_http::layer::CallOptions;
///
/// let mut options = CallOptions::default();
/// options.timeout = Some(Duration::from_secs(5));
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Limit of the whole call, retries included, instead of the client's total deadline.
    pub timeout: Option<Duration>,
    /// Whether the call may be repeated after an ambiguous failure, instead of what the
    /// operation says.
    pub idempotent: Option<bool>,
    /// The policy by which the call is repeated, instead of the client's.
    pub retry: Option<RetryPolicy>,
    /// The pace of the calls that this one belongs to.
    pub pace: Option<Pace>,
}

impl CallOptions {
    /// Returns whether they override nothing.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            timeout,
            idempotent,
            retry,
            pace,
        } = self;
        timeout.is_none() && idempotent.is_none() && retry.is_none() && pace.is_none()
    }
}

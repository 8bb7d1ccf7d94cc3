//! The options of a single call.

use std::time::Duration;

use crate::retry::{Pace, RetryPolicy};

/// Options of a single call, which override those of its client. Layers find them in the extensions
/// of the request, unless the call has no options.
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
    /// The time limit of the whole call, including retries. Overrides that of the client.
    pub timeout: Option<Duration>,
    /// Whether the call may be retried after a failure that leaves it unknown whether the call was
    /// carried out. If set, this overrides the idempotency of the operation.
    pub idempotent: Option<bool>,
    /// The policy for retrying the call. Overrides that of the client.
    pub retry: Option<RetryPolicy>,
    /// The [`Pace`] at which this call and others send requests once the service throttles them;
    /// `None` if this call does not wait for others.
    pub pace: Option<Pace>,
}

impl CallOptions {
    /// Returns whether the options override nothing.
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

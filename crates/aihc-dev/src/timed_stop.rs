//! The timed stop, by which the service stops an instance after a delay.

use std::time::Duration;

use bce_http::rt::check::{self, Path};
use bce_http::rt::{Call, Operation, codec};
use bce_http::{Error, Idempotency};
use http::Method;

use crate::Client;
use crate::model::TimedStopDevInstanceResponse;

/// The shortest delay of a timed stop, in seconds. The documentation of the API requires more than
/// 3600, but its own example sends 3600.
const SHORTEST: i64 = 3600;

/// The operation that errors name if they are found before the call is made.
static OPERATION: Operation = Operation::new(
    "aihc",
    "TimedStopDevInstance",
    Method::POST,
    Idempotency::Repeatable,
);

/// Methods that set and cancel the timed stop of a running instance.
impl Client {
    /// Stops a running instance after a delay, counted from the call. A timer that is already
    /// running is replaced. Fractions of a second are rounded up. (The web console of the service
    /// rounds up to whole hours.)
    ///
    /// For options of the call use [`timed_stop_dev_instance`](Self::timed_stop_dev_instance),
    /// which does not check the delay.
    ///
    /// ```no_run
    /// # async fn arm(client: aihc_dev::Client) -> Result<(), aihc_dev::Error> {
    /// use std::time::Duration;
    ///
    /// client.enable_timed_stop("dv-1", Duration::from_secs(2 * 3600)).await?;
    /// client.cancel_timed_stop("dv-1").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the delay is shorter than an hour, the kind of the error is `InvalidInput`, and nothing
    /// is sent. All other errors are those of
    /// [`timed_stop_dev_instance`](Self::timed_stop_dev_instance).
    pub async fn enable_timed_stop(
        &self,
        dev_instance_id: impl Into<String>,
        after: Duration,
    ) -> Result<TimedStopDevInstanceResponse, Error> {
        let seconds = codec::whole_seconds(after);
        check::limits(&Path::new("delaySec"), seconds, Some(SHORTEST), None)
            .map_err(|error| Call::new(&self.http, &OPERATION).refuse(error))?;
        let call = self.timed_stop_dev_instance(dev_instance_id);
        call.enable(true).delay_sec(seconds).await
    }

    /// Switches off the timed stop of a running instance.
    ///
    /// # Errors
    ///
    /// If the call fails; the error is that of
    /// [`timed_stop_dev_instance`](Self::timed_stop_dev_instance).
    pub async fn cancel_timed_stop(
        &self,
        dev_instance_id: impl Into<String>,
    ) -> Result<TimedStopDevInstanceResponse, Error> {
        let call = self.timed_stop_dev_instance(dev_instance_id);
        call.enable(false).await
    }
}

//! Waits for the state of an instance or of a job.
//!
//! For a short time after an operation, the service may still return the state from before the
//! operation. A wait until an instance is running, or until an image pack job is completed,
//! therefore has a grace period ([`start_grace`](bce_http::wait::Wait::start_grace)). During this
//! period, both waits continue if they read `not found`, as before a creation. A wait until an
//! instance is running also continues if it reads `stopped` or `failed`, which may be the state
//! from before a start. Both exceptions end early once a read shows any other state. A wait until
//! an instance is stopped or deleted makes no such exception.
//!
//! [After a change](bce_http::wait::Wait::after_change), a wait until an instance is running or
//! stopped does not end successfully during the grace period as long as reads show the old
//! configuration.

mod state;
mod warnings;

use std::time::Duration;

use bce_http::rt::wait::{Gone, Look, Read, Verdict, WaiterTable, Watch};
pub use bce_http::wait::{WaitErrorKind, Warning};

pub use self::state::State;
use self::warnings::warnings;
use crate::model::{DevInstanceDetail, ImagePackJobDetail};
use crate::{Client, waiter};

/// A wait for a state of a dev instance or of a job; `.await` starts it.
///
/// ```no_run
/// # async fn grow(client: aihc_dev::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let change = client.change_dev_instance("dv-1", |conf| conf.resources.cpus = 8).await?;
/// client.wait_until_running("dv-1").after_change(&change).await?;
/// # Ok(())
/// # }
/// ```
pub type Wait<'a, T> = bce_http::wait::Wait<'a, T, State>;

/// The reason why a wait ended before its goal was reached.
pub type WaitError = bce_http::wait::WaitError<State>;

/// A change that a wait has seen: another state, or another `statusReason` for the same state.
pub type Progress = bce_http::wait::Progress<State>;

/// Methods that wait for a state. Start a wait after the operation, not before, because the first
/// read is sent at once.
impl Client {
    /// Waits until the instance is running, after a creation or a start, and returns its
    /// description.
    ///
    /// The wait ends with an error if the instance fails, stops or is deleted instead. After a
    /// change to the configuration of a running instance, reads may show the old state for a
    /// moment: see [`after_change`](bce_http::wait::Wait::after_change). A change does not start a
    /// stopped instance, so waiting for a stopped instance to run ends with an error after the
    /// [grace period](bce_http::wait::Wait::start_grace).
    pub fn wait_until_running(
        &self,
        dev_instance_id: impl Into<String>,
    ) -> Wait<'static, DevInstanceDetail> {
        let table = &waiter::DEV_INSTANCE_RUNNING;
        let mut watch = self.watch(dev_instance_id.into(), "running", table, |detail| detail);
        watch.may_be_from_before = Box::new(State::may_be_before_start);
        watch.into()
    }

    /// Waits until the instance is stopped, and returns its description.
    pub fn wait_until_stopped(
        &self,
        dev_instance_id: impl Into<String>,
    ) -> Wait<'static, DevInstanceDetail> {
        let table = &waiter::DEV_INSTANCE_STOPPED;
        let watch = self.watch(dev_instance_id.into(), "stopped", table, |detail| detail);
        watch.into()
    }

    /// Waits until the instance is deleted or no longer found.
    pub fn wait_until_deleted(&self, dev_instance_id: impl Into<String>) -> Wait<'static, ()> {
        let table = &waiter::DEV_INSTANCE_DELETED;
        let mut watch = self.watch(dev_instance_id.into(), "deleted", table, |_| ());
        watch.gone = Some(Gone {
            codes: table.success_errors,
            value: (),
        });
        watch.into()
    }

    /// Waits until an image pack job is completed, and returns its description.
    ///
    /// The service gives no reason for a failed job; the warnings about the instance may contain
    /// it.
    pub fn wait_for_image_pack_job(
        &self,
        dev_instance_id: impl Into<String>,
        image_pack_job_id: impl Into<String>,
    ) -> Wait<'static, ImagePackJobDetail> {
        let (id, job) = (dev_instance_id.into(), image_pack_job_id.into());
        let goal = format!("image pack job {job} of {id} to be completed");
        let query = self.query_dev_instance_image_pack_job_detail(&id, job);
        let read = move |limit| -> Read<Look<ImagePackJobDetail, State>> {
            let query = query.clone().with_timeout(limit);
            Box::pin(async move {
                let detail = query.await?.dev_instance_image_pack_job;
                Ok(Look {
                    state: detail.status.map_or(State::Unreported, State::ImagePackJob),
                    reason: String::new(),
                    value: detail,
                })
            })
        };
        let mut watch = self.new_watch(id, goal, &waiter::IMAGE_PACK_JOB_FINISHED, read);
        watch.may_be_from_before = Box::new(State::may_be_before_start);
        watch.into()
    }

    fn watch<T: Send + 'static>(
        &self,
        id: String,
        goal: &str,
        table: &'static WaiterTable,
        value: fn(DevInstanceDetail) -> T,
    ) -> Watch<T, State> {
        let query = self.query_dev_instance_detail(&id);
        let read = move |limit| -> Read<Look<T, State>> {
            let query = query.clone().with_timeout(limit);
            Box::pin(async move {
                let detail = query.await?.dev_instance;
                Ok(Look {
                    state: detail.status.map_or(State::Unreported, State::DevInstance),
                    reason: detail.status_reason.clone(),
                    value: value(detail),
                })
            })
        };
        let goal = format!("{id} to be {goal}");
        self.new_watch(id, goal, table, read)
    }

    /// Returns the definition of a wait without a grace period: every state that is read, from the
    /// first one on, is taken as current.
    fn new_watch<T>(
        &self,
        id: String,
        goal: String,
        table: &'static WaiterTable,
        read: impl Fn(Duration) -> Read<Look<T, State>> + Send + Sync + 'static,
    ) -> Watch<T, State> {
        let client = self.clone();
        Watch {
            goal,
            read: Box::new(read),
            judge: Box::new(|state| {
                let code = state.code();
                code.map_or(Verdict::Pending, |code| table.judge(code))
            }),
            may_be_from_before: Box::new(|_| false),
            gone: None,
            warnings: Some(Box::new(move || {
                Box::pin(warnings(client.clone(), id.clone()))
            })),
        }
    }
}

//! The documented properties of the states of dev instances and image pack jobs, such as whether an
//! instance in a state can be stopped.
//!
//! The client does not enforce these rules: it sends every call, and the service decides.

use crate::model::{DevInstanceStatus, ImagePackJobStatus};

/// The documented properties of a state. For a code that is not documented, only
/// [`can_stop`](Self::can_stop) and [`can_delete`](Self::can_delete) return `true`, since they
/// exclude certain states and allow all others.
impl DevInstanceStatus {
    /// Returns whether the state is transient, that is, whether the service leaves it without a
    /// further call. The transient states are creating, queued, deploying, starting, stopping,
    /// packing an image, and deleting.
    pub const fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Creating
                | Self::Queued
                | Self::Deploying
                | Self::Starting
                | Self::Stopping
                | Self::ImagePacking
                | Self::Deleting
        )
    }

    /// Returns whether the instance is running, that is, in state 3, and can be used.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Running)
    }

    /// Returns whether the instance is stopped, that is, in state 5, in which it holds no compute
    /// resources.
    pub const fn is_stopped(self) -> bool {
        matches!(self, Self::Stopped)
    }

    /// Returns whether the instance has failed or is abnormal; `statusReason` has the reason.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Abnormal)
    }

    /// Returns whether the state is final. Only the state deleted is final.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Deleted)
    }

    /// Returns whether the instance may be started, which is allowed only if it is stopped or has
    /// failed.
    pub const fn can_start(self) -> bool {
        matches!(self, Self::Stopped | Self::Failed)
    }

    /// Returns whether the instance may be stopped, which is allowed unless it is stopped,
    /// deleting, failed, abnormal or deleted.
    pub const fn can_stop(self) -> bool {
        !matches!(
            self,
            Self::Stopped | Self::Deleting | Self::Failed | Self::Abnormal | Self::Deleted
        )
    }

    /// Returns whether the instance may be deleted, which is allowed unless it is already deleted.
    pub const fn can_delete(self) -> bool {
        !matches!(self, Self::Deleted)
    }

    /// Returns whether the timed stop may be set, which is allowed only while the instance is
    /// running.
    pub const fn can_set_timed_stop(self) -> bool {
        self.is_running()
    }

    /// Returns whether the instance may be saved as an image, which is allowed only while it is
    /// running.
    pub const fn can_pack_image(self) -> bool {
        self.is_running()
    }
}

/// The documented properties of the state of an image pack job.
impl ImagePackJobStatus {
    /// Returns whether the job has succeeded, so that the image is in the registry.
    pub const fn is_completed(self) -> bool {
        matches!(self, Self::Completed)
    }

    /// Returns whether the job has failed. The service gives no reason.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed)
    }

    /// Returns whether the job has ended.
    pub const fn is_final(self) -> bool {
        self.is_completed() || self.is_failure()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the codes for which `holds` is true, out of all documented ones and an unknown one.
    fn codes(holds: impl Fn(DevInstanceStatus) -> bool) -> Vec<i64> {
        let known = [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 18, 19, 20, 99];
        let fits = |code: &i64| holds(DevInstanceStatus::from(*code));
        known.into_iter().filter(fits).collect()
    }

    #[test]
    fn states_mean_what_the_life_cycle_says() {
        assert_eq!(codes(|s| s.is_transient()), [0, 1, 2, 4, 6, 10, 11]);
        assert_eq!(codes(|s| s.is_running()), [3]);
        assert_eq!(codes(|s| s.is_stopped()), [5]);
        assert_eq!(codes(|s| s.is_failure()), [18, 19]);
        assert_eq!(codes(|s| s.is_final()), [20]);
    }

    #[test]
    fn operations_are_allowed_as_their_pages_say() {
        assert_eq!(codes(|s| s.can_start()), [5, 18]);
        assert_eq!(codes(|s| !s.can_stop()), [5, 11, 18, 19, 20]);
        assert_eq!(codes(|s| !s.can_delete()), [20]);
        assert_eq!(codes(|s| s.can_set_timed_stop()), [3]);
        assert_eq!(codes(|s| s.can_pack_image()), [3]);
    }

    #[test]
    fn a_job_ends_completed_or_failed() {
        let codes = |holds: fn(ImagePackJobStatus) -> bool| -> Vec<i64> {
            let known = [1, 2, 3, 4, 5, 30, 99].into_iter();
            known
                .filter(|code| holds(ImagePackJobStatus::from(*code)))
                .collect()
        };
        assert_eq!(codes(|s| s.is_completed()), [5]);
        assert_eq!(codes(|s| s.is_failure()), [30]);
        assert_eq!(codes(|s| s.is_final()), [5, 30]);
    }
}

//! The meaning of states, as the API documents them.
//!
//! Nothing here is enforced: the client sends what it is asked to send, and the service decides.

use crate::model::{DevInstanceStatus, ImagePackJobStatus};

/// The documented properties of a state. No rule applies to a code that is not documented.
impl DevInstanceStatus {
    /// Returns whether the state is left without a further call: creating, queued, deploying,
    /// starting, stopping, packing an image, deleting.
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

    /// Returns whether the instance can be used: state 3.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Running)
    }

    /// Returns whether the instance is stopped: state 5. It holds no compute resources then.
    pub const fn is_stopped(self) -> bool {
        matches!(self, Self::Stopped)
    }

    /// Returns whether the instance is failed or abnormal. `statusReason` has the reason.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Abnormal)
    }

    /// Returns whether no other state follows: deleted.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Deleted)
    }

    /// Returns whether a start is allowed: only from stopped and failed.
    pub const fn can_start(self) -> bool {
        matches!(self, Self::Stopped | Self::Failed)
    }

    /// Returns whether a stop is allowed: from all states except stopped, deleting, failed,
    /// abnormal and deleted.
    pub const fn can_stop(self) -> bool {
        !matches!(
            self,
            Self::Stopped | Self::Deleting | Self::Failed | Self::Abnormal | Self::Deleted
        )
    }

    /// Returns whether a deletion is allowed: from all states except deleted.
    pub const fn can_delete(self) -> bool {
        !matches!(self, Self::Deleted)
    }

    /// Returns whether the timed stop can be set: only while running.
    pub const fn can_set_timed_stop(self) -> bool {
        self.is_running()
    }

    /// Returns whether an image can be packed: only while running.
    pub const fn can_pack_image(self) -> bool {
        self.is_running()
    }
}

/// The documented properties of a job's state.
impl ImagePackJobStatus {
    /// Returns whether the image is in the registry.
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

    /// Returns the codes for which this holds, of all documented ones and an unknown one.
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

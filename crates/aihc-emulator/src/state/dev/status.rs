//! The states of dev instances and of image pack jobs, by their documented codes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Defines a type for state codes, with a constant and a name for each documented code.
macro_rules! codes {
    (
        $(#[$doc:meta])* $type:ident;
        $($(#[$code_doc:meta])* $constant:ident = $code:literal, $name:literal;)*
    ) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $type(i64);

        impl $type {
            $($(#[$code_doc])* pub const $constant: Self = Self($code);)*

            /// The documented states, in the order of their codes.
            pub const DOCUMENTED: &[Self] = &[$(Self::$constant),*];

            /// Returns the state with this code, which may be undocumented.
            pub const fn from_code(code: i64) -> Self {
                Self(code)
            }

            /// Returns the code that appears in responses.
            pub const fn code(self) -> i64 {
                self.0
            }

            fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$constant => Some($name),)*
                    _ => None,
                }
            }
        }

        /// Writes the name of a documented state, or the code of any other.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => fmt::Display::fmt(&self.0, f),
                }
            }
        }

        impl From<i64> for $type {
            fn from(code: i64) -> Self {
                Self(code)
            }
        }

        impl From<$type> for i64 {
            fn from(status: $type) -> Self {
                status.0
            }
        }
    };
}

codes! {
    /// The state of a dev instance: one of the documented ones, or any other code, to test how a
    /// client handles it.
    ///
    /// ```
    /// use aihc_emulator::InstanceStatus;
    ///
    /// assert_eq!(InstanceStatus::RUNNING.code(), 3);
    /// assert_eq!(InstanceStatus::RUNNING.to_string(), "running");
    /// assert_eq!(InstanceStatus::from_code(3), InstanceStatus::RUNNING);
    /// assert_eq!(InstanceStatus::from_code(42).to_string(), "42");
    /// ```
    InstanceStatus;
    /// Being created.
    CREATING = 0, "creating";
    /// Waiting for resources.
    QUEUED = 1, "queued";
    /// Being deployed.
    DEPLOYING = 2, "deploying";
    /// Running.
    RUNNING = 3, "running";
    /// Being stopped.
    STOPPING = 4, "stopping";
    /// Stopped.
    STOPPED = 5, "stopped";
    /// Being started.
    STARTING = 6, "starting";
    /// A state whose difference from [`RUNNING`](Self::RUNNING) is undocumented. An emulated
    /// instance does not enter it by itself.
    OPENED = 7, "opened";
    /// Being packed into an image.
    IMAGE_PACKING = 10, "image packing";
    /// Being deleted.
    DELETING = 11, "deleting";
    /// Failed, but can be started again.
    FAILED = 18, "failed";
    /// Abnormal and unusable.
    ABNORMAL = 19, "abnormal";
    /// Deleted.
    DELETED = 20, "deleted";
}

codes! {
    /// The state of an image pack job.
    ImagePackJobStatus;
    /// Initialising.
    INITIALIZING = 1, "initializing";
    /// Running.
    RUNNING = 2, "running";
    /// The image is being built.
    BUILDING = 3, "building";
    /// The image is being pushed.
    PUSHING = 4, "pushing";
    /// Completed.
    COMPLETED = 5, "completed";
    /// Failed.
    FAILED = 30, "failed";
}

impl InstanceStatus {
    /// Returns whether the instance has a container in this state. A container has addresses, and
    /// ends when the instance is stopped.
    pub(crate) const fn has_container(self) -> bool {
        matches!(
            self,
            Self::DEPLOYING | Self::RUNNING | Self::OPENED | Self::IMAGE_PACKING
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_codes_have_names_and_others_stay_numbers() {
        for status in InstanceStatus::DOCUMENTED {
            assert_eq!(InstanceStatus::from(status.code()), *status);
            assert!(status.to_string().parse::<i64>().is_err(), "{status}");
        }
        for code in [8, -1, i64::MAX] {
            assert_eq!(
                InstanceStatus::from_code(code).to_string(),
                code.to_string()
            );
        }
        assert_eq!(ImagePackJobStatus::FAILED.code(), 30);
    }
}

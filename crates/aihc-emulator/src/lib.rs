#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod access;
mod app;
mod builder;
mod clock;
mod control;
mod date;
mod delays;
mod emulator;
mod error;
mod fault;
mod generated;
mod handle;
mod journal;
mod operation;
mod pairs;
mod profile;
mod query;
mod quirk;
mod random;
mod scenario;
mod serve;
mod snapshot;
mod state;
mod sync;
mod validate;

pub use self::access::AccessKey;
pub use self::builder::{Builder, StartError};
pub use self::clock::VirtualClock;
pub use self::delays::Delays;
pub use self::emulator::Emulator;
pub use self::fault::{Close, Fault, FaultRule, InjectedFault};
pub use self::handle::{
    Failure, Handle, ImagePackJobInfo, InstanceError, InstanceInfo, JobInfo, NoSuchResource,
    ServiceInfo, SessionInfo,
};
pub use self::journal::RequestRecord;
pub use self::profile::Profile;
pub use self::quirk::Quirk;
pub use self::scenario::{Scenario, SettingError};
pub use self::serve::Limits;
pub use self::snapshot::SnapshotError;
pub use self::state::{ImagePackJobStatus, InstanceStatus, JobStatus, Resources};

/// Compiles the programs in `docs/test-your-own-code.md` as doctests.
#[cfg(doctest)]
#[doc = include_str!("../docs/test-your-own-code.md")]
mod test_your_own_code {}

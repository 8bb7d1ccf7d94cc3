//! A look inside a running emulator, and a hand in it.

mod access;
mod change;
mod fault;
mod look;
mod snapshot;
mod world;

#[cfg(test)]
pub(crate) use self::change::small;

use std::sync::Arc;

use time::OffsetDateTime;

use crate::app::App;

/// Looks into a running emulator and breaks things in it. Cheap to clone; it does not keep the
/// server alive.
#[derive(Debug, Clone)]
pub struct Handle {
    app: Arc<App>,
}

impl Handle {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

/// One dev machine at the instant of looking, as it truly is: reads that lag may still show
/// something older.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceSnapshot {
    /// Id, `dv-` and eight digits.
    pub id: String,
    /// Name.
    pub name: String,
    /// Numeric code of the state, for example 3 for running.
    pub status: i64,
}

/// One image pack job at the instant of looking.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImagePackJobSnapshot {
    /// Id, `tk-` and eight digits.
    pub id: String,
    /// Id of the dev machine that is packed.
    pub dev_instance_id: String,
    /// Registry, namespace, name and tag of the image.
    pub image: String,
    /// Numeric code of the state: 5 is completed, 30 is failed.
    pub status: i64,
}

/// One temporary credential that the emulated STS has issued.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionSnapshot {
    /// Access key id of the credential.
    pub access_key_id: String,
    /// Name of the role that was assumed; `None` for a session token.
    pub role_name: Option<String>,
    /// From this instant on the credential is refused.
    pub expires_at: OffsetDateTime,
    /// The access control document that was sent along, as JSON; `None` when it narrows nothing.
    pub acl: Option<String>,
}

/// How a dev machine breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// State 18: failed, and can be started again.
    Failed,
    /// State 19: abnormal and unusable.
    Abnormal,
}

//! Whether a transport has begun to send a request.

use hyper_util::client::legacy::connect::CaptureConnection;

use crate::message::FirstLook;

/// Tells whether a request has a connection: without one, nothing was sent.
#[derive(Clone, Debug)]
pub(crate) enum Handover {
    /// The connection, once there is one: the proof for whatever must not be done twice.
    Connection(CaptureConnection),
    /// Costs less, and may tell a moment late: a connection that has just taken the request looks at its
    /// body next. Enough for what only reads.
    FirstLook(FirstLook),
    /// A transport that does not tell.
    Unknown,
}

impl Handover {
    /// Whether there is a connection, or may be.
    pub(crate) fn may_have_happened(&self) -> bool {
        match self {
            Self::Connection(connection) => connection.connection_metadata().is_some(),
            Self::FirstLook(look) => look.has_happened(),
            Self::Unknown => true,
        }
    }
}

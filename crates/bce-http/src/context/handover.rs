//! Whether a transport has begun to send a request.

use hyper_util::client::legacy::connect::CaptureConnection;

use crate::message::BodyPolled;

/// Tells whether a request has a connection: without one, nothing was sent.
#[derive(Clone, Debug)]
pub(crate) enum Handover {
    /// The connection, once there is one: the proof for whatever must not be done twice.
    Connection(CaptureConnection),
    /// Whether a connection has asked for the body. That costs less to know than the connection itself, and
    /// is known a moment later: a connection first takes the request, and then asks for its body. Enough for
    /// requests that only read, which may be sent twice.
    BodyPolled(BodyPolled),
    /// A transport that does not tell.
    Unknown,
}

impl Handover {
    /// Returns whether there is a connection, or may be.
    pub(crate) fn may_have_happened(&self) -> bool {
        match self {
            Self::Connection(connection) => connection.connection_metadata().is_some(),
            Self::BodyPolled(polled) => polled.has_happened(),
            Self::Unknown => true,
        }
    }
}

//! Detecting whether a transport has begun to send a request.

use hyper_util::client::legacy::connect::CaptureConnection;

use crate::message::BodyPolled;

/// Tells whether a request has been given a connection. Without one, nothing was sent.
#[derive(Clone, Debug)]
pub(crate) enum Handover {
    /// The connection, once there is one. This is the proof for requests that must not be repeated.
    Connection(CaptureConnection),
    /// Whether a connection has polled the body. This is cheaper to observe than the connection
    /// itself, and is known slightly later, because a connection first takes the request and then
    /// polls its body. It is sufficient for requests that only read, which may be sent twice.
    BodyPolled(BodyPolled),
    /// A transport that provides no information.
    Unknown,
}

impl Handover {
    /// Returns whether there is, or may be, a connection.
    pub(crate) fn may_have_happened(&self) -> bool {
        match self {
            Self::Connection(connection) => connection.connection_metadata().is_some(),
            Self::BodyPolled(polled) => polled.has_happened(),
            Self::Unknown => true,
        }
    }
}

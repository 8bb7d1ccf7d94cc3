//! Detecting whether a transport has begun to send a request.

use hyper_util::client::legacy::connect::CaptureConnection;

use crate::message::BodyPolled;

/// Tells whether the transport has given a request to a connection. Until then, nothing was sent.
#[derive(Clone, Debug)]
pub(crate) enum Handover {
    /// The connection of the request, once it has one. Used for writes, which count as unsent only
    /// as long as they have no connection, and for reads whose connection must be recorded.
    Connection(CaptureConnection),
    /// Whether a connection has polled the body of the request, which happens slightly after the
    /// request was given to the connection. This takes less work to observe than the connection
    /// itself, and is sufficient for requests that only read, because they may be sent twice.
    BodyPolled(BodyPolled),
    /// It is unknown whether the request was given to a connection, because the transport does not
    /// report it.
    Unknown,
}

impl Handover {
    /// Returns whether the request has a connection, or may have one.
    pub(crate) fn may_have_happened(&self) -> bool {
        match self {
            Self::Connection(connection) => connection.connection_metadata().is_some(),
            Self::BodyPolled(polled) => polled.has_happened(),
            Self::Unknown => true,
        }
    }
}

//! Detecting whether a transport has begun to send a request.

use hyper_util::client::legacy::connect::CaptureConnection;

use crate::message::BodyPolled;

/// Tells whether the transport has given a request to a connection. Until then, nothing was sent.
#[derive(Clone, Debug)]
pub(crate) enum Handover {
    /// The connection of the request, once it has one. A request that must not be repeated counts
    /// as unsent only as long as it has no connection.
    Connection(CaptureConnection),
    /// Whether a connection has polled the body. This takes less work to observe than the
    /// connection itself, but is known slightly later, because a connection first takes the request
    /// and then polls its body. Knowing this is sufficient for requests that only read, because
    /// they may be sent twice.
    BodyPolled(BodyPolled),
    /// A transport that provides no information.
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

//! Data that layers and the transport pass to each other in the extensions of requests and
//! responses.

use super::record::Dispatch;

/// Identifies the entry for this request in the record of the call, if a
/// [`Witness`](crate::layer::Witness) layer has added one; an extension of the request.
#[derive(Clone, Debug)]
pub(crate) struct Witnessed(pub(crate) Dispatch);

/// Restricts which connections may send the request; an extension of the request. Without it, every
/// connection may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// A connection that was used a moment ago, or a new one.
    Recent,
    /// Only a new connection, which is made for this request alone.
    Never,
}

/// The proxy that received the whole request and may have written the response; an extension of the
/// response.
#[derive(Clone, Debug)]
pub(crate) struct ForwardedBy(pub(crate) String);

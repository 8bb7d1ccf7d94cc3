//! Messages between layers and the transport, in the extensions of requests and responses.

use super::record::Dispatch;

/// The dispatch that a witness entered in the record; an extension of the request.
#[derive(Clone, Debug)]
pub(crate) struct Witnessed(pub(crate) Dispatch);

/// Requests a connection that is made for this request alone; an extension of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewConnection;

/// The proxy that received the whole request and may have written the response; an extension of the
/// response.
#[derive(Clone, Debug)]
pub(crate) struct ForwardedBy(pub(crate) String);

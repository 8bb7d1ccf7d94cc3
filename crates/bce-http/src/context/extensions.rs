//! Small notes that layers and transport leave each other, in the extensions of requests and responses.

use super::record::Dispatch;

/// The entry of a witness; an extension of the request.
#[derive(Clone, Debug)]
pub(crate) struct Witnessed(pub(crate) Dispatch);

/// Asks for a connection that is made for this request alone; an extension of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewConnection;

/// The proxy that got the request whole, and may have written the response; an extension of the response.
#[derive(Clone, Debug)]
pub(crate) struct ForwardedBy(pub(crate) String);

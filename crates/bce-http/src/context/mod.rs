//! The context of a call, which passes through the layers in the extensions of the call's requests.

mod connection;
mod extensions;
mod options;
mod record;
mod service_headers;

pub(crate) use self::connection::ConnectionInfo;
pub(crate) use self::extensions::{ForwardedBy, Reuse, Witnessed};
pub use self::options::CallOptions;
pub(crate) use self::record::{CallRecord, Dispatch};
pub(crate) use self::service_headers::{ServiceHeaders, WithoutHeaders};

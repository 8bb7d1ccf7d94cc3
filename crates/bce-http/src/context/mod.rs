//! The context of a call, which passes through the layers in the extensions of the call's requests.

mod extensions;
mod handover;
mod options;
mod record;
mod service_headers;

pub(crate) use self::extensions::{ForwardedBy, NewConnection, Witnessed};
pub(crate) use self::handover::Handover;
pub use self::options::CallOptions;
pub(crate) use self::record::{CallRecord, Dispatch};
pub(crate) use self::service_headers::{ServiceHeaders, WithoutHeaders};

//! What accompanies a call on its way through the layers, in the extensions of its requests.

mod extensions;
mod options;
mod record;

pub(crate) use self::extensions::{ForwardedBy, NewConnection, Witnessed};
pub use self::options::CallOptions;
pub(crate) use self::record::{CallRecord, Dispatch};

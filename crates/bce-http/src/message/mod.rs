//! The body of a request, and the response to a call.

mod body;
mod json_reply;
mod reply;

pub use self::body::Body;
pub(crate) use self::body::WireBody;
pub use self::json_reply::JsonReply;
pub use self::reply::{ApiResponse, Reply};

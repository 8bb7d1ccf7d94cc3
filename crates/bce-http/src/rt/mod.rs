//! The runtime of generated client crates, which is not meant for applications.
//!
//! The code that `cargo xtask codegen` writes uses these names, and so does a client that is
//! written by hand: the README of this crate contains one. This module follows the generator, so it
//! changes more often than the rest of the crate. Regenerate a client crate when you update this
//! crate.
//!
//! | topic | see |
//! |---|---|
//! | the description of a service and its client type | [`ServiceInfo`], [`Envelope`], [`ServiceClient`] |
//! | the description of an operation | [`Operation`], [`SettledBy`] |
//! | a call, from members to a response | [`Call`], [`ApiResponse`], [`operation!`](operation) |
//! | tokens that make a retry harmless | [`new_token`], [`Call::operation`] |
//! | checks before sending | [`check`] |
//! | JSON of models | [`codec`] |
//! | waiters | [`wait`] |
//! | text from a service as a part of messages | [`one_line`] |

mod call;

pub mod check;
pub mod codec;
mod key;
mod macros;
mod token;
mod upload;
pub mod wait;

pub use self::call::Call;
pub use self::key::content_key;
pub use self::token::new_token;
pub use crate::__operation as operation;
pub use crate::client::ServiceClient;
pub use crate::error::one_line;
pub use crate::message::ApiResponse;
pub use crate::retry::SettledBy;
pub use crate::service::{Envelope, Operation, ServiceInfo};

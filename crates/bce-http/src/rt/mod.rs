//! The runtime of generated client crates. Not for applications.
//!
//! `cargo xtask codegen` writes code against these names, and a client that is written by hand stands on
//! the same ones: the README of this crate has one. They follow the generator, so they change more often
//! than the rest of the crate; generate a client crate anew when it moves to a new version.
//!
//! | for | see |
//! |---|---|
//! | the description of a service and its client type | [`ServiceInfo`], [`Envelope`], [`ServiceClient`] |
//! | the description of an operation | [`Operation`], [`SettledBy`] |
//! | one call, from members to a response | [`Call`], [`ApiResponse`], [`operation!`](operation) |
//! | tokens that make a repeat harmless | [`new_token`], [`Call::operation`] |
//! | rules that are checked before sending | [`check`] |
//! | JSON of models | [`codec`] |
//! | waiters | [`wait`] |
//! | foreign texts in one's own errors | [`one_line`] |

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

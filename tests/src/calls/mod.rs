//! Calls the operations of `aihc` by their API names, for test suites that cover all operations.

#[path = "generated/aihc_calls.rs"]
mod aihc_calls;
mod description;
mod given;
mod sample;

use std::fmt::Debug;
use std::time::Duration;

use serde_json::{Map, Value};

pub use self::description::Description;
pub(crate) use self::given::Given;
pub use self::given::Refusal;

/// Observes a call before it is sent, and its response.
pub trait Witness: Sync {
    /// Observes a value: a call, or its response.
    fn see<T: Debug>(&self, value: &T);
}

/// A [`Witness`] that ignores all values.
#[derive(Debug)]
pub struct Nobody;

impl Witness for Nobody {
    fn see<T: Debug>(&self, _: &T) {}
}

/// Calls an operation with these arguments, within `limit`.
///
/// # Errors
///
/// If the arguments do not fit the operation, or if the call fails.
pub async fn call(
    client: &aihc::Client,
    operation: &str,
    arguments: Map<String, Value>,
    limit: Option<Duration>,
    witness: &impl Witness,
) -> Result<(), Refusal> {
    let mut given = Given::new(arguments, limit);
    aihc_calls::call(client, operation, &mut given, witness).await
}

/// The body of a response that means success for every operation.
pub const ANSWER: &str = include_str!("answer.json");

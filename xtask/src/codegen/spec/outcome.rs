//! The outcome of a call: errors, repeats and waits.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shape::{shape, words};

shape! {
    #[derive(Debug)]
    "an error" = pub(crate) struct ErrorCode {
        pub(crate) code: String,
        pub(crate) http_status: Vec<u16>,
        pub(crate) desc: Option<String>,
    }
    for readers ["evidence", "retryable", "scope"]
}

shape! {
    #[derive(Debug)]
    "`idempotency`" = pub(crate) struct Idempotency {
        pub(crate) class: Option<IdempotencyClass>,
        pub(crate) blind_retry: Option<bool>,
        pub(crate) settled_by: Option<SettledBy>,
        /// The parameter that makes a repeat harmless.
        pub(crate) token: Option<String>,
        /// The effect of a repeat with it.
        pub(crate) class_with_token: Option<IdempotencyClass>,
        /// Whether one is generated for every call without one.
        pub(crate) token_made: bool,
        pub(crate) desc: Option<String>,
    }
    for readers ["evidence"]
}

words! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) enum IdempotencyClass {
        Safe = "safe",
        Repeatable = "repeatable",
        StateGuarded = "state_guarded",
        #[default]
        NonIdempotent = "non_idempotent",
    }
}

shape! {
    /// How to find out whether a change was made if its response was lost.
    #[derive(Debug)]
    "`settled_by`" = pub(crate) struct SettledBy {
        /// The operation that reads the state.
        pub(crate) operation: String,
        /// The path of the state in its response: `devInstance.status`.
        pub(crate) member: Option<String>,
        pub(crate) reached: Vec<Value>,
        pub(crate) not_reached: Vec<Value>,
        pub(crate) reached_errors: Vec<String>,
        /// Instead of a state: the path of the object with the members of the body.
        pub(crate) values_in: Option<String>,
        /// Members of the reading operation, and the members of the change with their values.
        pub(crate) parameters: BTreeMap<String, String>,
        /// Members of the response to the change, and the members of the change with their values.
        pub(crate) answer: BTreeMap<String, String>,
    }
}

shape! {
    #[derive(Debug)]
    "a waiter" = pub(crate) struct Waiter {
        pub(crate) name: String,
        pub(crate) operation: String,
        pub(crate) field: String,
        pub(crate) success: Vec<Value>,
        pub(crate) failure: Vec<Value>,
        pub(crate) pending: Vec<Value>,
        pub(crate) success_errors: Vec<String>,
        pub(crate) note: Option<String>,
        pub(crate) rust: WaiterRust,
    }
    for readers ["evidence"]
}

shape! {
    /// Our additions to a waiter.
    #[derive(Debug)]
    "`rust` of a waiter" = pub(crate) struct WaiterRust {
        /// Whether there is no generated method that waits, since one is written by hand.
        pub(crate) table_only: bool,
    }
}

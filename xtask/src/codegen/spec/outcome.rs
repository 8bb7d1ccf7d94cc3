//! The outcome of a call, as an API description states it: errors, the effect of repeats, and
//! waits.

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
        /// The parameter that makes it harmless to repeat a call.
        pub(crate) token: Option<String>,
        /// The idempotency class of a call for which the idempotency token is set.
        pub(crate) class_with_token: Option<IdempotencyClass>,
        /// Whether the client generates an idempotency token for each call in which the caller does
        /// not set one.
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
        /// The name of the operation whose response shows whether the change was made.
        pub(crate) operation: String,
        /// The path of the member that contains the state, such as `devInstance.status`, in the
        /// response of the operation that reads the state.
        pub(crate) member: Option<String>,
        pub(crate) reached: Vec<Value>,
        pub(crate) not_reached: Vec<Value>,
        pub(crate) reached_errors: Vec<String>,
        /// If a change is recognised by the values that were sent, and not by a state: the path of
        /// the object that contains these values in the response of the operation that reads them.
        pub(crate) values_in: Option<String>,
        /// The parameters of the operation that reads the state, each with the parameter of the
        /// changing operation that has the same value. A parameter that is not listed has the value
        /// of the one with the same name.
        pub(crate) parameters: BTreeMap<String, String>,
        /// The members of the changing operation's response, each with the parameter of that
        /// operation that has the same value. A member that is not listed has the value of the
        /// parameter with the same name, if there is one.
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
    /// Settings for the Rust code that is generated for a waiter.
    #[derive(Debug)]
    "`rust` of a waiter" = pub(crate) struct WaiterRust {
        /// Whether the method that waits is written by hand. If so, only the table of states is
        /// generated.
        pub(crate) table_only: bool,
    }
}

//! Operations: what is sent, and when it may be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::member::Member;
use super::outcome::Idempotency;
use super::shape::{shape, words};

shape! {
    #[derive(Debug)]
    "an operation" = pub(crate) struct Operation {
        pub(crate) name: String,
        pub(crate) service: Option<String>,
        pub(crate) action: Option<String>,
        pub(crate) method: String,
        pub(crate) uri: String,
        pub(crate) const_query: BTreeMap<String, Value>,
        pub(crate) const_headers: BTreeMap<String, Value>,
        pub(crate) go_sdk_method: Option<String>,
        pub(crate) doc_page: Option<String>,
        pub(crate) desc: Option<String>,
        pub(crate) note: Option<String>,
        pub(crate) body_kind: Option<BodyKind>,
        pub(crate) parameters: Vec<Member>,
        pub(crate) response: Option<String>,
        pub(crate) pagination: Option<Pagination>,
        pub(crate) asynchronous: Option<Asynchronous>,
        pub(crate) idempotency: Option<Idempotency>,
        pub(crate) preconditions: Option<Preconditions>,
        pub(crate) rules: Vec<Rule>,
        pub(crate) errors: Vec<String>,
        pub(crate) rust: OperationRust,
    }
    for readers [
        "also_conflict", "body_type", "conflict", "destructive", "evidence", "meta_name", "mutating",
        "partial_failure", "python_sdk_method", "undocumented_query",
    ]
}

shape! {
    /// Additions of ours to an operation.
    #[derive(Debug)]
    "`rust` of an operation" = pub(crate) struct OperationRust {
        pub(crate) name: Option<String>,
        pub(crate) raw_body: Option<String>,
        pub(crate) status_enum: Option<String>,
    }
}

words! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum BodyKind {
        None = "none",
        Object = "object",
        ObjectOrEmpty = "object_or_empty",
    }
}

shape! {
    /// The members of a response that is the page of a list.
    #[derive(Debug, PartialEq, Eq)]
    "`pagination`" = pub(crate) struct Pagination {
        pub(crate) items: Option<String>,
        pub(crate) total: Option<String>,
    }
    for readers [
        "end", "first", "kind", "marker", "may_repeat", "next", "note", "page", "size",
        "size_required",
    ]
}

shape! {
    /// What goes on after the answer.
    #[derive(Debug)]
    "`asynchronous`" = pub(crate) struct Asynchronous {
        pub(crate) desc: Option<String>,
    }
    for readers ["waiter"]
}

shape! {
    #[derive(Debug)]
    "`preconditions`" = pub(crate) struct Preconditions {
        pub(crate) allowed_status: Option<Vec<Value>>,
        pub(crate) forbidden_status: Option<Vec<Value>>,
        pub(crate) desc: Option<String>,
        pub(crate) note: Option<String>,
    }
    for readers ["conflict", "evidence"]
}

shape! {
    #[derive(Debug)]
    "a rule" = pub(crate) struct Rule {
        pub(crate) text: String,
    }
    for readers ["evidence", "id", "severity"]
}

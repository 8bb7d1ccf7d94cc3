//! The operations of an API description: their requests, pagination and rules.

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
        /// The content type of the requests, if it differs from the content type that the service
        /// declares for all operations.
        pub(crate) content_type: Option<String>,
        pub(crate) response_kind: Option<ResponseKind>,
        /// Statuses that do not count as errors, besides 2xx.
        pub(crate) accept_status: Vec<u16>,
        /// The name of a type for the whole body. Its fields are the parameters that are sent in
        /// the body.
        pub(crate) body_type: Option<String>,
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
        "also_conflict", "conflict", "destructive", "evidence", "meta_name", "mutating",
        "partial_failure", "python_sdk_method", "undocumented_query",
    ]
}

shape! {
    /// Settings for the Rust code that is generated for an operation.
    #[derive(Debug)]
    "`rust` of an operation" = pub(crate) struct OperationRust {
        pub(crate) name: Option<String>,
        pub(crate) module: Option<String>,
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
        Form = "form",
        /// A body of bytes that the caller provides.
        Raw = "raw",
    }
}

words! {
    /// The kind of a successful response body that is not the usual JSON of the service.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum ResponseKind {
        /// A body of any kind. If the service reports errors in 2xx responses, a JSON object with a
        /// member `code` is such an error.
        Raw = "raw",
        /// Data that users have stored, in any format. A 2xx response with such a body is never an
        /// error, even if the body is a JSON object with a member `code`.
        Data = "data",
    }
}

shape! {
    /// How an operation returns a list in pages.
    #[derive(Debug)]
    "`pagination`" = pub(crate) struct Pagination {
        /// The member of the response that contains the items.
        pub(crate) items: Option<String>,
        pub(crate) total: Option<String>,
        pub(crate) kind: Option<PaginationKind>,
        /// The parameter for the number of the page.
        pub(crate) page: Option<String>,
        /// The number of the first page.
        pub(crate) first: Option<i64>,
        /// The parameter for the number of items on a page.
        pub(crate) size: Option<String>,
        /// The parameter that contains the marker at which the page begins.
        pub(crate) marker: Option<String>,
        /// The member of the response that contains the marker of the next page.
        pub(crate) next: Option<String>,
        /// The member of the response that tells whether there is a next page.
        pub(crate) more: Option<String>,
        /// The member that identifies an item.
        pub(crate) key: Option<String>,
        /// Whether the service returns the whole list if the request contains no page size.
        pub(crate) size_required: bool,
        /// Whether the service may return the same items for every page.
        pub(crate) may_repeat: bool,
    }
    for readers ["end", "note"]
}

words! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum PaginationKind {
        Page = "page",
        Marker = "marker",
    }
}

shape! {
    /// A process that the operation starts, and that continues after the response.
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
        /// Members that must all be set if one of them is.
        pub(crate) together: Vec<String>,
        /// Members of which exactly one must be set.
        pub(crate) exactly_one: Vec<String>,
        /// Members that are numbers and must not all be 0.
        pub(crate) not_all_zero: Vec<String>,
    }
    for readers ["evidence", "id", "severity"]
}

//! The service that a description is about.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shape::shape;

shape! {
    #[derive(Debug)]
    "a service" = pub(crate) struct Service {
        pub(crate) code: Option<String>,
        pub(crate) title: Option<String>,
        pub(crate) endpoint_template: Option<String>,
        /// Hosts by region; `global` is a host for all regions.
        pub(crate) hosts: BTreeMap<String, String>,
        pub(crate) signing: Option<String>,
        pub(crate) default_region: Option<String>,
        pub(crate) const_headers: BTreeMap<String, Value>,
        pub(crate) content_type: Option<String>,
        pub(crate) envelope: Envelope,
        pub(crate) throttle_codes: Option<Vec<String>>,
        pub(crate) regions: Vec<Region>,
        pub(crate) rust: ServiceRust,
    }
    for readers ["schemes"]
}

shape! {
    /// The meaning of a service's responses.
    #[derive(Debug)]
    "the envelope" = pub(crate) struct Envelope {
        /// Whether a `code` in a 2xx response is an error.
        pub(crate) business_error_in_200: bool,
        /// Codes in such responses that mean success.
        pub(crate) success_codes: Vec<Value>,
        /// Codes that are errors in any 2xx response.
        pub(crate) error_codes: Vec<Value>,
        /// Whether every response carries a request id; the default is that it does.
        pub(crate) sends_request_id: Option<bool>,
    }
    for readers ["error_type", "http_error_from"]
}

shape! {
    /// Our additions to a service.
    #[derive(Debug)]
    "`rust` of a service" = pub(crate) struct ServiceRust {
        pub(crate) crate_name: Option<String>,
        pub(crate) endpoint_env: Option<String>,
        pub(crate) requires_https: bool,
        /// Modules of the crate with their contents, instead of `model` and `operation`.
        pub(crate) modules: BTreeMap<String, String>,
    }
}

shape! {
    #[derive(Debug)]
    "a region" = pub(crate) struct Region {
        pub(crate) code: String,
        pub(crate) name: Option<String>,
        pub(crate) endpoint: Option<String>,
        pub(crate) documented_in: Option<Vec<String>>,
    }
}

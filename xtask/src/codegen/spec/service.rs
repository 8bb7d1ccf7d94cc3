//! The service that an API description describes: its hosts, its regions, and how to interpret its
//! responses.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shape::shape;

shape! {
    #[derive(Debug)]
    "a service" = pub(crate) struct Service {
        pub(crate) code: Option<String>,
        pub(crate) title: Option<String>,
        pub(crate) endpoint_template: Option<String>,
        /// The hosts by region. The key `global` is for a host that serves all regions.
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
    /// How the service's responses are to be interpreted.
    #[derive(Debug)]
    "the envelope" = pub(crate) struct Envelope {
        /// Whether a 2xx response that contains a `code` is an error.
        pub(crate) business_error_in_200: bool,
        /// Codes that mean success in a 2xx response that contains a `code`.
        pub(crate) success_codes: Vec<Value>,
        /// Codes that mean an error in any 2xx response.
        pub(crate) error_codes: Vec<Value>,
        /// Whether every response contains a request id; `None` means that it does.
        pub(crate) sends_request_id: Option<bool>,
    }
    for readers ["error_type", "http_error_from"]
}

shape! {
    /// Settings for the Rust code that is generated for a service.
    #[derive(Debug)]
    "`rust` of a service" = pub(crate) struct ServiceRust {
        pub(crate) crate_name: Option<String>,
        pub(crate) endpoint_env: Option<String>,
        pub(crate) requires_https: bool,
        /// The modules of the generated crate, each with its documentation. If there are none,
        /// types are in the module `model`, and operations in `operation`.
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

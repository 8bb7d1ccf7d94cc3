//! Determines what calls of operations return.

use super::resolver::Resolver;
use crate::codegen::api::{Answer, Home, ResponseKind};
use crate::codegen::names;
use crate::codegen::spec;

/// The statuses that can be declared not to be errors: they are the results of conditional and
/// partial requests, and of checks whether something exists.
const VALUES: [u16; 5] = [206, 304, 404, 412, 416];

/// The Rust type of a response that is returned without any interpretation.
const RAW: &str = "bce_http::Reply";

/// The Rust type of a response that is returned as JSON, and the name of that type in a
/// description.
const JSON: [&str; 2] = ["bce_http::JsonReply", "Json"];

/// Returns the kind of value that a call of the operation returns, and the Rust name of its type.
pub(super) fn resolve(
    resolver: &mut Resolver<'_>,
    operation: &spec::Operation,
    spelled: &str,
    home: &Home,
) -> (Answer, String) {
    let wire = &operation.name;
    let response = operation.response.as_deref();
    let is_raw = match (operation.response_kind, response) {
        (Some(ResponseKind::Raw), Some(_)) => {
            let problem = "a `raw` response cannot have a `response` type";
            resolver.problems.add(wire, problem);
            true
        }
        (Some(_), None) => true,
        _ => false,
    };
    for status in &operation.accept_status {
        if !VALUES.contains(status) {
            let problem = format!(
                "the status {status} cannot be accepted; only 206, 304, 404, 412 and 416 \
                    can"
            );
            resolver.problems.add(wire, problem);
        }
    }
    if !operation.accept_status.is_empty() && !is_raw {
        let problem = "`accept_status` requires the `response_kind` raw, or data without a \
            `response`";
        resolver.problems.add(wire, problem);
    }
    if operation.method.eq_ignore_ascii_case("HEAD") && response.is_some() {
        let problem =
            "a response to HEAD has no body: set `response_kind` to raw, without `response`";
        resolver.problems.add(wire, problem);
    }
    let [json, named_json] = JSON;
    match response {
        _ if is_raw => (Answer::Raw, RAW.to_owned()),
        Some(response) if response == named_json => (Answer::Json, json.to_owned()),
        _ => {
            let name = resolver.response(&names::camel(spelled), home, response);
            (Answer::Model, name)
        }
    }
}

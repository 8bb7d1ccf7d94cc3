//! What operations give.

use super::resolver::Resolver;
use crate::codegen::api::{Answer, Home, ResponseKind};
use crate::codegen::names;
use crate::codegen::spec;

/// Statuses that can be values: what a caller asks for by a condition, a part, or to know whether it is
/// there.
const VALUES: [u16; 5] = [206, 304, 404, 412, 416];

/// The Rust type that is an answer as it came.
const RAW: &str = "bce_http::Reply";

/// The Rust type that is an answer as JSON, and how a description names it.
const JSON: [&str; 2] = ["bce_http::JsonReply", "Json"];

/// What an operation gives, and the Rust name of that.
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
            let problem = "a response that is `raw` has no `response`";
            resolver.problems.add(wire, problem);
            true
        }
        (Some(_), None) => true,
        _ => false,
    };
    for status in &operation.accept_status {
        if !VALUES.contains(status) {
            let problem =
                format!("the status {status} is no value; 206, 304, 404, 412 and 416 are");
            resolver.problems.add(wire, problem);
        }
    }
    if !operation.accept_status.is_empty() && !is_raw {
        let problem = "`accept_status` needs the `response_kind` raw, or data without a `response`";
        resolver.problems.add(wire, problem);
    }
    if operation.method.eq_ignore_ascii_case("HEAD") && response.is_some() {
        let problem =
            "a response to HEAD has no body: its `response_kind` is raw, without `response`";
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

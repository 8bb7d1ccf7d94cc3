//! Converts the service of an API description, with defaults for everything that is missing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Problems, hosts, is_scalar, pairs, scalar};
use crate::codegen::api::{Envelope, Service};
use crate::codegen::spec::{self, Spec};
use crate::codegen::{names, package};

/// Headers that signing and the transport set.
const OWN_HEADERS: &[&str] = &[
    "authorization",
    "content-length",
    "host",
    "transfer-encoding",
    "x-bce-date",
    "x-bce-security-token",
];

/// Returns the service that the operations use, which must be a single one.
pub(super) fn used<'a>(
    spec: &'a Spec,
    problems: &mut Problems,
) -> Option<(String, &'a spec::Service)> {
    let mut used: BTreeSet<&str> = spec
        .operations
        .iter()
        .filter_map(|operation| operation.service.as_deref())
        .collect();
    if used.is_empty() && spec.services.len() == 1 {
        used.extend(spec.services.keys().map(String::as_str));
    }
    let mut used = used.into_iter();
    match (used.next(), used.next()) {
        (Some(key), None) => {
            if spec.operations.is_empty() {
                problems.add("operations", "there are none");
            }
            let by_code = || {
                let mut services = spec.services.values();
                services.find(|service| service.code.as_deref() == Some(key))
            };
            let Some(service) = spec.services.get(key).or_else(by_code) else {
                problems.add(
                    "services",
                    format!("operations use `{key}`, which is not described"),
                );
                return None;
            };
            check(key, service, problems);
            let code = service.code.clone().unwrap_or_else(|| key.to_owned());
            if names::snake(&code).is_empty() {
                problems.add(key, "the code has neither a letter nor a digit");
            }
            Some((code, service))
        }
        (Some(first), Some(second)) => {
            problems.add(
                "operations",
                format!(
                    "they use the services `{first}` and `{second}`; a crate has one service, \
                     so write one description for each"
                ),
            );
            None
        }
        (None, _) if spec.operations.is_empty() => {
            problems.add("operations", "there are none");
            None
        }
        (None, _) => {
            problems.add("operations", "no operation names its `service`");
            None
        }
    }
}

/// Reports values in the description of a service that no client could use, such as an invalid
/// header.
fn check(key: &str, service: &spec::Service, problems: &mut Problems) {
    if let Some(signing) = service.signing.as_deref().filter(|it| *it != "bce-auth-v1") {
        let problem = format!("signing must be `bce-auth-v1`, not `{signing}`");
        problems.add(key, problem);
    }
    hosts::check(key, service, problems);
    for (name, value) in &service.const_headers {
        check_header(key, name, Some(value), problems);
    }
    let envelope = &service.envelope;
    for (what, codes) in [
        ("success", &envelope.success_codes),
        ("error", &envelope.error_codes),
    ] {
        for value in codes.iter().filter(|it| !is_scalar(it)) {
            let problem = format!("the {what} code `{value}` is neither text nor a number");
            problems.add(key, problem);
        }
    }
    for code in (envelope.error_codes.iter()).filter(|it| envelope.success_codes.contains(it)) {
        let problem = format!("the code `{code}` is listed both as a success and as an error");
        problems.add(key, problem);
    }
}

/// Reports a header that cannot be sent, or that the client sets itself.
pub(super) fn check_header(
    place: &str,
    name: &str,
    value: Option<&Value>,
    problems: &mut Problems,
) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_token) {
        problems.add(place, format!("`{name}` is not a valid header name"));
    }
    if OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        problems.add(
            place,
            format!("every client sets the header `{name}` itself; leave it out"),
        );
    }
    if let Some(value) = value
        && (!is_scalar(value) || scalar(value).contains(char::is_control))
    {
        problems.add(place, format!("the constant `{name}` is not text"));
    }
}

/// Converts the description of a service, with defaults for its missing parts.
pub(super) fn resolve(code: &str, service: &spec::Service, spec: &Spec) -> Service {
    let (endpoint_template, hosts) = hosts::resolve(service);
    Service {
        code: code.to_owned(),
        title: service
            .title
            .as_deref()
            .map(one_line)
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| code.to_uppercase()),
        crate_name: service
            .rust
            .crate_name
            .clone()
            .unwrap_or_else(|| crate_name(code)),
        default_region: hosts::default_region(service, &endpoint_template),
        endpoint_template,
        hosts,
        endpoint_env: service
            .rust
            .endpoint_env
            .clone()
            .unwrap_or_else(|| format!("{}_ENDPOINT", names::screaming(code))),
        requires_https: service.rust.requires_https,
        headers: pairs(&service.const_headers),
        content_type: service
            .content_type
            .clone()
            .unwrap_or_else(|| "application/json; charset=utf-8".to_owned()),
        envelope: envelope(service, spec),
        regions: hosts::regions(service),
    }
}

/// Returns a title as a single line, for a manifest.
fn one_line(title: &str) -> String {
    let words = title.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn envelope(service: &spec::Service, spec: &Spec) -> Envelope {
    let envelope = &service.envelope;
    let refuses = |error: &&spec::ErrorCode| {
        let statuses = &error.http_status;
        !statuses.is_empty() && statuses.iter().all(|status| (400..500).contains(status))
    };
    let refusals = spec.errors.iter().filter(refuses);
    Envelope {
        errors_in_success: envelope.business_error_in_200,
        success_codes: envelope.success_codes.iter().map(scalar).collect(),
        error_codes: envelope.error_codes.iter().map(scalar).collect(),
        throttle_codes: service.throttle_codes.clone(),
        refusal_codes: refusals.map(|error| error.code.clone()).collect(),
        sends_request_id: envelope.sends_request_id.unwrap_or(true),
    }
}

/// Returns the name of the crate for a service, derived from the code of the service. If that name
/// is reserved, adds `-client`.
fn crate_name(code: &str) -> String {
    let name = package::word(code);
    let name = if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("n{name}")
    } else {
        name
    };
    if names::is_taken_crate(&name) {
        format!("{name}-client")
    } else {
        name
    }
}

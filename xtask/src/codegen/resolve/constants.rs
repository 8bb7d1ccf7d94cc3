//! The service, its regions, error codes and waiters.

use super::pairs;
use crate::codegen::api::{Constant, Service, Waiter};
use crate::codegen::spec::{self, Spec};
use crate::codegen::{docs, names};

/// The service; what is missing follows from its code.
pub(super) fn service(code: &str, service: &spec::Service) -> Service {
    Service {
        code: code.to_owned(),
        title: service.title.clone().unwrap_or_else(|| code.to_uppercase()),
        crate_name: service
            .rust
            .crate_name
            .clone()
            .unwrap_or_else(|| code.to_owned()),
        endpoint_template: service.endpoint_template.clone(),
        default_region: service.default_region.clone().unwrap_or_default(),
        endpoint_env: service
            .rust
            .endpoint_env
            .clone()
            .unwrap_or_else(|| format!("{}_ENDPOINT", names::screaming(code))),
        headers: pairs(&service.const_headers),
        content_type: service
            .content_type
            .clone()
            .unwrap_or_else(|| "application/json; charset=utf-8".to_owned()),
        regions: service.regions.iter().map(region).collect(),
    }
}

fn region(region: &spec::Region) -> Constant {
    let name = region.name.as_deref().unwrap_or(&region.code);
    let mut text = docs::escape(name);
    if let Some(endpoint) = &region.endpoint {
        text.push_str(&format!(": `{endpoint}`"));
    }
    text.push('.');
    if let Some(sources) = &region.documented_in
        && !sources.iter().any(|source| source == "domain page")
    {
        text.push_str(&format!(
            " Unconfirmed: not on the page of service domains, only in: {}.",
            docs::escape(&sources.join(", "))
        ));
    }
    Constant {
        name: names::screaming(&region.code),
        value: region.code.clone(),
        docs: vec![text],
    }
}

/// The error codes; a code that is listed twice counts once.
pub(super) fn error_codes(spec: &Spec) -> Vec<Constant> {
    let mut constants: Vec<Constant> = Vec::new();
    for error in &spec.errors {
        let name = names::screaming(&error.code);
        if name.is_empty() || constants.iter().any(|constant| constant.name == name) {
            continue;
        }
        let status: Vec<_> = error.http_status.iter().map(ToString::to_string).collect();
        let mut text = docs::sentence(error.desc.as_deref().unwrap_or(&error.code));
        if !status.is_empty() {
            text.push_str(&format!(" HTTP status {}.", status.join(" or ")));
        }
        constants.push(Constant {
            name,
            value: error.code.clone(),
            docs: vec![text],
        });
    }
    constants
}

/// The waiters.
pub(super) fn waiters(spec: &Spec) -> Vec<Waiter> {
    spec.waiters
        .iter()
        .map(|waiter| Waiter {
            constant: names::screaming(&waiter.name),
            name: waiter.name.clone(),
            operation: waiter.operation.clone(),
            field: waiter.field.clone(),
            success: waiter.success.clone(),
            failure: waiter.failure.clone(),
            pending: waiter.pending.clone(),
            success_errors: waiter.success_errors.clone(),
            docs: std::iter::once(format!("The states that end `{}`.", waiter.name))
                .chain(waiter.note.as_deref().map(docs::sentence))
                .collect(),
        })
        .collect()
}

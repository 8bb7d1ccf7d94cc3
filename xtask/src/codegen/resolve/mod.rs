//! From the description to [`Api`]: names, types and rules, and what is wrong with them.

mod constants;
mod enums;
mod members;
mod operations;
mod resolver;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::resolver::Resolver;
use super::api::Api;
use super::names;
use super::spec::{self, Spec};

/// What is wrong with a description; all of it, not only the first thing.
#[derive(Debug, Default)]
struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, place: &str, problem: impl std::fmt::Display) {
        self.0.push(format!("{place}: {problem}"));
    }
}

/// Resolves a description. `source` names it in the first line of generated files.
///
/// # Errors
/// Everything that is wrong with the description, one line each.
pub(crate) fn resolve(spec: &Spec, source: &str) -> Result<Api, Vec<String>> {
    let mut problems = Problems::default();
    let Some((code, service)) = used_service(spec, &mut problems) else {
        return Err(problems.0);
    };
    let mut resolver = Resolver::new(spec, &mut problems);
    let operations = operations::resolve(&mut resolver, &code);
    let (objects, enums) = resolver.finish();
    if !problems.0.is_empty() {
        return Err(problems.0);
    }
    Ok(Api {
        source: source.to_owned(),
        service: constants::service(&code, service),
        operations,
        objects,
        enums,
        error_codes: constants::error_codes(spec),
        waiters: constants::waiters(spec),
    })
}

/// The one service that the operations use.
fn used_service<'a>(
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
            let Some(service) = spec.services.get(key) else {
                problems.add(
                    "services",
                    format!("operations use `{key}`, which is not there"),
                );
                return None;
            };
            for (name, value) in &service.const_headers {
                if !is_scalar(value) {
                    problems.add(key, format!("const header `{name}` is no text"));
                }
            }
            let code = service.code.clone().unwrap_or_else(|| key.to_owned());
            if names::snake(&code).is_empty() {
                problems.add(key, "the code has no letter and no digit");
            }
            for region in &service.regions {
                if names::snake(&region.code).is_empty() {
                    problems.add(key, "a region has no code");
                }
            }
            unique(
                problems,
                key,
                "region",
                service.regions.iter().map(|r| names::screaming(&r.code)),
            );
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
        (None, _) => {
            problems.add("operations", "none of them names its `service`");
            None
        }
    }
}

/// Reports names that occur twice.
fn unique(
    problems: &mut Problems,
    place: &str,
    what: &str,
    names: impl IntoIterator<Item = String>,
) {
    let mut seen = BTreeSet::new();
    for name in names {
        if seen.contains(&name) {
            problems.add(
                place,
                format!("two {what}s are called `{name}`; give one a `rust.name`"),
            );
        }
        seen.insert(name);
    }
}

/// Constant headers or query parameters as text.
fn pairs(values: &BTreeMap<String, Value>) -> Vec<(String, String)> {
    values
        .iter()
        .map(|(name, value)| (name.clone(), scalar(value)))
        .collect()
}

/// A JSON value as it is written into a query or a header.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

//! Converts an API description to an [`Api`], from which code is generated: assigns Rust names,
//! resolves types and rules, and reports errors.

mod answers;
mod bodies;
mod bounds;
mod constants;
mod enums;
mod forms;
mod homes;
mod hosts;
mod members;
mod operations;
mod pages;
mod resolver;
mod rules;
mod sense;
mod service;
mod settlement;
mod shapes;
mod tokens;
mod type_text;
mod waiters;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::homes::Homes;
use self::resolver::Resolver;
use super::api::{Api, Member, Place};
use super::names;
use super::spec::Spec;

/// Names of the types that are built into the format of API descriptions.
pub(crate) const FORMAT_TYPES: &[&str] = &["String", "Int32", "Int64", "Double", "Bool", "Json"];

/// The errors that were found in an API description, one message for each.
#[derive(Debug, Default)]
struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, place: &str, problem: impl std::fmt::Display) {
        let mut line = String::new();
        for c in format!("{place}: {problem}").chars() {
            // The message is printed on a terminal, and a name in it may contain any character.
            match c.is_control() {
                true => line.extend(c.escape_default()),
                false => line.push(c),
            }
        }
        self.0.push(line);
    }
}

/// Converts an API description to an [`Api`]. `source` is the name of the description in the first
/// line of generated files.
///
/// # Errors
///
/// If the description is invalid. Each error is one line.
pub(crate) fn resolve(spec: &Spec, source: &str) -> Result<Api, Vec<String>> {
    let mut problems = Problems::default();
    bounds::check(spec, &mut problems);
    if !problems.0.is_empty() {
        return Err(problems.0);
    }
    let Some((code, service)) = service::used(spec, &mut problems) else {
        return Err(problems.0);
    };
    sense::check(spec, &mut problems);
    let homes = Homes::new(service, &mut problems);
    let (modules, shared) = (homes.modules(), homes.shared());
    let mut resolver = Resolver::new(spec, homes, &mut problems);
    let mut operations = operations::resolve(&mut resolver, &code);
    let (mut objects, enums) = resolver.finish();
    homes::check_files(&mut problems, &operations, &objects, &enums);
    bodies::settle(spec, &mut operations, &objects, &mut problems);
    pages::settle(spec, &mut operations, &mut objects, &mut problems);
    tokens::settle(spec, &mut operations, &mut problems);
    settlement::resolve(spec, &mut operations, &objects, &mut problems);
    let (waiters, left_out) = waiters::resolve(spec, &mut operations, &objects, &mut problems);
    if !problems.0.is_empty() {
        return Err(problems.0);
    }
    Ok(Api {
        source: source.to_owned(),
        service: service::resolve(&code, service, spec),
        operations,
        objects,
        enums,
        modules,
        shared,
        error_codes: constants::error_codes(spec),
        waiters,
        left_out,
    })
}

/// Reports an error for each name that occurs more than once. `what` says what kind of thing has
/// the name.
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
                format!("two {what}s have the name `{name}`; give one of them a `rust.name`"),
            );
        }
        seen.insert(name);
    }
}

/// Reports members that occur twice, and adds numbers to those that would have the same Rust name.
/// A name that the API description sets with `rust.name` is kept.
fn settle_members(
    problems: &mut Problems,
    holder: &str,
    members: &mut [Member],
    taken: impl IntoIterator<Item = String>,
) {
    let mut seen = BTreeSet::new();
    for member in members.iter() {
        let wire = match member.place {
            Place::Header => member.wire.to_ascii_lowercase(),
            _ => member.wire.clone(),
        };
        if !seen.insert((member.place, wire)) {
            problems.add(holder, format!("the member `{}` occurs twice", member.wire));
        }
    }
    let is_given = |member: &Member| member.name != names::member(&member.wire);
    let given = members.iter().filter(|member| is_given(member));
    let given: Vec<String> = given
        .map(|member| member.name.clone())
        .chain(taken)
        .collect();
    let mut used: BTreeSet<String> = given.iter().cloned().collect();
    unique(problems, holder, "member", given);
    for member in members.iter_mut().filter(|member| !is_given(member)) {
        let free = names::numbered(&member.name).find(|name| used.insert(name.clone()));
        member.name = free.unwrap_or_default();
    }
}

/// Returns constant headers or query parameters as strings.
fn pairs(values: &BTreeMap<String, Value>) -> Vec<(String, String)> {
    values
        .iter()
        .map(|(name, value)| (name.clone(), scalar(value)))
        .collect()
}

/// Formats a JSON value for a query or a header.
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

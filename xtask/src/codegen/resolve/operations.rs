//! Operations of a description: names, paths, positions and what a body is.

use std::collections::BTreeSet;

use super::resolver::Resolver;
use super::{is_scalar, pairs, unique};
use crate::codegen::api::{BodyKind, Member, Operation, Place, Type};
use crate::codegen::spec::{self, IdempotencyClass, Position};
use crate::codegen::{docs, names};

/// Resolves all operations.
pub(super) fn resolve(resolver: &mut Resolver<'_>, service: &str) -> Vec<Operation> {
    let spec = resolver.spec;
    let mut operations = Vec::new();
    for operation in &spec.operations {
        operations.push(resolve_one(resolver, operation));
    }
    let methods = operations
        .iter()
        .map(|operation: &Operation| operation.method.clone());
    unique(resolver.problems, service, "method", methods);
    let builders = operations.iter().map(|operation| operation.name.clone());
    unique(resolver.problems, service, "builder", builders);
    operations
}

fn resolve_one<'a>(resolver: &mut Resolver<'a>, operation: &'a spec::Operation) -> Operation {
    let wire = &operation.name;
    let spelled = operation.rust.name.as_deref().unwrap_or(wire);
    if names::snake(spelled).is_empty() {
        resolver.problems.add(
            wire,
            "the name has no letter and no digit; give it a `rust.name`",
        );
    }
    let mut name = names::camel(spelled);
    if names::type_name(spelled) != name || resolver.is_type_name(&name) {
        name.push_str("Request");
    }
    let mut members = Vec::new();
    for parameter in &operation.parameters {
        if let Some(member) = parameter_member(resolver, wire, parameter) {
            members.push(member);
        }
    }
    let taken = operation
        .rust
        .raw_body
        .iter()
        .map(|name| names::member(name));
    unique(
        resolver.problems,
        wire,
        "member",
        members
            .iter()
            .map(|member| member.name.clone())
            .chain(taken),
    );
    check_path(resolver, operation, &members);
    let response = resolver.response(&names::camel(spelled), operation.response.as_deref());
    let body = body_kind(resolver, operation, &members);
    for (name, value) in operation.const_query.iter().chain(&operation.const_headers) {
        if !is_scalar(value) {
            resolver
                .problems
                .add(wire, format!("the constant `{name}` is no text"));
        }
    }
    let mut aliases: Vec<String> = Vec::new();
    for alias in [
        Some(wire),
        operation.action.as_ref(),
        operation.go_sdk_method.as_ref(),
    ] {
        aliases.extend(alias.filter(|alias| !aliases.contains(alias)).cloned());
    }
    Operation {
        wire: wire.clone(),
        method: names::method(spelled),
        module: names::module(spelled),
        http_method: http_method(resolver, operation),
        uri: operation.uri.clone(),
        const_query: pairs(&operation.const_query),
        const_headers: pairs(&operation.const_headers),
        body,
        raw_body: operation.rust.raw_body.as_deref().map(names::member),
        response,
        class: class(operation),
        docs: operation_docs(resolver, operation),
        aliases,
        name,
        members,
    }
}

fn parameter_member<'a>(
    resolver: &mut Resolver<'a>,
    operation: &str,
    parameter: &'a spec::Member,
) -> Option<Member> {
    let place_name = format!("{operation}.{}", parameter.name);
    let place = match parameter.position {
        Some(Position::Query) => Place::Query,
        Some(Position::Body) => Place::Body,
        Some(Position::Header) => Place::Header,
        Some(Position::Url) => Place::Url,
        Some(Position::Response) | None => {
            resolver.problems.add(
                &place_name,
                "the position of a parameter is QUERY, BODY, HEADER or URL",
            );
            return None;
        }
    };
    resolver.use_in_request(parameter);
    let member = resolver.member(operation, parameter, place);
    let fits = match (&member.ty, place) {
        (_, Place::Body) => true,
        (Type::List(inner), Place::Query) => {
            !matches!(**inner, Type::Object(_) | Type::List(_) | Type::Map(_))
        }
        (ty, _) => !matches!(ty, Type::Object(_) | Type::List(_) | Type::Map(_)),
    };
    if !fits {
        let problem = format!("`{}` cannot be sent outside the body", parameter.ty);
        resolver.problems.add(&place_name, problem);
    }
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if place == Place::Header && !parameter.name.chars().all(is_token) {
        resolver
            .problems
            .add(&place_name, "this is no name of a header");
    }
    if member.flag && place != Place::Query {
        resolver
            .problems
            .add(&place_name, "`rust.type: bool` is for QUERY members");
    }
    Some(member)
}

/// Every `{name}` of the path is a URL member, and the other way round.
fn check_path(resolver: &mut Resolver<'_>, operation: &spec::Operation, members: &[Member]) {
    let wire = &operation.name;
    if !operation.uri.starts_with('/') {
        resolver.problems.add(
            wire,
            format!("the path `{}` does not start with /", operation.uri),
        );
    }
    if operation.uri.contains(['?', '#']) {
        let problem = format!(
            "the path `{}` holds a query; that is `const_query`",
            operation.uri
        );
        resolver.problems.add(wire, problem);
    }
    let mut placeholders = BTreeSet::new();
    let mut rest = operation.uri.as_str();
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            resolver
                .problems
                .add(wire, format!("the path `{}` lacks a }}", operation.uri));
            return;
        };
        if !members
            .iter()
            .any(|member| member.place == Place::Url && member.wire == name)
        {
            resolver.problems.add(
                wire,
                format!("the path names `{name}`, but no URL member does"),
            );
        }
        placeholders.insert(name);
        rest = after;
    }
    for member in members.iter().filter(|member| member.place == Place::Url) {
        if !placeholders.contains(member.wire.as_str()) {
            let problem = format!("the path `{}` has no place for it", operation.uri);
            resolver
                .problems
                .add(&format!("{wire}.{}", member.wire), problem);
        }
    }
}

fn body_kind(
    resolver: &mut Resolver<'_>,
    operation: &spec::Operation,
    members: &[Member],
) -> BodyKind {
    let in_body = members.iter().any(|member| member.place == Place::Body);
    let kind = operation
        .body_kind
        .unwrap_or(if in_body || operation.rust.raw_body.is_some() {
            BodyKind::Object
        } else {
            BodyKind::None
        });
    if kind == BodyKind::None && (in_body || operation.rust.raw_body.is_some()) {
        resolver
            .problems
            .add(&operation.name, "it has no body, but BODY members");
    }
    kind
}

fn http_method(resolver: &mut Resolver<'_>, operation: &spec::Operation) -> String {
    let method = operation.method.to_ascii_uppercase();
    if !["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"].contains(&method.as_str()) {
        let problem = format!("`{}` is no HTTP method that is supported", operation.method);
        resolver.problems.add(&operation.name, problem);
    }
    method
}

/// Nothing said means the careful choice.
fn class(operation: &spec::Operation) -> IdempotencyClass {
    operation
        .idempotency
        .as_ref()
        .and_then(|idempotency| idempotency.class)
        .unwrap_or_default()
}

fn operation_docs(resolver: &mut Resolver<'_>, operation: &spec::Operation) -> Vec<String> {
    let mut docs = vec![docs::described(operation.desc.as_deref(), || {
        format!("The operation `{}`.", operation.name)
    })];
    docs.extend(operation.note.as_deref().map(docs::sentence));
    if let Some(text) = operation
        .asynchronous
        .as_ref()
        .and_then(|it| it.desc.as_deref())
    {
        docs.push(docs::sentence(text));
    }
    if let Some(preconditions) = &operation.preconditions {
        let states = operation.rust.status_enum.as_deref();
        let values = states.and_then(|states| resolver.spec.enums.get(states));
        let name = states.and_then(|states| resolver.use_enum(&operation.name, states));
        let facts = docs::preconditions(preconditions, name.as_deref(), |code| {
            let value = values?
                .values
                .iter()
                .find(|value| value.value.as_i64() == Some(code))?;
            value.name.as_deref().map(names::spoken)
        });
        docs.push(facts.join(" "));
    }
    if !operation.rules.is_empty() {
        let rules: Vec<_> = operation
            .rules
            .iter()
            .map(|rule| docs::sentence(&rule.text))
            .collect();
        docs.push(rules.join(" "));
    }
    let repeat = match class(operation) {
        IdempotencyClass::Safe => "Safe to repeat.",
        IdempotencyClass::Repeatable => "Repeatable: the same call again ends in the same state.",
        IdempotencyClass::StateGuarded => "A repeat is refused by a check of the state.",
        IdempotencyClass::NonIdempotent => "Not safe to repeat: a second call acts again.",
    };
    let details = operation
        .idempotency
        .as_ref()
        .and_then(|it| it.desc.as_deref());
    docs.push(
        std::iter::once(repeat.to_owned())
            .chain(details.map(docs::sentence))
            .collect::<Vec<_>>()
            .join(" "),
    );
    if !operation.errors.is_empty() {
        let codes: Vec<_> = operation
            .errors
            .iter()
            .map(|code| format!("`{code}`"))
            .collect();
        docs.push(format!(
            "Error codes: {}, and the common ones.",
            codes.join(", ")
        ));
    }
    docs.extend(docs::page(operation.doc_page.as_deref()));
    docs.retain(|paragraph| !paragraph.is_empty());
    docs
}

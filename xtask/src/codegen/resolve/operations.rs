//! Converts the operations of an API description: their names, paths and bodies, and the positions
//! of their members.

use std::collections::BTreeSet;

use super::resolver::Resolver;
use super::service::check_header;
use super::{answers, rules, tokens};
use super::{is_scalar, pairs, settle_members, unique};
use crate::codegen::api::{BodyKind, Member, Operation, Place, Type, are_arguments};
use crate::codegen::spec::{self, IdempotencyClass, Position};
use crate::codegen::{docs, names};

/// Converts all operations of an API description.
pub(super) fn resolve(resolver: &mut Resolver<'_>, service: &str) -> Vec<Operation> {
    let spec = resolver.spec;
    let given = |operation: &spec::Operation| operation.rust.name.is_some();
    let mut taken: BTreeSet<String> = spec
        .operations
        .iter()
        .filter_map(|operation| operation.rust.name.as_deref())
        .map(names::snake)
        .collect();
    let mut wires = BTreeSet::new();
    let mut operations: Vec<Operation> = Vec::new();
    for operation in &spec.operations {
        if !wires.insert(&operation.name) {
            let problem = "there are two operations with this name";
            resolver.problems.add(&operation.name, problem);
        }
        // If another operation has the same name, a number is added.
        let spelled = if given(operation) {
            operation.rust.name.clone()
        } else {
            names::numbered(&names::snake(&operation.name))
                .position(|name| taken.insert(name))
                .map(|before| match before {
                    0 => operation.name.clone(),
                    _ => format!("{}_{}", operation.name, before + 1),
                })
        };
        let builders: Vec<&str> = operations.iter().map(|it| it.name.as_str()).collect();
        let spelled = spelled.unwrap_or_default();
        let resolved = resolve_one(resolver, operation, &spelled, &builders);
        operations.push(resolved);
    }
    let methods = operations.iter().map(|operation| operation.method.clone());
    unique(resolver.problems, service, "method", methods);
    operations
}

/// Converts an operation of an API description. `spelled` is the name from which its Rust names are
/// derived, and `builders` are the names of the builder types that exist so far.
fn resolve_one<'a>(
    resolver: &mut Resolver<'a>,
    operation: &'a spec::Operation,
    spelled: &str,
    builders: &[&str],
) -> Operation {
    let wire = &operation.name;
    if names::snake(spelled).is_empty() {
        resolver.problems.add(
            wire,
            "the name has neither a letter nor a digit; give it a `rust.name`",
        );
    }
    let plain = names::camel(spelled);
    let is_free = |name: &String| {
        !names::is_taken_type(name)
            && !resolver.is_type_name(name)
            && !builders.contains(&name.as_str())
    };
    let name = std::iter::once(plain.clone())
        .chain(names::numbered_camel(&format!("{plain}Request")))
        .find(is_free)
        .unwrap_or_default();
    let is_form = operation.body_kind == Some(BodyKind::Form);
    let mut members = Vec::new();
    for parameter in &operation.parameters {
        if let Some(member) = parameter_member(resolver, wire, parameter, is_form) {
            members.push(member);
        }
    }
    if let Some(ty) = &operation.body_type {
        resolver.mark_type(ty, true);
    }
    settle_copies(resolver, wire, &mut members);
    tokens::release(operation.idempotency.as_ref(), &mut members);
    settle_arguments(&mut members);
    let taken = operation
        .rust
        .raw_body
        .iter()
        .map(|name| names::member(name));
    settle_members(resolver.problems, wire, &mut members, taken);
    let rules = rules::resolve(resolver.problems, wire, &operation.rules, &members);
    spare_streams(operation, &mut members);
    let uri = path(resolver, operation, &members);
    let module = operation.rust.module.as_deref();
    let home = resolver.homes.of_operation(resolver.problems, wire, module);
    let around = resolver.homes.of_type(resolver.problems, wire, module);
    let (answer, response) = answers::resolve(resolver, operation, spelled, &around);
    let body = body_kind(resolver, operation, &members);
    check_constants(resolver, operation);
    let mut aliases: Vec<String> = Vec::new();
    for alias in [
        Some(wire),
        operation.action.as_ref(),
        operation.go_sdk_method.as_ref(),
    ] {
        let searchable = |alias: &&String| {
            let mut chars = alias.chars();
            !alias.is_empty() && !chars.any(|c| c.is_whitespace() || "'\"".contains(c))
        };
        let new = alias.filter(|alias| !aliases.contains(alias));
        aliases.extend(new.filter(searchable).cloned());
    }
    Operation {
        wire: wire.clone(),
        method: names::method(spelled),
        module: names::module_in(home.folder(), spelled),
        home,
        http_method: http_method(resolver, operation),
        uri,
        const_query: pairs(&operation.const_query),
        const_headers: {
            let mut headers = operation.const_headers.clone();
            headers.retain(|_, value| !value.is_null());
            pairs(&headers)
        },
        without_headers: without_headers(resolver, operation),
        body,
        content_type: content_type(operation, body),
        raw_body: operation.rust.raw_body.as_deref().map(names::member),
        whole_body: None,
        response,
        answer,
        content: operation.response_kind,
        accepted: operation.accept_status.clone(),
        listing: None,
        token: None,
        waits: Vec::new(),
        class: class(operation),
        blind_retry: operation.idempotency.as_ref().and_then(|it| it.blind_retry) != Some(false),
        settlement: None,
        settles: false,
        docs: operation_docs(resolver, operation),
        aliases,
        name,
        members,
        rules,
    }
}

/// Checks the members whose value is copied from another member (`same_as`). Makes them optional,
/// and removes their default and checks. Also reports names in `also_send` that are the names of
/// other members.
fn settle_copies(resolver: &mut Resolver<'_>, operation: &str, members: &mut [Member]) {
    let sources: Vec<(String, Type, bool)> = members
        .iter()
        .map(|member| {
            let is_plain = member.sent.same_as.is_none() && !member.flag;
            (member.wire.clone(), member.ty.clone(), is_plain)
        })
        .collect();
    for member in members.iter_mut() {
        let place = format!("{operation}.{}", member.wire);
        for also in &member.sent.also {
            if sources.iter().any(|(wire, ..)| wire == also) {
                let problem = format!("`also_send` names `{also}`, which is another member");
                resolver.problems.add(&place, problem);
            }
        }
        let Some(same_as) = member.sent.same_as.clone() else {
            continue;
        };
        let mut fitting = sources.iter().filter(|(wire, ..)| *wire == same_as);
        let fits = fitting.any(|(_, ty, is_plain)| *is_plain && *ty == member.ty);
        if !fits || member.place == Place::Url || member.flag {
            let problem = format!(
                "`same_as` names `{same_as}`, but no such member has the same \
                type"
            );
            resolver.problems.add(&place, problem);
        }
        (member.demanded, member.argument) = (false, false);
        (member.optional, member.default_sent) = (true, None);
        member.checks = Vec::new();
    }
}

/// Returns the content type of the requests; `None` if it is the content type that the service
/// declares for all operations.
fn content_type(operation: &spec::Operation, body: BodyKind) -> Option<String> {
    let raw = || (body == BodyKind::Raw).then(|| "application/octet-stream".to_owned());
    operation.content_type.clone().or_else(raw)
}

/// Renames setters that would have the same names as `items` and `pages`, the methods that return a
/// list as a stream.
fn spare_streams(operation: &spec::Operation, members: &mut [Member]) {
    let of_stream = |member: &&mut Member| matches!(member.name.as_str(), "items" | "pages");
    if operation.pagination.is_some() {
        members
            .iter_mut()
            .filter(of_stream)
            .for_each(|member| member.name.push('_'));
    }
}

/// Determines which of the required members are arguments of the client's method, and which have
/// setters.
fn settle_arguments(members: &mut [Member]) {
    let few = are_arguments(members.iter().filter(|member| member.demanded));
    for member in members.iter_mut().filter(|member| member.demanded) {
        member.argument = few && !member.is_truth_value();
        // A flag that is not set means `false`.
        member.optional = !member.argument && !member.flag;
    }
}

fn parameter_member<'a>(
    resolver: &mut Resolver<'a>,
    operation: &str,
    parameter: &'a spec::Member,
    is_form: bool,
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
                "the position of a parameter must be QUERY, BODY, HEADER or URL",
            );
            return None;
        }
    };
    resolver.use_in_request(parameter);
    let member = resolver.member(operation, parameter, place);
    let fits = match (&member.ty, place) {
        (_, Place::Body) if !is_form => true,
        (Type::List(inner), Place::Query | Place::Body) => {
            !matches!(**inner, Type::Object(_) | Type::List(_) | Type::Map(_))
        }
        (ty, _) => !matches!(ty, Type::Object(_) | Type::List(_) | Type::Map(_)),
    };
    if !fits {
        let place = if is_form {
            "in a form"
        } else {
            "outside the body"
        };
        let problem = format!("`{}` cannot be sent {place}", parameter.ty);
        resolver.problems.add(&place_name, problem);
    }
    if !is_form && place == Place::Body && parameter.list_as.is_some() {
        let problem = "`list_as` is only for the QUERY and for forms";
        resolver.problems.add(&place_name, problem);
    }
    let is_secret = matches!(&member.ty, Type::List(inner) if **inner == Type::Secret);
    if is_form && place == Place::Body && is_secret && member.sent.comma {
        let problem = "a list of secrets in a form requires `list_as`: `repeat`";
        resolver.problems.add(&place_name, problem);
    }
    if place == Place::Header {
        check_header(&place_name, &parameter.name, None, resolver.problems);
    }
    if member.flag && place != Place::Query {
        resolver
            .problems
            .add(&place_name, "`rust.type: bool` is only for QUERY members");
    }
    Some(member)
}

/// Returns the path of an operation. A placeholder `{name}` whose case differs from the name of a
/// path parameter gets the exact name. Reports placeholders without a path parameter, and path
/// parameters without a placeholder.
fn path(resolver: &mut Resolver<'_>, operation: &spec::Operation, members: &[Member]) -> String {
    let path = &operation.uri;
    let mut problem = |text: String| resolver.problems.add(&operation.name, text);
    if !path.starts_with('/') {
        problem(format!("the path `{path}` does not start with /"));
    }
    if path.contains(['?', '#']) {
        problem(format!(
            "the path `{path}` contains a query; move it to `const_query`"
        ));
    }
    let of_url = || members.iter().filter(|member| member.place == Place::Url);
    let named = |name: &str| {
        of_url()
            .find(|member| member.wire == name)
            .or_else(|| of_url().find(|member| member.wire.eq_ignore_ascii_case(name)))
    };
    let mut placed = BTreeSet::new();
    let (mut settled, mut rest) = (String::new(), path.as_str());
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            problem(format!("the path `{path}` lacks a }}"));
            return settled;
        };
        settled.push_str(before);
        if let Some(member) = named(name) {
            placed.insert(member.wire.as_str());
            settled.push_str(&format!("{{{}}}", member.wire));
        } else {
            problem(format!("the path names `{name}`, but no URL member does"));
        }
        rest = after;
    }
    settled.push_str(rest);
    if settled.matches('{').count() != settled.matches('}').count() {
        problem(format!("the path `{path}` lacks a {{"));
    }
    if settled.split('/').any(|part| part == "." || part == "..") {
        problem(format!(
            "the path `{path}` has a segment of dots, which a gateway would resolve to another path"
        ));
    }
    let between: String = settled.split(['{', '}']).step_by(2).collect();
    let legal = |c: char| c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@?#".contains(c);
    if let Some(wrong) = between.chars().find(|c| !legal(*c)) {
        problem(format!(
            "the path `{path}` contains {wrong:?}, which is not allowed in a path"
        ));
    }
    for member in of_url().filter(|member| !placed.contains(member.wire.as_str())) {
        resolver.problems.add(
            &format!("{}.{}", operation.name, member.wire),
            format!("the path `{path}` has no place for it"),
        );
    }
    settled
}

/// Returns the names, in lower case, of headers that the service declares for all operations, but
/// that this operation does not send.
fn without_headers(resolver: &mut Resolver<'_>, operation: &spec::Operation) -> Vec<String> {
    let nulls = operation.const_headers.iter();
    let nulls = nulls.filter(|(_, value)| value.is_null());
    let mut names = Vec::new();
    for (name, _) in nulls {
        let services = resolver.spec.services.values();
        let mut known = services.flat_map(|service| service.const_headers.keys());
        if !known.any(|known| known.eq_ignore_ascii_case(name)) {
            let problem = format!("the service has no header `{name}` to remove");
            resolver.problems.add(&operation.name, problem);
        }
        names.push(name.to_ascii_lowercase());
    }
    names
}

/// Reports constant headers and query parameters that are invalid, and parameters that have the
/// same name as one of them.
fn check_constants(resolver: &mut Resolver<'_>, operation: &spec::Operation) {
    let wire = &operation.name;
    for (name, value) in &operation.const_headers {
        check_header(wire, name, Some(value), resolver.problems);
    }
    for (name, value) in &operation.const_query {
        if !is_scalar(value) {
            let problem = format!("the constant `{name}` is not text");
            resolver.problems.add(wire, problem);
        }
    }
    for parameter in &operation.parameters {
        let name = &parameter.name;
        let constant = match parameter.position {
            Some(Position::Query) => operation.const_query.contains_key(name),
            Some(Position::Header) => operation
                .const_headers
                .keys()
                .any(|header| header.eq_ignore_ascii_case(name)),
            _ => false,
        };
        if constant {
            let problem = "it is also a constant of the operation";
            resolver.problems.add(&format!("{wire}.{name}"), problem);
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
    if kind == BodyKind::Form && operation.rust.raw_body.is_some() {
        let problem = "`rust.raw_body` is JSON, but the body is a form";
        resolver.problems.add(&operation.name, problem);
    }
    let has_members = in_body || operation.rust.raw_body.is_some();
    let problem = match kind {
        BodyKind::None => "it has no body, but it has BODY members",
        BodyKind::Raw => "its body is supplied by the caller and has no members",
        BodyKind::Object | BodyKind::ObjectOrEmpty | BodyKind::Form => return kind,
    };
    if has_members {
        resolver.problems.add(&operation.name, problem);
    }
    kind
}

fn http_method(resolver: &mut Resolver<'_>, operation: &spec::Operation) -> String {
    let method = operation.method.to_ascii_uppercase();
    if !["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"].contains(&method.as_str()) {
        let problem = format!("`{}` is not a supported HTTP method", operation.method);
        resolver.problems.add(&operation.name, problem);
    }
    method
}

/// Returns the idempotency class of an operation. The default is `NonIdempotent`, the most cautious
/// class.
fn class(operation: &spec::Operation) -> IdempotencyClass {
    operation
        .idempotency
        .as_ref()
        .and_then(|idempotency| idempotency.class)
        .unwrap_or_default()
}

fn operation_docs(resolver: &mut Resolver<'_>, operation: &spec::Operation) -> Vec<String> {
    let summary = docs::described(operation.desc.as_deref(), || {
        format!("Calls `{}`.", operation.name)
    });
    let mut docs = vec![docs::third_person(&summary)];
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
        let path = states.and_then(|states| {
            resolver.use_enum(&operation.name, states)?;
            resolver.enum_path(states)
        });
        let facts = docs::preconditions(preconditions, path.as_deref(), |code| {
            let value = values?.values.iter().find(|value| value.value == *code)?;
            value.name.as_deref().map(names::spoken)
        });
        docs.push(facts.join(" "));
    }
    docs.push(docs::rules(&operation.rules).collect::<Vec<_>>().join(" "));
    docs.push(repeats(operation));
    if !operation.errors.is_empty() {
        let codes: Vec<_> = operation
            .errors
            .iter()
            .map(|code| format!("`{}`", docs::code(code)))
            .collect();
        docs.push(format!(
            "Documented error codes: {}, and those that all operations share.",
            codes.join(", ")
        ));
    }
    docs.extend(docs::page(operation.doc_page.as_deref()));
    docs.retain(|paragraph| !paragraph.is_empty());
    docs
}

/// Returns the paragraph of the documentation that states the effect of repeating a call.
fn repeats(operation: &spec::Operation) -> String {
    let details = operation
        .idempotency
        .as_ref()
        .and_then(|it| it.desc.as_deref())
        .filter(|text| !text.trim().is_empty());
    // The description of a class with an effect takes the place of the general one.
    let known = |class: &str, effect: &str| {
        docs::sentence(&format!("{class}: {}", details.unwrap_or(effect)))
    };
    let followed = |class: &str| {
        let details = details.map(docs::sentence);
        let all: Vec<_> = std::iter::once(class.to_owned()).chain(details).collect();
        all.join(" ")
    };
    let repeat = match class(operation) {
        IdempotencyClass::Safe => followed("Safe to repeat."),
        IdempotencyClass::Repeatable => known(
            "Repeatable",
            "a second call leads to the same state as the first",
        ),
        IdempotencyClass::StateGuarded => {
            followed("The service checks the state and refuses a repeated call.")
        }
        IdempotencyClass::NonIdempotent => {
            known("Not safe to repeat", "a second call may take effect again")
        }
    };
    let in_doubt = match &operation.idempotency {
        Some(it) if it.settled_by.is_some() => {
            "If it is unknown whether a call was carried out, the client reads the state to find \
             out."
        }
        Some(it)
            if it.blind_retry == Some(false)
                && it.class != Some(IdempotencyClass::NonIdempotent) =>
        {
            "The client does not repeat a call that may have been carried out."
        }
        _ => "",
    };
    std::iter::once(repeat)
        .chain(tokens::docs(operation.idempotency.as_ref()))
        .chain((!in_doubt.is_empty()).then(|| in_doubt.to_owned()))
        .collect::<Vec<_>>()
        .join(" ")
}

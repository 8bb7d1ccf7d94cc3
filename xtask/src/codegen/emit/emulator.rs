//! Generates the tables with which the emulator checks requests and completes responses, from the
//! descriptions of all services.

use std::collections::BTreeSet;

use super::files::File;
use crate::codegen::api::{Answer, Api, BodyKind, Check, Member, Object, Operation, Place, Type};
use crate::codegen::names::screaming;
use crate::codegen::source::Source;

/// The names that the generated tables import from the emulator.
const RULES: [&str; 6] = [
    "BodyRule",
    "MemberRule",
    "OperationRule",
    "Position",
    "WireType",
    "member",
];

/// Returns the files below the emulator's `generated/`: a table for each description, and a module
/// that lists them.
pub(crate) fn generated(apis: &[Api]) -> Vec<File> {
    let specs: Vec<&str> = apis.iter().map(|api| api.source.as_str()).collect();
    let mut files = vec![File {
        path: "mod.rs".to_owned(),
        text: list(apis).finish(&specs.join(" and ")),
    }];
    files.extend(apis.iter().map(|api| File {
        path: format!("{}.rs", module(api)),
        text: table(api).finish(&api.source),
    }));
    files
}

fn module(api: &Api) -> String {
    api.service.crate_name.replace('-', "_")
}

fn list(apis: &[Api]) -> Source {
    let mut source = Source::default();
    source.import("crate::validate::rule", "OperationRule");
    for api in apis {
        source.line(format!("mod {};", module(api)));
    }
    source.line("");
    source.line("/// The operations of each API.");
    source.line("pub(crate) static TABLES: &[&[OperationRule]] = &[");
    for api in apis {
        source.line(format!("{}::OPERATIONS,", module(api)));
    }
    source.line("];");
    source
}

fn table(api: &Api) -> Source {
    let mut source = Source::default();
    source
        .module_docs(&["The members of each operation's request and response, with their rules."]);
    for name in RULES {
        source.import("crate::validate::rule", name);
    }
    operations(&mut source, api);
    for object in reachable(api) {
        object_rules(&mut source, api, object);
    }
    source
}

fn operations(source: &mut Source, api: &Api) {
    source.line("/// All operations of the service.");
    source.line("pub(crate) static OPERATIONS: &[OperationRule] = &[");
    for operation in &api.operations {
        let body = match operation.body {
            BodyKind::None => "None",
            BodyKind::Object | BodyKind::Form => "Object",
            // No service that the emulator provides has such a body.
            BodyKind::Raw => "None",
            BodyKind::ObjectOrEmpty => "ObjectOrEmpty",
        };
        let headers = api.service.headers.iter().chain(&operation.const_headers);
        source.line(format!(
            "OperationRule {{ name: {:?}, description: {:?}, service: {:?}, method: {:?}, path: {:?}, \
             const_query: &[{}], const_headers: &[{}], body: BodyRule::{body}, response: {}, members: &[",
            operation.wire,
            api.service.crate_name,
            api.service.code,
            operation.http_method,
            operation.uri,
            pairs(operation.const_query.iter()),
            pairs(headers),
            response(operation),
        ));
        for member in &operation.members {
            source.line(member_rule(api, member));
        }
        source.line("] },");
    }
    source.line("];");
}

/// Returns the expression for the members of an operation's response; an empty list if the response
/// has no type.
fn response(operation: &Operation) -> String {
    match operation.answer {
        Answer::Model => screaming(&operation.response),
        Answer::Json | Answer::Raw => "&[]".to_owned(),
    }
}

fn pairs<'a>(pairs: impl Iterator<Item = &'a (String, String)>) -> String {
    pairs
        .map(|(name, value)| format!("({name:?}, {value:?})"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the types that requests and responses contain, sorted by name.
fn reachable(api: &Api) -> Vec<&Object> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = Vec::new();
    for operation in &api.operations {
        if operation.answer == Answer::Model {
            next.push(&operation.response);
        }
        let types = operation.members.iter().map(|member| member.ty.leaf());
        next.extend(types.filter_map(Type::direct_object));
    }
    while let Some(name) = next.pop() {
        let Some(object) = api.objects.get(name).filter(|_| seen.insert(name)) else {
            continue;
        };
        let types = object.fields.iter().map(|field| field.ty.leaf());
        next.extend(types.filter_map(Type::direct_object));
    }
    seen.into_iter()
        .filter_map(|name| api.objects.get(name))
        .collect()
}

fn object_rules(source: &mut Source, api: &Api, object: &Object) {
    let name = screaming(&object.name);
    source.line("");
    if object.forms.is_empty() {
        source.line(format!("static {name}: &[MemberRule] = &["));
        for field in &object.fields {
            source.line(member_rule(api, field));
        }
    } else {
        source.line(format!("static {name}: &[WireType] = &["));
        for form in &object.fields {
            source.line(format!("{},", type_on_wire(api, &form.ty)));
        }
    }
    source.line("];");
}

fn member_rule(api: &Api, member: &Member) -> String {
    let position = match member.place {
        Place::Query => "Query",
        Place::Header => "Header",
        Place::Url => "Path",
        Place::Body => "Body",
        Place::Response => "Response",
    };
    let rule = format!(
        "member({:?}, Position::{position}, {}, {})",
        member.wire,
        member.required,
        wire_type(api, member)
    );
    let more = more_rules(api, member);
    if more.is_empty() {
        format!("{rule},")
    } else {
        format!("MemberRule {{ {more}..{rule} }},")
    }
}

/// Returns the field initializers for the rules of a member that most members do not have, such as
/// limits; empty if the member has none of these rules.
fn more_rules(api: &Api, member: &Member) -> String {
    let mut more = String::new();
    for check in &member.checks {
        match check {
            Check::NonEmpty => more.push_str("non_empty: true, "),
            Check::Range { min, max } => {
                for (name, limit) in [("min", min), ("max", max)] {
                    if let Some(limit) = limit {
                        more.push_str(&format!("{name}: Some({limit}), "));
                    }
                }
            }
            // The tables have no fields for these limits.
            Check::Length { .. } | Check::Lines { .. } | Check::DoubleRange { .. } => {}
        }
    }
    if let Type::Enum { name, .. } = member.ty.leaf()
        && let Some(known) = api.enums.get(name)
    {
        let values = known.variants.iter().map(|it| quoted(&it.literal));
        let values = values.collect::<Vec<_>>().join(", ");
        more.push_str(&format!("values: &[{values}], "));
    }
    let also: Vec<String> = member
        .sent
        .also
        .iter()
        .chain(&member.aliases)
        .map(|it| format!("{it:?}"))
        .collect();
    if !also.is_empty() {
        more.push_str(&format!("also: &[{}], ", also.join(", ")));
    }
    if let Some(other) = &member.sent.same_as {
        more.push_str(&format!("same_as: Some({other:?}), "));
    }
    if member.sent.in_text {
        let inner = type_on_wire(api, &member.ty);
        more.push_str(&format!("text_of: Some(&{inner}), "));
    }
    more
}

/// Returns a value of an enum as a string literal. Numbers are quoted as well, since outside the
/// body they are sent as strings.
fn quoted(literal: &str) -> String {
    match literal.starts_with('"') {
        true => literal.to_owned(),
        false => format!("{literal:?}"),
    }
}

fn wire_type(api: &Api, member: &Member) -> String {
    let is_outside = !matches!(member.place, Place::Body | Place::Response);
    // Outside the body, an enum of numbers or a list is a string that the service parses.
    if member.sent.in_text || is_outside && (member.is_text || member.sent.comma) {
        return "WireType::Text".to_owned();
    }
    type_on_wire(api, &member.ty)
}

fn type_on_wire(api: &Api, ty: &Type) -> String {
    match ty {
        Type::Bool => "WireType::Boolean".to_owned(),
        Type::Double => "WireType::Number".to_owned(),
        Type::Json => "WireType::Any".to_owned(),
        Type::List(inner) => format!("WireType::List(&{})", type_on_wire(api, inner)),
        Type::Map(inner) => format!("WireType::Map(&{})", type_on_wire(api, inner)),
        Type::Object(name) => {
            let is_one_of = api.objects.get(name).is_some_and(|it| !it.forms.is_empty());
            let kind = if is_one_of { "OneOf" } else { "Object" };
            format!("WireType::{kind}(&{})", screaming(name))
        }
        ty if ty.is_number() => "WireType::Integer".to_owned(),
        _ => "WireType::Text".to_owned(),
    }
}

//! The table by which the emulator checks requests, from the descriptions of all services.

use super::files::File;
use crate::codegen::api::{Api, BodyKind, Check, Member, Object, Place, Type};
use crate::codegen::names::screaming;
use crate::codegen::source::Source;

/// The files below the emulator's `generated/`.
pub(crate) fn generated(apis: &[Api]) -> Vec<File> {
    let spec = apis
        .iter()
        .map(|api| api.source.as_str())
        .collect::<Vec<_>>()
        .join(" and ");
    let mut module = Source::default();
    module.line("mod operations;");
    module.line("pub(crate) use self::operations::OPERATIONS;");
    let mut table = Source::default();
    table.module_docs(&["What a request of each operation may and must hold."]);
    for name in [
        "BodyRule",
        "MemberRule",
        "OperationRule",
        "Position",
        "WireType",
    ] {
        table.import("crate::validate::rule", name);
    }
    operations(&mut table, apis);
    for object in apis
        .iter()
        .flat_map(|api| api.objects.values())
        .filter(|it| it.in_request)
    {
        object_rules(&mut table, object);
    }
    table.line(
        "
const fn member(
    name: &'static str,
    position: Position,
    required: bool,
    wire: WireType,
) -> MemberRule {
    MemberRule { name, position, required, non_empty: false, min: None, max: None, wire }
}",
    );
    let file = |path: &str, source: Source| File {
        path: path.to_owned(),
        text: source.finish(&spec),
    };
    vec![file("mod.rs", module), file("operations.rs", table)]
}

fn operations(source: &mut Source, apis: &[Api]) {
    source.line("/// All operations of all services.");
    source.line("pub(crate) static OPERATIONS: &[OperationRule] = &[");
    for (api, operation) in apis
        .iter()
        .flat_map(|api| api.operations.iter().map(move |operation| (api, operation)))
    {
        let body = match operation.body {
            BodyKind::None => "None",
            BodyKind::Object => "Object",
            // The emulator is of no service with such bodies.
            BodyKind::Raw => "None",
            BodyKind::ObjectOrEmpty => "ObjectOrEmpty",
        };
        let headers = api.service.headers.iter().chain(&operation.const_headers);
        source.line(format!(
            "OperationRule {{ name: {:?}, service: {:?}, method: {:?}, path: {:?}, \
             const_query: &[{}], const_headers: &[{}], body: BodyRule::{body}, members: &[",
            operation.wire,
            api.service.code,
            operation.http_method,
            operation.uri,
            pairs(operation.const_query.iter()),
            pairs(headers),
        ));
        for member in &operation.members {
            source.line(member_rule(member));
        }
        source.line("] },");
    }
    source.line("];");
}

fn pairs<'a>(pairs: impl Iterator<Item = &'a (String, String)>) -> String {
    pairs
        .map(|(name, value)| format!("({name:?}, {value:?})"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn object_rules(source: &mut Source, object: &Object) {
    source.line("");
    source.line(format!(
        "static {}: &[MemberRule] = &[",
        screaming(&object.name)
    ));
    for field in object
        .fields
        .iter()
        .filter(|field| field.place == Place::Body)
    {
        source.line(member_rule(field));
    }
    source.line("];");
}

fn member_rule(member: &Member) -> String {
    let position = match member.place {
        Place::Query => "Query",
        Place::Header => "Header",
        Place::Url => "Path",
        Place::Body | Place::Response => "Body",
    };
    let rule = format!(
        "member({:?}, Position::{position}, {}, {})",
        member.wire,
        member.required,
        wire_type(member)
    );
    let mut checked = String::new();
    for check in &member.checks {
        match check {
            Check::NonEmpty => checked.push_str("non_empty: true, "),
            Check::Range { min, max } => {
                for (name, limit) in [("min", min), ("max", max)] {
                    if let Some(limit) = limit {
                        checked.push_str(&format!("{name}: Some({limit}), "));
                    }
                }
            }
            // The table has no place for lengths.
            Check::Length { .. } | Check::Lines { .. } | Check::DoubleRange { .. } => {}
        }
    }
    if checked.is_empty() {
        format!("{rule},")
    } else {
        format!("MemberRule {{ {checked}..{rule} }},")
    }
}

fn wire_type(member: &Member) -> String {
    // A code outside the body is text that the service reads.
    if member.is_text && member.place != Place::Body {
        return "WireType::Text".to_owned();
    }
    type_on_wire(&member.ty)
}

fn type_on_wire(ty: &Type) -> String {
    match ty {
        Type::Bool => "WireType::Boolean".to_owned(),
        Type::List(inner) => format!("WireType::List(&{})", type_on_wire(inner)),
        Type::Map(inner) => format!("WireType::Map(&{})", type_on_wire(inner)),
        Type::Object(name) => format!("WireType::Object({})", screaming(name)),
        ty if ty.is_number() => "WireType::Integer".to_owned(),
        _ => "WireType::Text".to_owned(),
    }
}

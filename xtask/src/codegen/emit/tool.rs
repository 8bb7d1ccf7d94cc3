//! Generates tables for the command-line tool, which checks request bodies that users write in
//! files and options.
//!
//! The tables follow the API description literally: they contain the names and types of the API,
//! not those of Rust.

use std::collections::BTreeSet;

use super::files::File;
use crate::codegen::names::screaming;
use crate::codegen::source::Source;
use crate::codegen::spec::{Member, Position, Spec};

/// The operations whose request bodies users write.
const OPERATIONS: [&str; 2] = ["CreateDevInstance", "ModifyDevInstance"];

/// The type of an instance in a response. Users may derive a request body from such a value.
const DESCRIPTION: &str = "DevInstanceDetail";

/// Returns the files below the tool's `generated/`. `origin` is the file name of `spec`.
///
/// # Errors
///
/// If `spec` lacks one of the operations or the type that the tables describe.
pub(crate) fn generated(spec: &Spec, origin: &str) -> Result<Vec<File>, String> {
    let mut bodies = Source::default();
    bodies.module_docs(&["The members of request bodies, by the names of the API."]);
    bodies.import("crate::request::schema", "Member");
    bodies.import("crate::request::schema", "MemberType");
    let mut types = BTreeSet::new();
    for name in OPERATIONS {
        let operation = spec.operations.iter().find(|it| it.name == name);
        let operation = operation.ok_or_else(|| format!("{origin} has no operation {name}"))?;
        let of_body = |member: &&Member| member.position == Some(Position::Body);
        let members: Vec<_> = operation.parameters.iter().filter(of_body).collect();
        bodies.line(format!("/// The body of {name}."));
        bodies.raw("pub(crate) ");
        table(&mut bodies, spec, name, &members);
        for member in members {
            collect_types(spec, &member.ty, &mut types);
        }
    }
    shown(&mut bodies, spec, origin)?;
    for name in types {
        if let Some(found) = spec.types.get(name) {
            table(
                &mut bodies,
                spec,
                name,
                &found.fields.iter().collect::<Vec<_>>(),
            );
        }
    }
    let mut module = Source::default();
    module.line("pub(crate) mod answers;");
    module.line("mod bodies;");
    module.line("pub(crate) use self::bodies::{");
    for name in OPERATIONS {
        module.line(format!("{},", screaming(name)));
    }
    module.line(format!("{},", screaming(DESCRIPTION)));
    module.line("};");
    [("mod.rs", module), ("bodies.rs", bodies)]
        .into_iter()
        .map(|(path, source)| {
            Ok(File {
                path: path.to_owned(),
                text: source.finish(origin),
            })
        })
        .collect()
}

/// Writes the names of the members of [`DESCRIPTION`].
fn shown(source: &mut Source, spec: &Spec, origin: &str) -> Result<(), String> {
    let described = spec.types.get(DESCRIPTION);
    let described = described.ok_or_else(|| format!("{origin} has no type {DESCRIPTION}"))?;
    let (name, count) = (screaming(DESCRIPTION), described.fields.len());
    source.line(format!("/// The members of {DESCRIPTION}."));
    source.line(format!("pub(crate) static {name}: [&str; {count}] = ["));
    for field in &described.fields {
        source.line(format!("{:?},", field.name));
    }
    source.line("];\n");
    Ok(())
}

fn table(source: &mut Source, spec: &Spec, name: &str, members: &[&Member]) {
    let count = members.len();
    source.line(format!("static {}: [Member; {count}] = [", screaming(name)));
    for member in members {
        let mut line = format!(
            "Member::new({:?}, {})",
            member.name,
            member_type(spec, &member.ty)
        );
        if member.required {
            line.push_str(".required()");
        }
        if member.sensitive {
            line.push_str(".sensitive()");
        }
        if member.immutable {
            line.push_str(".immutable()");
        }
        if member.read_only {
            line.push_str(".read_only()");
        }
        source.line(format!("{line},"));
    }
    source.line("];\n");
}

/// Returns the type of a member as an expression.
fn member_type(spec: &Spec, ty: &str) -> String {
    if let Some(item) = item_of_list(ty) {
        return format!("MemberType::List(&{})", member_type(spec, item));
    }
    match ty {
        ty if ty.starts_with("Map<") => "MemberType::Texts".to_owned(),
        ty if spec.types.contains_key(ty) => format!("MemberType::Object(&{})", screaming(ty)),
        "Bool" => "MemberType::Flag".to_owned(),
        "Int32" => "MemberType::ShortInteger".to_owned(),
        "Int64" => "MemberType::Integer".to_owned(),
        _ => "MemberType::Text".to_owned(),
    }
}

/// Collects the names of the objects that a type contains, at any depth.
fn collect_types<'a>(spec: &'a Spec, ty: &'a str, found: &mut BTreeSet<&'a str>) {
    let ty = item_of_list(ty).unwrap_or(ty);
    let Some(object) = spec.types.get(ty) else {
        return;
    };
    if found.insert(ty) {
        for field in &object.fields {
            collect_types(spec, &field.ty, found);
        }
    }
}

fn item_of_list(ty: &str) -> Option<&str> {
    ty.strip_prefix("List<")?.strip_suffix('>')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::codegen::format::format;

    fn bodies(spec: serde_json::Value) -> Result<String, String> {
        let spec: Spec = Spec::from_value(&spec).unwrap();
        let mut text = generated(&spec, "some.json")?.remove(1).text;
        format(&mut [("bodies.rs", &mut text)])?;
        Ok(text)
    }

    fn operation(name: &str) -> serde_json::Value {
        json!({"name": name, "method": "POST", "uri": "/", "parameters": [
            {"name": "clientToken", "type": "String", "position": "QUERY"},
            {"name": "disks", "type": "List<Disk>", "position": "BODY", "required": true},
        ]})
    }

    #[test]
    fn a_body_is_described_with_all_that_lies_in_it() {
        let text = bodies(json!({
            "services": {},
            "operations": [operation("CreateDevInstance"), operation("ModifyDevInstance")],
            "types": {
                "Disk": {"fields": [
                    {"name": "size", "type": "Int32", "immutable": true},
                    {"name": "inner", "type": "Disk"},
                    {"name": "madeAt", "type": "Int64", "read_only": true},
                ]},
                "DevInstanceDetail": {"fields": [{"name": "status", "type": "Int32"}]},
                "Unused": {"fields": [{"name": "a", "type": "String"}]},
            },
        }))
        .unwrap();
        for line in [
            "pub(crate) static CREATE_DEV_INSTANCE: [Member; 1] =",
            "Member::new(\"disks\", MemberType::List(&MemberType::Object(&DISK))).required()",
            "Member::new(\"size\", MemberType::ShortInteger).immutable()",
            "Member::new(\"madeAt\", MemberType::Integer).read_only()",
            "pub(crate) static DEV_INSTANCE_DETAIL: [&str; 1] = [\"status\"];",
            "Member::new(\"inner\", MemberType::Object(&DISK))",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(
            !text.contains("clientToken") && !text.contains("UNUSED"),
            "{text}"
        );
    }

    #[test]
    fn an_operation_that_is_not_described_is_a_mistake() {
        let error = bodies(json!({"services": {}})).unwrap_err();
        assert_eq!(error, "some.json has no operation CreateDevInstance");
    }
}

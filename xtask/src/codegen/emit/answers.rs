//! Generates the tables against which the command-line tool checks the responses of the live
//! service.
//!
//! The tables follow the API description literally: they contain the names and types of the API,
//! not those of Rust.

use std::collections::BTreeSet;

use super::files::File;
use crate::codegen::names::screaming;
use crate::codegen::source::Source;
use crate::codegen::spec::{IdempotencyClass, Member, Operation, Spec, TypeDef};

const SHAPES: [&str; 6] = [
    "Code",
    "Description",
    "Member",
    "Operation",
    "Shape",
    "Type",
];

/// An API description, and the client that is generated from it.
pub(crate) struct Described<'a> {
    pub(crate) client: &'a str,
    pub(crate) spec: &'a Spec,
    pub(crate) origin: &'a str,
    /// Whether the command-line tool also checks responses of operations that change something.
    pub(crate) with_changes: bool,
}

/// Returns the files below the command-line tool's `generated/answers/`: a table for each API
/// description, and a module that lists the tables.
pub(crate) fn generated(all: &[Described<'_>]) -> Vec<File> {
    let mut list = Source::default();
    list.module_docs(&["The members of responses, by the names of the API."]);
    list.import("crate::contract::shape", "Description");
    let mut files = Vec::new();
    for described in all {
        let module = described.client.replace('-', "_");
        list.line(format!("mod {module};"));
        files.push(File {
            path: format!("answers/{module}.rs"),
            text: table(described).finish(described.origin),
        });
    }
    list.line("");
    list.line("/// The descriptions of all APIs.");
    list.line("pub(crate) static DESCRIPTIONS: &[&Description] = &[");
    for described in all {
        list.line(format!(
            "&{}::DESCRIPTION,",
            described.client.replace('-', "_")
        ));
    }
    list.line("];");
    let origins: Vec<&str> = all.iter().map(|it| it.origin).collect();
    files.push(File {
        path: "answers/mod.rs".to_owned(),
        text: list.finish(&origins.join(" and ")),
    });
    files
}

fn table(described: &Described<'_>) -> Source {
    let spec = described.spec;
    let mut source = Source::default();
    source.module_docs(&["The members of the response of each operation."]);
    for name in SHAPES {
        source.import("crate::contract::shape", name);
    }
    source.line("/// The description of the responses and the error codes of the API.");
    source.line("pub(crate) static DESCRIPTION: Description = Description {");
    source.line(format!("client: {:?},", described.client));
    source.line("codes: &[");
    for code in &spec.errors {
        source.line(format!(
            "Code::new({:?}, &{:?}),",
            code.code, code.http_status
        ));
    }
    source.line("],");
    source.line("operations: &[");
    let mut types = BTreeSet::new();
    for operation in operations(described) {
        let Some(response) = &operation.response else {
            continue;
        };
        collect(spec, response, &mut types);
        source.line(entry(spec, operation, response));
    }
    source.line("],");
    source.line("};");
    let members = types.iter().filter_map(|name| spec.types.get(*name));
    if (members.flat_map(|it| &it.fields)).any(|it| !it.also_accept.is_empty()) {
        source.import("crate::contract::shape", "Also");
    }
    let mut used = BTreeSet::new();
    for name in types {
        if let Some(found) = spec.types.get(name) {
            shape(&mut source, spec, name, found, &mut used);
        }
    }
    for name in used {
        let Some(found) = spec.enums.get(&name) else {
            continue;
        };
        let values = found.values.iter().map(|it| word(&it.value));
        let values = values.collect::<Vec<_>>().join(", ");
        source.line(format!("\nstatic {}: &[&str] = &[{values}];", words(&name)));
    }
    source
}

/// Returns the operations whose responses the command-line tool checks: all, or only those that
/// change nothing.
fn operations<'a>(described: &Described<'a>) -> impl Iterator<Item = &'a Operation> {
    let with_changes = described.with_changes;
    described.spec.operations.iter().filter(move |operation| {
        let class = operation.idempotency.as_ref().and_then(|it| it.class);
        with_changes || class == Some(IdempotencyClass::Safe)
    })
}

fn entry(spec: &Spec, operation: &Operation, response: &str) -> String {
    let mut more = String::new();
    if let Some(page) = &operation.pagination
        && let Some(items) = &page.items
    {
        let total = page.total.as_ref().map(|total| format!("Some({total:?})"));
        let total = total.unwrap_or_else(|| "None".to_owned());
        more = format!(".list({items:?}, {total})");
    }
    debug_assert!(spec.types.contains_key(response));
    format!(
        "Operation::new({:?}, &{}){more},",
        operation.name,
        screaming(response)
    )
}

fn shape(
    source: &mut Source,
    spec: &Spec,
    name: &str,
    found: &TypeDef,
    used: &mut BTreeSet<String>,
) {
    let inside = &found.rust.also_inside;
    source.line(format!(
        "\nstatic {}: Shape = Shape {{ inside: &{inside:?}, members: &[",
        screaming(name)
    ));
    for field in &found.fields {
        source.line(member(spec, field, used));
    }
    source.line("] };");
}

fn member(spec: &Spec, field: &Member, used: &mut BTreeSet<String>) -> String {
    let mut text = format!("Member::new({:?}, {})", field.name, ty(spec, &field.ty));
    if field.must_be_present {
        text.push_str(".present()");
    }
    if field.sensitive {
        text.push_str(".secret()");
    }
    if !field.aliases.is_empty() {
        text.push_str(&format!(".aliases(&{:?})", field.aliases));
    }
    for also in &field.also_accept {
        let also = match also.as_str() {
            "String" => "Text",
            "Number" => "Number",
            _ => "List",
        };
        text.push_str(&format!(".also(Also::{also})"));
    }
    if let Some(name) = &field.values
        && let Some(values) = spec.enums.get(name)
    {
        used.insert(name.clone());
        let any_case = if values.any_case {
            "words_in_any_case"
        } else {
            "words"
        };
        text.push_str(&format!(".{any_case}({})", words(name)));
    }
    match field.format.as_deref() {
        Some("unix-seconds") => text.push_str(".unix_seconds()"),
        Some(format) if format.starts_with("iso8601") => text.push_str(".iso_8601()"),
        _ => {}
    }
    text.push(',');
    text
}

fn words(name: &str) -> String {
    format!("{}_WORDS", screaming(name))
}

/// Formats a value of an enum as a string.
fn word(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("{text:?}"),
        other => format!("{:?}", other.to_string()),
    }
}

/// Returns the Rust expression for a type, given the name of the type in the API description.
fn ty(spec: &Spec, name: &str) -> String {
    if let Some(item) = inner(name, "List<") {
        return format!("Type::List(&{})", ty(spec, item));
    }
    if let Some(item) = inner(name, "Map<String,") {
        return format!("Type::Map(&{})", ty(spec, item));
    }
    if let Some(found) = spec.types.get(name) {
        if found.one_of.is_empty() {
            return format!("Type::Object(&{})", screaming(name));
        }
        let forms = found.one_of.iter().map(|form| ty(spec, &form.ty));
        let forms = forms.collect::<Vec<_>>().join(", ");
        return format!("Type::OneOf(&[{forms}])");
    }
    let plain = match name {
        "Bool" => "Flag",
        "Int32" | "Int64" => "Integer",
        "Double" => "Number",
        "Json" => "Json",
        _ => "Text",
    };
    format!("Type::{plain}")
}

/// Collects the names of the objects that a type contains, at any depth.
fn collect<'a>(spec: &'a Spec, name: &'a str, found: &mut BTreeSet<&'a str>) {
    let mut name = name;
    while let Some(item) = inner(name, "List<").or_else(|| inner(name, "Map<String,")) {
        name = item;
    }
    let Some(object) = spec.types.get(name) else {
        return;
    };
    for form in &object.one_of {
        collect(spec, &form.ty, found);
    }
    if object.one_of.is_empty() && found.insert(name) {
        for field in &object.fields {
            collect(spec, &field.ty, found);
        }
    }
}

fn inner<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    name.strip_prefix(prefix)?.strip_suffix('>').map(str::trim)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::codegen::format::format;

    fn answers(with_changes: bool) -> String {
        let spec = Spec::from_value(&json!({
            "services": {},
            "operations": [
                {"name": "GetBoxes", "method": "GET", "uri": "/", "response": "Boxes",
                    "idempotency": {"class": "safe"},
                    "pagination": {"page": "p", "size": "s", "items": "boxes", "total": "count"}},
                {"name": "PutBox", "method": "PUT", "uri": "/", "response": "Put",
                    "idempotency": {"class": "non_idempotent"}},
            ],
            "types": {
                "Boxes": {"fields": [{"name": "boxes", "type": "List<Box>"}], "rust": {"also_inside": ["data"]}},
                "Box": {"fields": [
                    {"name": "color", "type": "String", "enum": "Color", "must_be_present": true},
                    {"name": "at", "type": "Int64", "format": "unix-seconds", "also_accept": ["String"]},
                    {"name": "inner", "type": "Map<String,Box>", "aliases": ["Inner"]},
                    {"name": "size", "type": "Size"}, {"name": "key", "type": "String", "sensitive": true},
                ]},
                "Size": {"one_of": [{"type": "Int32", "recognise": "is a number"},
                    {"type": "Put", "recognise": "is none"}]},
                "Put": {"fields": [{"name": "weight", "type": "Double"}]},
            },
            "enums": {"Color": {"repr": "String", "values": [{"value": "red"}]}},
            "errors": [{"code": "BoxIsGone", "http_status": [404, 410]}],
        }));
        let spec = spec.unwrap();
        let described = [Described {
            client: "box-shop",
            spec: &spec,
            origin: "some.json",
            with_changes,
        }];
        let mut text = generated(&described).remove(0).text;
        format(&mut [("box_shop.rs", &mut text)]).unwrap();
        // Removes differences in layout.
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn answers_are_described_with_all_that_lies_in_them() {
        let text = answers(false);
        for part in [
            "client: \"box-shop\"",
            "Code::new(\"BoxIsGone\", &[404, 410])",
            "Operation::new(\"GetBoxes\", &BOXES).list(\"boxes\", Some(\"count\"))",
            "inside: &[\"data\"]",
            "Member::new(\"boxes\", Type::List(&Type::Object(&BOX)))",
            "Member::new(\"color\", Type::Text) .present() .words(COLOR_WORDS)",
            "Member::new(\"at\", Type::Integer) .also(Also::Text) .unix_seconds()",
            "Member::new(\"inner\", Type::Map(&Type::Object(&BOX))).aliases(&[\"Inner\"])",
            "Type::OneOf(&[Type::Integer, Type::Object(&PUT)])",
            "Member::new(\"key\", Type::Text).secret()",
            "static COLOR_WORDS: &[&str] = &[\"red\"];",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("PutBox"), "{text}");
    }

    #[test]
    fn changes_are_described_where_the_tool_makes_them() {
        assert!(answers(true).contains("Operation::new(\"PutBox\", &PUT)"));
    }
}

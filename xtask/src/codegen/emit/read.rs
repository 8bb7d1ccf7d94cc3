//! Generates the code that reads models and enums from responses.

use super::types::{field_type, rust_type};
use crate::codegen::api::{Member, Object, Type};
use crate::codegen::source::Source;

/// The name of the type that collects the members of a model while it is read, if they cannot all
/// be written to the model directly.
const PARTS: &str = "Parts";

/// Writes the code that reads a model: a single `match` on the names of its members.
pub(super) fn emit(source: &mut Source, object: &Object) {
    let is_made = |field: &Member| has_slot(field) || missing_is(field).is_some();
    let in_parts = !object.has_default || object.fields.iter().any(is_made);
    let reader = if in_parts { PARTS } else { &object.name };
    if in_parts {
        parts(source, object);
    }
    members(source, object, reader);
    if in_parts {
        finish(source, object);
    }
    deserialize(source, &object.name);
}

/// Writes an implementation of `Deserialize` for any format.
pub(super) fn deserialize(source: &mut Source, name: &str) {
    source.import("bce_http::rt::codec", "self");
    for item in ["Deserialize", "Deserializer"] {
        source.import("serde", item);
    }
    source.line(format!(
        "
impl<'de> Deserialize<'de> for {name} {{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {{
        codec::read(deserializer)
    }}
}}"
    ));
}

/// Returns whether the generated code reads a member into a `Slot`, which records whether the
/// member was present and under which of its names. That is so for members that are required or
/// have several names.
fn has_slot(field: &Member) -> bool {
    is_required(field) || !field.aliases.is_empty()
}

/// Returns the expression for the value that a field is taken to have if a response lacks it;
/// `None` if there is no such value.
fn missing_is(field: &Member) -> Option<&str> {
    field.missing_is.as_deref().filter(|_| field.optional)
}

/// Returns whether the field is optional, and its value is JSON that is sent within a string.
fn is_json_in_text(field: &Member) -> bool {
    field.sent.in_text && field.ty == Type::Json && field.optional
}

fn is_required(field: &Member) -> bool {
    field.must_be_present || (!field.optional && !field.has_default)
}

/// Writes the type that collects the members of a model while it is read.
fn parts(source: &mut Source, object: &Object) {
    source.line("");
    source.line("#[derive(Default)]");
    source.line(format!("struct {PARTS} {{"));
    for field in &object.fields {
        let ty = match (has_slot(field), field.number_too) {
            (false, _) => field_type(source, field),
            (true, number_too) => {
                let ty = match number_too {
                    true => (source.import("bce_http::rt::codec", "TextOrNumber")).to_owned(),
                    false if field.boxed => format!("Box<{}>", rust_type(source, &field.ty)),
                    false => rust_type(source, &field.ty),
                };
                format!("{}<{ty}>", source.import("bce_http::rt::codec", "Slot"))
            }
        };
        source.line(format!("{}: {ty},", field.name));
    }
    source.line("}");
}

fn members(source: &mut Source, object: &Object, reader: &str) {
    for item in ["Failed", "Members", "Value"] {
        source.import("bce_http::rt::codec", item);
    }
    source.line("");
    source.line(format!("impl Members for {reader} {{"));
    if object.fields.is_empty() {
        source.line("fn member(&mut self, _: &str, _: Value<'_>) -> Result<(), Failed> { Ok(()) }");
        source.line("}");
        return;
    }
    source.line("fn member(&mut self, name: &str, value: Value<'_>) -> Result<(), Failed> {");
    source.line("match name {");
    for field in &object.fields {
        let name = &field.name;
        if has_slot(field) {
            let method = if field.boxed { "slot_boxed" } else { "slot" };
            let names = std::iter::once(&field.wire).chain(&field.aliases);
            for (number, wire) in names.enumerate() {
                source.line(format!(
                    "{wire:?} => value.{method}(&mut self.{name}, {number}),"
                ));
            }
        } else {
            let method = method(field);
            source.line(format!(
                "{:?} => value.{method}(&mut self.{name}),",
                field.wire
            ));
        }
    }
    source.line("_ => Ok(()),");
    source.line("}");
    source.line("}");
    complete(source, object);
    source.line("}");
}

fn method(field: &Member) -> &'static str {
    if is_json_in_text(field) {
        return "optional_json_in_text";
    }
    if field.list_too && field.optional && !field.boxed {
        return "optional_or_first";
    }
    match (field.optional, field.number_too, field.boxed) {
        (true, true, _) => "optional_text_or_number",
        (true, false, true) => "optional_boxed",
        (true, false, false) => "optional",
        (false, true, _) => "text_or_number",
        (false, false, true) => "or_default_boxed",
        (false, false, false) => "or_default",
    }
}

/// Writes the check that required members are present.
fn complete(source: &mut Source, object: &Object) {
    let required: Vec<String> = object
        .fields
        .iter()
        .filter(|field| is_required(field))
        .map(|field| format!("self.{}.check({:?})", field.name, field.wire))
        .collect();
    if required.is_empty() {
        return;
    }
    let missing = source.import("bce_http::rt::codec", "Missing");
    source.line("");
    source.line(format!("fn complete(&self) -> Result<(), {missing}> {{"));
    source.line(required.join("?;\n"));
    source.line("}");
}

/// Writes the construction of the model from its members.
fn finish(source: &mut Source, object: &Object) {
    for item in ["FromWire", "Partial"] {
        source.import("bce_http::rt::codec", item);
    }
    let name = &object.name;
    source.line("");
    source.line(format!("impl Partial for {PARTS} {{"));
    source.line(format!("type Model = {name};"));
    source.line("");
    source.line(format!("fn finish(self) -> Option<{name}> {{"));
    source.line(format!("Some({name} {{"));
    for field in &object.fields {
        source.line(format!("{}: {},", field.name, value(field)));
    }
    source.line("})");
    source.line("}");
    source.line("}");
    source.line(format!(
        "
impl FromWire for {name} {{
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {{
        value.partial::<{PARTS}>(place)
    }}
}}"
    ));
}

/// Returns the expression for a field of the model. Its value comes from the collected member that
/// has the same name.
fn value(field: &Member) -> String {
    let value = read_value(field);
    match missing_is(field) {
        Some(missing) => format!("{value}.or(Some({missing}))"),
        None => value,
    }
}

fn read_value(field: &Member) -> String {
    let part = format!("self.{}", field.name);
    if !has_slot(field) {
        return part;
    }
    let mut value = format!("{part}.into_value()");
    if field.number_too {
        value.push_str(".map(|text| text.0)");
    }
    match (is_required(field), field.optional) {
        (true, true) => format!("Some({value}?)"),
        (true, false) => format!("{value}?"),
        (false, true) => value,
        (false, false) => format!("{value}.unwrap_or_default()"),
    }
}

/// Writes the code that reads an enum.
pub(super) fn emit_enum(source: &mut Source, name: &str, is_integer: bool) {
    for item in ["Failed", "FromWire", "Value"] {
        source.import("bce_http::rt::codec", item);
    }
    let method = if is_integer {
        "integer_enum"
    } else {
        "text_enum"
    };
    source.line(format!(
        "
impl FromWire for {name} {{
    fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {{
        value.{method}(place)
    }}
}}"
    ));
    deserialize(source, name);
}

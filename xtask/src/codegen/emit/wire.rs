//! Generates implementations of the trait `ToWire` for types that contain secrets. `ToWire`
//! serializes a value for a request, with secrets that are not masked.

use super::types::{as_text, at};
use crate::codegen::api::{Api, Member, Place, Type};
use crate::codegen::source::Source;

/// Returns whether a body contains secrets. Such a body is not sent as `Serialize` writes it,
/// because `Serialize` masks secrets.
pub(super) fn has_secrets(api: &Api, members: &[Member]) -> bool {
    at(members, Place::Body).any(|member| member.hidden || api.sends_secret(&member.ty))
}

/// Writes `ToWire` for a type.
pub(super) fn emit(source: &mut Source, api: &Api, name: &str, members: &[Member]) {
    for item in ["SecretKind", "ToWire"] {
        source.import("bce_http::rt::codec", item);
    }
    source.import("bce_auth", "Secret");
    source.import("serde", "Serializer");
    source.import("serde::ser", "SerializeMap");
    source.line("");
    source.line(format!("impl ToWire for {name} {{"));
    source.line("fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {");
    source.line("let mut object = serializer.serialize_map(None)?;");
    for member in at(members, Place::Body) {
        entry(source, api, member);
    }
    source.line("object.end()");
    source.line("}");
    source.line("");
    let found: Vec<String> = at(members, Place::Body)
        .filter_map(|member| secrets(api, member))
        .collect();
    let argument = if found.is_empty() { "_" } else { "found" };
    source.line(format!(
        "fn secrets(&self, _: SecretKind, {argument}: &mut dyn FnMut(SecretKind, &Secret)) {{"
    ));
    found.iter().for_each(|statement| source.line(statement));
    source.line("}");
    source.line("}");
}

/// Writes the statement that serializes a member. A member that is an `Option` is serialized only
/// if it is set.
fn entry(source: &mut Source, api: &Api, member: &Member) {
    let field = format!("self.{}", member.name);
    let value = if member.optional { "value" } else { &field };
    let value = match (&member.ty, member.optional) {
        (Type::DateTime(_), false) => format!("&{}", as_text(source, &member.ty, value)),
        (Type::DateTime(_), true) => format!("&{}", as_text(source, &member.ty, "*value")),
        (ty, optional) => {
            let reference = if optional {
                value.to_owned()
            } else {
                format!("&{value}")
            };
            match api.sends_secret(ty) {
                _ if member.sent.in_text => format!(
                    "&{}({reference})",
                    source.import("bce_http::rt::codec", "InText")
                ),
                _ if *ty.leaf() == Type::Double => format!(
                    "&{}({reference})",
                    source.import("bce_http::rt::codec", "Doubles")
                ),
                true => format!(
                    "&{}({reference})",
                    source.import("bce_http::rt::codec", "Wire")
                ),
                false => reference,
            }
        }
    };
    let put = format!("object.serialize_entry({:?}, {value})?;", member.wire);
    if member.optional {
        source.line(format!("if let Some(value) = &{field} {{ {put} }}"));
    } else {
        source.line(put);
    }
}

/// Returns the statement that passes every secret in a member to the callback `found`. Returns
/// `None` if the member contains no secrets, and is itself neither a secret integer nor secret
/// JSON. Each secret is passed with a kind: `Password` for a string or an integer, and `Value` for
/// anything in a map or in JSON.
fn secrets(api: &Api, member: &Member) -> Option<String> {
    let field = format!("self.{}", member.name);
    match &member.ty {
        ty if api.sends_secret(ty) => {
            let kind = if has_map(ty) { "Value" } else { "Password" };
            Some(format!(
                "ToWire::secrets(&{field}, SecretKind::{kind}, found);"
            ))
        }
        ty if *ty.leaf() == Type::Json && member.hidden => Some(format!(
            "ToWire::secrets(&{field}, SecretKind::Value, found);"
        )),
        Type::Int if member.hidden => {
            let found =
                |value| format!("found(SecretKind::Password, &Secret::new({value}.to_string()));");
            Some(match member.optional {
                true => format!("if let Some(value) = {field} {{ {} }}", found("value")),
                false => found(&field),
            })
        }
        _ => None,
    }
}

fn has_map(ty: &Type) -> bool {
    match ty {
        Type::Map(_) => true,
        Type::List(inner) => has_map(inner),
        _ => false,
    }
}

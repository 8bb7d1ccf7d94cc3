//! Converts the types of an API to Rust types, to the types of arguments, and to the values that
//! are sent.

use crate::codegen::api::{Member, Place, Precision, Type};
use crate::codegen::source::Source;

/// Returns the Rust type, and imports the names in it.
pub(super) fn rust_type(source: &mut Source, ty: &Type) -> String {
    match ty {
        Type::Text => "String".to_owned(),
        Type::Int => "i64".to_owned(),
        Type::Double => "f64".to_owned(),
        Type::Json => source.import("bce_http", "Json").to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Secret => source.import("bce_auth", "Secret").to_owned(),
        Type::Timestamp => source.import("bce_http", "Timestamp").to_owned(),
        Type::DateTime(_) => source.import("time", "OffsetDateTime").to_owned(),
        Type::Enum { name, .. } | Type::Object(name) => source.import_item(name).to_owned(),
        Type::List(inner) => format!("Vec<{}>", rust_type(source, inner)),
        Type::Map(inner) => {
            source.import("std::collections", "BTreeMap");
            format!("BTreeMap<String, {}>", rust_type(source, inner))
        }
    }
}

/// Returns the type of a field, with `Box` and `Option` if necessary.
pub(super) fn field_type(source: &mut Source, member: &Member) -> String {
    let mut ty = rust_type(source, &member.ty);
    if member.flag {
        return "bool".to_owned();
    }
    if member.boxed {
        ty = format!("Box<{ty}>");
    }
    if member.optional {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

/// Returns the type of the argument that sets a member, and the expression that converts it to the
/// value of the member.
pub(super) fn argument(source: &mut Source, member: &Member) -> (String, String) {
    let name = &member.name;
    if member.flag {
        return ("bool".to_owned(), name.clone());
    }
    let (ty, value) = match &member.ty {
        Type::List(inner) if converts(inner) => (
            format!(
                "impl IntoIterator<Item = impl Into<{}>>",
                rust_type(source, inner)
            ),
            format!("{name}.into_iter().map(Into::into).collect()"),
        ),
        Type::List(inner) => (
            format!("impl IntoIterator<Item = {}>", rust_type(source, inner)),
            format!("{name}.into_iter().collect()"),
        ),
        Type::Map(inner) => {
            let (item, value) = if converts(inner) {
                (
                    format!("impl Into<{}>", rust_type(source, inner)),
                    "value.into()",
                )
            } else {
                (rust_type(source, inner), "value")
            };
            (
                format!("impl IntoIterator<Item = (impl Into<String>, {item})>"),
                format!("{name}.into_iter().map(|(key, value)| (key.into(), {value})).collect()"),
            )
        }
        ty if converts(ty) => (
            format!("impl Into<{}>", rust_type(source, ty)),
            format!("{name}.into()"),
        ),
        ty if member.boxed => (rust_type(source, ty), format!("Box::new({name})")),
        ty => (rust_type(source, ty), name.clone()),
    };
    (
        ty,
        if member.optional {
            format!("Some({value})")
        } else {
            value
        },
    )
}

/// Returns whether an argument of this type is an `impl Into`.
fn converts(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text | Type::Secret | Type::Timestamp | Type::Enum { .. }
    )
}

/// Returns the expression that converts `value` to the string that is sent, for example in the
/// query. `value` is a reference unless the type is `Copy`.
pub(super) fn as_text(source: &mut Source, ty: &Type, value: &str) -> String {
    match ty {
        Type::Secret => format!("{value}.expose()"),
        Type::Json => format!("{value}.text()"),
        Type::Double => {
            source.import("bce_http::rt::codec", "self");
            format!("codec::double_text({value})")
        }
        Type::Int | Type::Bool => format!("{value}.to_string()"),
        Type::Timestamp => format!("{value}.raw().to_string()"),
        Type::Enum { integer: true, .. } => format!("{value}.code().to_string()"),
        Type::Enum { integer: false, .. } => format!("{value}.as_str()"),
        Type::DateTime(precision) => {
            source.import("bce_http::rt::codec", "self");
            format!("codec::date_time_{}({value})", suffix(*precision))
        }
        _ => value.to_owned(),
    }
}

/// Returns the path of the function in the module `codec` that serde calls to serialize a member;
/// `None` if the member needs none.
pub(super) fn serialize_with(member: &Member) -> Option<String> {
    if member.hidden {
        return Some("codec::serialize_hidden".to_owned());
    }
    let optional = if member.optional { "optional_" } else { "" };
    match &member.ty {
        _ if member.sent.in_text => Some("codec::serialize_in_text".to_owned()),
        ty if *ty.leaf() == Type::Double => Some("codec::serialize_doubles".to_owned()),
        Type::DateTime(precision) => Some(format!(
            "codec::serialize_{optional}date_time_{}",
            suffix(*precision)
        )),
        _ => None,
    }
}

fn suffix(precision: Precision) -> &'static str {
    match precision {
        Precision::Seconds => "seconds",
        Precision::Millis => "millis",
    }
}

/// Returns the `#[derive]` attribute for a type. `Debug` is left out if a member is secret, because
/// the type then has an implementation that masks it.
pub(super) fn derives(traits: &[&str], members: &[&Member]) -> String {
    let hidden = members.iter().any(|member| member.hidden);
    let traits: Vec<&str> = traits
        .iter()
        .copied()
        .filter(|name| !(hidden && *name == "Debug"))
        .collect();
    format!("#[derive({})]", traits.join(", "))
}

/// Writes an implementation of `Debug` that masks secret members. Writes nothing if there are none.
/// `before` names fields that the output contains before the members.
pub(super) fn debug_impl(source: &mut Source, name: &str, before: &[&str], members: &[&Member]) {
    if !members.iter().any(|member| member.hidden) {
        return;
    }
    source.line("");
    source.line(format!("impl std::fmt::Debug for {name} {{"));
    source.line("fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {");
    source.line(format!("f.debug_struct({name:?})"));
    for field in before {
        source.line(format!(".field({field:?}, &self.{field})"));
    }
    for member in members {
        let shown = member.name.trim_start_matches("r#");
        if member.hidden {
            source.line(format!(".field({shown:?}, &\"***\")"));
        } else {
            source.line(format!(".field({shown:?}, &self.{})", member.name));
        }
    }
    source.line(".finish()");
    source.line("}");
    source.line("}");
    source.line("");
}

/// Returns the members at this place of a request.
pub(super) fn at(members: &[Member], place: Place) -> impl Iterator<Item = &Member> {
    members.iter().filter(move |member| member.place == place)
}

//! Generates types whose values have one of several types: an enum with a variant for each.

use super::checks;
use super::files::File;
use super::read;
use super::types::rust_type;
use crate::codegen::api::{Api, Member, Object, Type};
use crate::codegen::docs;
use crate::codegen::source::Source;

/// Returns the file with the enum for a type whose values have one of several types.
pub(super) fn emit(api: &Api, object: &Object) -> File {
    let mut source = Source::defining(&object.name);
    let ty = Type::Object(object.name.clone());
    let has_secret = api.has_secret(&ty);
    definition(&mut source, object, has_secret);
    conversions(&mut source, object);
    if has_secret {
        debug(&mut source, object);
    }
    reading(&mut source, object);
    if object.has_checks {
        check(&mut source, api, object);
    }
    if object.in_request && api.sends_secret(&ty) {
        wire(&mut source, api, object);
    }
    File::of_item(api, &object.home, &object.module, source)
}

/// Returns the type of the value in a variant.
fn held(source: &mut Source, field: &Member) -> String {
    let ty = rust_type(source, &field.ty);
    match field.boxed {
        true => format!("Box<{ty}>"),
        false => ty,
    }
}

fn definition(source: &mut Source, object: &Object, has_secret: bool) {
    source.raw(&docs::comment("", &object.docs));
    if object.wire != object.name {
        source.line(format!("#[doc(alias = {:?})]", object.wire));
    }
    source.line(
        "#[allow(clippy::large_enum_variant, reason = \"the common form is the large one\")]",
    );
    source.line("#[non_exhaustive]");
    let mut traits = vec!["Clone"];
    if !has_secret {
        traits.push("Debug");
    }
    traits.push("PartialEq");
    // As for structs, a value is only written if nothing is missing from it, and secrets would be.
    let written = object.in_request || !has_secret;
    if written {
        traits.push(source.import("serde", "Serialize"));
    }
    source.line(format!("#[derive({})]", traits.join(", ")));
    if written {
        source.line("#[serde(untagged)]");
    }
    source.line(format!("pub enum {} {{", object.name));
    for field in &object.fields {
        source.raw(&docs::comment("    ", &field.docs));
        let ty = held(source, field);
        source.line(format!("{}({ty}),", field.name));
    }
    source.line("/// A value of any other form, which is kept and sent unchanged.");
    if has_secret {
        source.line("/// `Debug` never shows the value, since it may contain a secret.");
    }
    let json = source.import("bce_http", "Json");
    match written && has_secret {
        true => {
            source.import("bce_http::rt::codec", "self");
            source.line(format!(
                "Other(#[serde(serialize_with = \"codec::serialize_hidden\")] {json}),"
            ));
        }
        false => source.line(format!("Other({json}),")),
    }
    source.line("}");
}

fn conversions(source: &mut Source, object: &Object) {
    for field in &object.fields {
        let ty = rust_type(source, &field.ty);
        let value = match field.boxed {
            true => "Box::new(value)",
            false => "value",
        };
        source.line(format!(
            "
impl From<{ty}> for {} {{
    fn from(value: {ty}) -> Self {{
        Self::{}({value})
    }}
}}",
            object.name, field.name
        ));
    }
}

fn debug(source: &mut Source, object: &Object) {
    source.line("");
    source.line(format!("impl std::fmt::Debug for {} {{", object.name));
    source.line("fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {");
    source.line("match self {");
    for field in &object.fields {
        let name = &field.name;
        source.line(format!(
            "Self::{name}(value) => f.debug_tuple({name:?}).field(value).finish(),"
        ));
    }
    source.line("Self::Other(_) => f.debug_tuple(\"Other\").field(&\"***\").finish(),");
    source.line("}");
    source.line("}");
    source.line("}");
}

fn reading(source: &mut Source, object: &Object) {
    for item in ["Failed", "Form", "FromWire", "Value"] {
        source.import("bce_http::rt::codec", item);
    }
    let forms = object.forms.iter().map(|form| format!("Form::{form}"));
    let forms: Vec<String> = forms.collect();
    let last = object.fields.len().saturating_sub(1);
    source.line("");
    source.line(format!("impl FromWire for {} {{", object.name));
    source.line("fn read(place: &mut Option<Self>, value: Value<'_>) -> Result<(), Failed> {");
    source.line(format!("let forms = [{}];", forms.join(", ")));
    if last == 0 {
        let arm = read_form(object.fields.first());
        source.line(format!(
            "value.one_of(place, &forms, Self::Other, |place, _, value| {arm})"
        ));
    } else {
        source.line("value.one_of(place, &forms, Self::Other, |place, form, value| match form {");
        for (number, field) in object.fields.iter().enumerate() {
            let pattern = match number == last {
                true => "_".to_owned(),
                false => number.to_string(),
            };
            source.line(format!("{pattern} => {},", read_form(Some(field))));
        }
        source.line("})");
    }
    source.line("}");
    source.line("}");
    read::deserialize(source, &object.name);
}

fn read_form(field: Option<&Member>) -> String {
    let Some(field) = field else {
        return "Ok(())".to_owned();
    };
    match field.boxed {
        true => format!(
            "value.form(place, |form| Self::{}(Box::new(form)))",
            field.name
        ),
        false => format!("value.form(place, Self::{})", field.name),
    }
}

fn check(source: &mut Source, api: &Api, object: &Object) {
    checks::begin(source, &object.name);
    source.line("match self {");
    for field in object.fields.iter().filter(|it| api.has_checks(&it.ty)) {
        source.line(format!("Self::{}(value) => value.check(path),", field.name));
    }
    source.line("_ => Ok(()),");
    source.line("}");
    source.line("}");
    source.line("}");
}

fn wire(source: &mut Source, api: &Api, object: &Object) {
    for item in ["SecretKind", "ToWire"] {
        source.import("bce_http::rt::codec", item);
    }
    source.import("bce_auth", "Secret");
    for item in ["Serialize", "Serializer"] {
        source.import("serde", item);
    }
    source.line("");
    source.line(format!("impl ToWire for {} {{", object.name));
    source.line("fn to_wire<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {");
    source.line("match self {");
    let (secret, plain): (Vec<&Member>, Vec<&Member>) = object
        .fields
        .iter()
        .partition(|field| api.sends_secret(&field.ty));
    for field in &secret {
        source.line(format!(
            "Self::{}(value) => value.to_wire(serializer),",
            field.name
        ));
    }
    for field in &plain {
        source.line(format!(
            "Self::{}(value) => value.serialize(serializer),",
            field.name
        ));
    }
    source.line("Self::Other(value) => value.serialize(serializer),");
    source.line("}");
    source.line("}");
    source.line("");
    source
        .line("fn secrets(&self, kind: SecretKind, found: &mut dyn FnMut(SecretKind, &Secret)) {");
    source.line("match self {");
    for field in &secret {
        source.line(format!(
            "Self::{}(value) => value.secrets(kind, found),",
            field.name
        ));
    }
    source.line("Self::Other(value) => value.secrets(SecretKind::Value, found),");
    if !plain.is_empty() {
        source.line("_ => {}");
    }
    source.line("}");
    source.line("}");
    source.line("}");
}
